"""Checks of settings: what was given for a name goes in, the value comes out, or a `SettingsError` with the cure."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from index import SettingsError
from rag import DEFAULT_CHECKER, DEFAULT_READER
from ui.keys import KEY

Switch = Literal["on", "off"]
SWITCH: tuple[Switch, ...] = ("on", "off")

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def spelt(name: str) -> str:
    """Return a setting's name as it stands in the file, in flags and in messages."""
    return name.replace("_", "-")


def check_folder(_: str, value: object) -> Path:
    """Return the whole path of a folder, whether it is there or not."""
    return Path(os.path.abspath(Path(str(value)).expanduser()))


def check_name(name: str, value: object) -> str:
    """Return a name that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"setting {name!r} is {value!r}: give it a name")
    return value


def check_reader(name: str, value: object) -> str:
    """Return the name of a reader; whether the hub knows it is seen when it is loaded."""
    return _folder_or_hub_name(name, value, f"{DEFAULT_READER!r} or 'none'")


def check_checker(name: str, value: object) -> str:
    """Return the name of what checks sentences; whether the hub knows it is seen when it is loaded."""
    return _folder_or_hub_name(name, value, f"or {DEFAULT_CHECKER!r}")


def _folder_or_hub_name(name: str, value: object, others: str) -> str:
    given = check_name(name, value)
    folder = Path(given).expanduser()
    if folder.is_dir():
        return str(folder)
    if not _HUB_NAME.fullmatch(given):
        known = f"name a folder that is there, a model of the hub, {others}"
        raise SettingsError(f"{name} {given!r} is no folder and no name at the hub: {known} with --{name}")
    return given


def one_of(choices: Sequence[str | int]) -> Callable[[str, object], Any]:
    """Return what checks that a value is one of these."""

    def check(name: str, value: object) -> str | int:
        for choice in choices:
            if str(value) == str(choice):
                return choice
        known, name = ", ".join(map(str, choices)), spelt(name)
        raise SettingsError(f"{name} {value!r} is none of {known}: name one of them with --{name}")

    return check


def check_ip_address(_: str, value: object) -> str:
    """Return an IP address, "" if none is given."""
    try:
        return str(ipaddress.ip_address(str(value))) if value else ""
    except ValueError:
        cure = "name the IP address that its requests come from with --proxy"
        raise SettingsError(f"proxy {value!r} is no IP address: {cure}") from None


def check_model_address(_: str, value: object) -> str:
    """Return the base address of a model's server: without a name and a key in it, which would be shown."""
    given = str(value).strip()
    try:
        parts = urlsplit(given)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if given and (not sound or "@" in parts.netloc or parts.query or parts.fragment or len(given.split()) > 1):
        shown = repr(given) if "@" not in given else "with a name or password in it"
        cure = "name one such as http://127.0.0.1:11434 with --llm, and its key in " + KEY
        raise SettingsError(f"llm {shown} is no base address: {cure}")
    return given


def check_model_name(name: str, value: object) -> str:
    """Return the name of a server's model, "" if none is given."""
    given = str(value).strip() if value else ""
    if not given.isprintable():
        raise SettingsError(f"{spelt(name)} {given!r} is no name: give one without control characters")
    return given


def check_prompt(_: str, value: object) -> str:
    """Return the path of a person's own prompt, which can be read and has what is needed."""
    if not value:
        return ""
    from rag import read_prompt  # for those who set one only

    path = Path(str(value)).expanduser()
    read_prompt(path)
    return os.path.abspath(path)


def check_none_or_whole(name: str, value: object) -> int:
    """Return a number from 1 on, 0 if none is given."""
    return check_whole(name, value) if value not in (0, "", "0") else 0


def check_whole(name: str, value: object) -> int:
    """Return a number from 1 on."""
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1:
        raise SettingsError(f"{spelt(name)} {value!r} is no number from 1 on: name another one with --{spelt(name)}")
    return number


def check_switch(name: str, value: object) -> Switch:
    """Return "on" or "off"."""
    if value in (True, "on"):
        return "on"
    if value in (False, "off"):
        return "off"
    raise SettingsError(f"{spelt(name)} {value!r} is neither on nor off: name one of them with --{spelt(name)}")


def check_port(_: str, value: object) -> int:
    """Return the number of a port."""
    try:
        port = int(str(value))
    except ValueError:
        port = -1
    if not 0 < port < 65536:
        raise SettingsError(f"port {value!r} is not a number from 1 to 65535: name another one with --port")
    return port
