"""Preferences: the settings in force, and a change of one, which is checked and kept in the home folder's file.

What was given as a flag or in the environment wins over the file, and is not changed.
"""

from __future__ import annotations

import json
import os
import re
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from index import SettingsError
from ui.checks import spelt
from ui.settings import TABLE, Settings, form_fields, model_server
from ui.settings_sources import FILE

AT_NEXT_START = frozenset({"model"})


class Preferences:
    """The settings in force. `fixed` says what has settled a setting that can't be changed: "--port", say."""

    def __init__(self, settings: Settings, *, fixed: Mapping[str, str] | None = None) -> None:
        self.settings = settings
        self.fixed = dict(fixed or {})
        self._lock = threading.Lock()

    def change(self, name: str, given: str) -> Settings:
        """Put a setting in force and keep it. Raises `SettingsError` if it is no such value, or can't be kept."""
        if name not in form_fields():
            raise SettingsError(f"setting {name!r} is not changed here: there are {', '.join(form_fields())}")
        if name in self.fixed:
            raise SettingsError(f"{name} is settled by {self.fixed[name]}: start Pincite without it to change it here")
        value = TABLE[name].check(name, given)
        with self._lock:
            settings = replace(self.settings, **{name: value})
            model_server(settings)  # whose key may be none that can be sent
            write_setting(self.settings.home / FILE, spelt(name), value)
            self.settings = settings
        return self.settings


def write_setting(path: Path, name: str, value: str | int) -> None:
    """Write a setting into a file whose other lines stay as they are. Raises `SettingsError` if it can't."""
    by_hand = f"write `{name} = ...` into it yourself"
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        old = re.compile(rf"^[ \t]*{name}[ \t]*=.*$", re.MULTILINE)
        written = old.sub(lambda _: line, text) if old.search(text) else f"{text.rstrip()}\n{line}\n".lstrip()
        if tomllib.loads(written) != {**tomllib.loads(text), name: value}:
            reason = f"{name} stands there over several lines"
            raise SettingsError(f"{path} can't be changed ({reason}): {by_hand}")
        beside = path.with_suffix(".toml.new")
        beside.write_text(written, encoding="utf-8")
        os.replace(beside, path)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} can't be changed ({error}): {by_hand}") from error
