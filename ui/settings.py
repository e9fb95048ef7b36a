"""The settings: flags over environment over file over defaults, read once at the entry point."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from index import DEFAULT_MODEL, MAX_FILES, SettingsError
from rag import DEFAULT_READER, REFUSALS, Refusal

_FILE = "settings.toml"
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. The file is `settings.toml` in the home folder; a variable is `PINCITE_` and the name."""

    home: Path  # the folder that holds the index
    model: str = DEFAULT_MODEL  # the embedding model: a name at the hub, or a folder
    reader: str = DEFAULT_READER  # what reads the passages: "pincite", "none", a folder, or a name at the hub
    refusal: Refusal = "balanced"  # how much support an answer needs
    host: str = "127.0.0.1"  # the address that the page is served at
    port: int = 7860  # and its port
    inside: int = MAX_FILES  # how many files are read that lie in one file: an archive, a mailbox, a mail
    proxy: str = ""  # the address of a reverse proxy whose X-Forwarded headers are believed


def read_settings(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
    """Put the settings together; a flag that is None was not given.

    Raises `SettingsError` naming a setting that is unknown or a value that is out of range.
    """
    variables = os.environ if environment is None else environment
    given = {name: value for name, value in flags.items() if value is not None}
    if given.get("home") == "":  # an unset variable in a script, which must not become another folder
        raise SettingsError("--home '': name a folder")
    named = str(given.get("home") or variables.get("PINCITE_HOME") or _default_home())
    home = Path(os.path.abspath(Path(named).expanduser()))
    values: dict[str, object] = {}
    names = {field.name for field in fields(Settings)}
    values.update(_read_file(home / _FILE, names - {"home"}))
    values.update(
        {name: variables[f"PINCITE_{name.upper()}"] for name in names if f"PINCITE_{name.upper()}" in variables}
    )
    values.update(given)
    values["home"] = home
    return Settings(
        home=home,
        model=_text("model", values.get("model", DEFAULT_MODEL)),
        reader=_reader(values.get("reader", DEFAULT_READER)),
        refusal=_refusal(values.get("refusal", "balanced")),
        host=_text("host", values.get("host", "127.0.0.1")),
        port=_port(values.get("port", 7860)),
        inside=_whole("inside", values.get("inside", MAX_FILES)),
        proxy=_address(values.get("proxy", "")),
    )


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("pincite", appauthor=False))


def _read_file(path: Path, names: set[str]) -> dict[str, object]:
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
    unknown = sorted(found.keys() - names)
    if unknown:
        raise SettingsError(f"{path}: unknown setting {unknown[0]!r}: there are {', '.join(sorted(names))}")
    return found


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"setting {name!r} is {value!r}: give it a name")
    return value


def _reader(value: object) -> str:
    """Return the name of a reader; whether the hub knows it is seen when it is loaded."""
    name = _text("reader", value)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder)
    if not _HUB_NAME.fullmatch(name):
        known = f"name a folder that is there, a model of the hub, {DEFAULT_READER!r} or 'none'"
        raise SettingsError(f"reader {name!r} is no folder and no name at the hub: {known} with --reader")
    return name


def _refusal(value: object) -> Refusal:
    for refusal in REFUSALS:
        if value == refusal:
            return refusal
    raise SettingsError(f"refusal {value!r} is none of {', '.join(REFUSALS)}: name one of them with --refusal")


def _address(value: object) -> str:
    try:
        return str(ipaddress.ip_address(str(value))) if value else ""
    except ValueError:
        cure = "name the IP address that its requests come from with --proxy"
        raise SettingsError(f"proxy {value!r} is no IP address: {cure}") from None


def _whole(name: str, value: object) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1:
        raise SettingsError(f"{name} {value!r} is no number from 1 on: name another one with --{name}")
    return number


def _port(value: object) -> int:
    try:
        port = int(str(value))
    except ValueError:
        port = -1
    if not 0 < port < 65536:
        raise SettingsError(f"port {value!r} is not a number from 1 to 65535: name another one with --port")
    return port
