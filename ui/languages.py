"""Languages: in which one the interface speaks, its words, and the forms of numbers and dates in it.

The English words stand in the code, and are the messages of the catalogues in `translations/`, in gettext's form. Which
language is spoken is kept in a context: the server sets it for each request, the command line leaves it at English.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.core import Locale

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "de": "Deutsch", "it": "Italiano", "tr": "Türkçe"}  # each in its own words
)
FOLDER = Path(__file__).parent / "translations"
_MOST_ASKED, _LONGEST = 20, 1000  # languages of a browser, and characters of them
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z0-9]{2,8})*?(?:-([a-z]{2}))?(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
_PLACE = re.compile(r"\{(\w+)\}")
_spoken: ContextVar[str] = ContextVar("pincite.language", default=ENGLISH)  # "de", or "de-CH"

Value = str | int


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Speak a language, such as "de" or "de-CH", until the block is over."""
    token = _spoken.set(tag)
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(tag: str) -> None:
    """Speak a language from here on, in this task or thread."""
    _spoken.set(tag)


def spoken() -> str:
    """Return the language that is spoken, with its region if that is known: "de", "de-CH"."""
    return _spoken.get()


def language() -> str:
    """Return the language that is spoken: one of `LANGUAGES`."""
    return base_of(spoken())


def base_of(tag: str) -> str:
    """Return a language without its region."""
    return tag.partition("-")[0]


def choose(accepted: str, *, wanted: str = "") -> str:
    """Return the language to speak: the one that is wanted, else the first that a browser accepts and there is.

    `accepted` is the header Accept-Language. A region that the browser names for the language is kept: numbers and
    dates depend on it.
    """
    asked = [tag for tag in _by_preference(accepted) if base_of(tag) in LANGUAGES]
    if wanted in LANGUAGES:
        return next((tag for tag in asked if base_of(tag) == wanted), wanted)
    return asked[0] if asked else ENGLISH


def phrase(message: str, /, **values: Value) -> str:
    """Return a message in the language that is spoken, with the values in its places; numbers in that language's form.

    The message is English, and the same in all calls for the same thing: `phrase("Add {name}", name=name)`.
    """
    return filled(_translations(language()).gettext(message) if message else "", values)


def phrases(one: str, many: str, n: int, /, **values: Value) -> str:
    """Return the form of a message that fits the number `n`, which stands in its place "{n}"."""
    return filled(_translations(language()).ngettext(one, many, n), {"n": n, **values})


def later(message: str) -> str:
    """Return a message as it is: it is translated where it is shown, by `phrase`."""
    return message


def counted(one: str, many: str) -> tuple[str, str]:
    """Return both forms of a message as they are: they are translated where they are shown, by `phrases`."""
    return one, many


def filled(template: str, values: Mapping[str, Value]) -> str:
    """Return a template with the values in its places, which are looked for once: a value may hold braces.

    A place without a value stays, for `sentence` of `ui/web/parts/markup.py` to fill it with HTML.
    """
    return _PLACE.sub(lambda place: _shown(values.get(place[1], place[0])), template)


def number(value: float, digits: int = 0) -> str:
    """Return a number in the form of the language that is spoken, with so many digits behind the point."""
    if language() == ENGLISH:
        return f"{value:,.{digits}f}"
    from babel.numbers import format_decimal

    return str(format_decimal(round(value, digits), format=f"#,##0.{'0' * digits}".rstrip("."), locale=_locale()))


def month(day: date) -> str:
    """Return the month of a day: "October 2026"."""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMM", day, locale=_locale()))


def messages(names: Sequence[str]) -> dict[str, list[str]]:
    """Return what these messages are in the language that is spoken, each in its forms; none of English."""
    known = {} if language() == ENGLISH else _catalogue(language())
    return {name: list(known[name]) for name in names if name in known}


def _shown(value: Value) -> str:
    return number(value) if isinstance(value, int) else value


def _by_preference(accepted: str) -> list[str]:
    """Return the languages of the header, those that are wanted most first."""
    found = []
    for part in accepted[:_LONGEST].split(",")[:_MOST_ASKED]:
        tag, _, weight = part.strip().partition(";")
        given = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        share = float(given[1]) if given else 0.0 if weight else 1.0
        named = _TAG.fullmatch(tag.strip())
        if share > 0 and named:
            found.append((-share, "-".join(filter(None, (named[1].lower(), (named[2] or "").upper())))))
    return [tag for _, tag in sorted(found, key=lambda one: one[0])]


@cache
def _translations(name: str) -> gettext.NullTranslations:
    """Return the catalogue of a language, which is read when it is first spoken; English is in the code."""
    if name == ENGLISH:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with (FOLDER / f"{name}.po").open(encoding="utf-8") as file:
        write_mo(compiled, read_po(file, locale=name))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _catalogue(name: str) -> dict[str, tuple[str, ...]]:
    """Return the messages of a language with their forms."""
    from babel.messages.pofile import read_po

    with (FOLDER / f"{name}.po").open(encoding="utf-8") as file:
        entries = [entry for entry in read_po(file, locale=name) if entry.id]
    known = ((_forms(entry.id)[0], _forms(entry.string)) for entry in entries)
    return {name: forms for name, forms in known if all(forms)}


def _forms(given: str | Sequence[str | list[str] | None] | None) -> tuple[str, ...]:
    """Return the forms of a message or of its translation: one, or those of a plural."""
    return (given or "",) if isinstance(given, str | None) else tuple(str(one or "") for one in given)


def _locale() -> Locale:
    return _known_locale(spoken())


@lru_cache(64)
def _known_locale(tag: str) -> Locale:
    """Return what babel knows of a language and its region, of a region unknown to it what it knows of the language."""
    from babel.core import Locale, UnknownLocaleError  # the command line starts without it

    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(base_of(tag))
