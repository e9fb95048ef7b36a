"""Where the settings come from: flags over environment over file over defaults, read once at the entry point."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from index import SettingsError
from ui.checks import check_folder, spelt
from ui.settings import DEFAULTS, TABLE, Settings

FILE = "settings.toml"


def read_settings(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
    """Put the settings together; a flag that is None was not given.

    Raises `SettingsError` naming a setting that is unknown or a value that is out of range.
    """
    variables = os.environ if environment is None else environment
    given = {name: value for name, value in flags.items() if value is not None}
    if given.get("home") == "":  # an unset variable in a script, which must not become another folder
        raise SettingsError("--home '': name a folder")
    named = str(given.get("home") or variables.get(variable("home")) or _default_home())
    home = check_folder("home", named)
    values = {**DEFAULTS, **_read_file(home / FILE)}
    values |= {name: variables[variable(name)] for name in TABLE if variable(name) in variables}
    values |= given | {"home": home}
    return Settings(**{name: one.check(name, values[name]) for name, one in TABLE.items()})


def fixed_by(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what has settled a setting so that the file doesn't count: its flag, or its variable."""
    variables = os.environ if environment is None else environment
    found = {name: variable(name) for name in TABLE if variable(name) in variables}
    return found | {name: f"--{spelt(name)}" for name in TABLE if flags.get(name) is not None}


def variable(name: str) -> str:
    """Return the name of the environment's variable for a setting."""
    return f"PINCITE_{name.upper()}"


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("pincite", appauthor=False))


def _read_file(path: Path) -> dict[str, object]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        raise SettingsError(
            f"{path}: {error.strerror}: make it readable, or choose another folder with --home"
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}: write TOML, such as `port = 7861`") from error
    names = {spelt(name): name for name in DEFAULTS}
    unknown = sorted(found.keys() - names.keys())
    if unknown:
        raise SettingsError(f"{path}: unknown setting {unknown[0]!r}: there are {', '.join(sorted(names))}")
    return {names[name]: value for name, value in found.items()}
