"""The rows of the table of settings: what each says of a setting for the command line, the documentation and the page.

The words of the page are English messages, translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from enum import Enum
from typing import Any, NamedTuple

from ui.checks import SWITCH, Switch, check_switch, one_of
from ui.languages import later


class Group(Enum):
    """The headings of the settings on the page, in their order there."""

    APPEARANCE = later("Appearance")
    ANSWERS = later("Answers")
    LANGUAGE_MODEL = later("Language model")
    CONVERSATIONS = later("Conversations")
    LIBRARY = later("Library")


class FormField(NamedTuple):
    """A setting's field on the page: a list to choose from if the setting has `choices`, else a text.

    In a group the fields of a lower rank stand first, and those of one rank as in the table. `command` stands in the
    place {command} of the hint. `number` is what a choice that is a number is called.
    """

    group: Group
    label: str
    hint: str = ""
    command: str = ""
    number: str = "{share}"
    rank: int = 0


class Setting(NamedTuple):
    """What there is to know of a setting, beside its name and default.

    `check` turns what was given for the name into the value, or raises `SettingsError`. `help` is what the command
    line says of it, `meaning` what docs/settings.md does, in Markdown; if that is empty, the same. `of` names the
    commands that have it as a flag: all of them, those that answer ("answering"), or these. `unset` says what it is
    where there is no default that could be shown. `on_page` is its field in the page's settings; without one it is not
    changed there. `choices` are all values that it may have, if they can be counted.
    """

    metavar: str
    check: Callable[[str, object], Any]
    help: str
    meaning: str = ""
    of: tuple[str, ...] = ("all",)
    unset: str = ""
    on_page: FormField | None = None
    choices: tuple[str | int, ...] = ()


def setting(default: object, *given: Any, **more: Any) -> Any:
    """Return the field of a dataclass for a setting; the rest is what `Setting` takes."""
    return field(default=default, metadata={"setting": Setting(*given, **more)})


def choice(default: str | int, choices: Sequence[str | int], *said: str, **more: Any) -> Any:
    """Return the field for a setting that has one of these values."""
    metavar = f"{{{','.join(map(str, choices))}}}"
    return setting(default, metavar, one_of(choices), *said, choices=tuple(choices), **more)


def switch(default: Switch, *said: str, **more: Any) -> Any:
    """Return the field for a setting that is on or off."""
    return setting(default, "{on,off}", check_switch, *said, choices=SWITCH, **more)
