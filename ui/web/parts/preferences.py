"""The settings as HTML: a dialogue with a field for each, which preferences.js fills and follows."""

from __future__ import annotations

from collections.abc import Iterator

from ui.languages import LANGUAGES, later, phrase
from ui.setting_rows import FormField, Group
from ui.settings import TABLE, form_fields
from ui.web.parts.folders import folders
from ui.web.parts.frame import sheet
from ui.web.parts.markup import Html, sentence, tag

CHOICES = {
    "strict": later("Strict"),
    "balanced": later("Balanced"),
    "eager": later("Eager"),
    "system": later("As the system"),
    "light": later("Light"),
    "dark": later("Dark"),
    "all": later("Keep them"),
    "none": later("Keep none"),
    "browser": later("As the browser"),
    "on": later("On"),
    "off": later("Off"),
    "documents": later("The documents’ words"),
    "model": later("The model’s words"),
    "mark": later("Mark them"),
    "hide": later("Leave them out"),
    "keep": later("Leave them unmarked"),
}


def preferences() -> Html:
    """Render the dialogue."""
    groups = (part for group in Group for part in _group(group))
    return sheet("settings", phrase("Settings"), tag("p", class_="trouble", role="alert"), *groups)


def _group(group: Group) -> Iterator[Html]:
    """Yield a heading, its fields, and what else is said below one of them."""
    found = {name: one for name, one in form_fields().items() if one.group is group}
    below = {"llm": (tag("p", class_="key hint"),), "llm_model": (_trial(),), "model": _home()}
    yield tag("h3", phrase(group.value))
    for name in sorted(found, key=lambda name: found[name].rank):
        yield _row(name, found[name])
        yield from below.get(name, ())


def _trial() -> Html:
    """Render what tries the language model; its key is never here, only where it comes from."""
    trial = tag("button", phrase("Try it"), type="button", class_="plain", data_try=True, aria_describedby="tried")
    return tag("div", trial, tag("p", class_="hint", id="tried", role="status"), class_="trial")


def _home() -> tuple[Html, ...]:
    """Render the folders that are synced, and what preferences.js fills with the one that all is kept in."""
    return (
        folders(),
        tag("p", class_="home hint"),
    )


def _row(name: str, field: FormField) -> Html:
    """Render a setting: its label, its field, and what it means."""
    hint = sentence(phrase(field.hint), command=tag("code", field.command))
    said = [tag("span", hint, class_="meaning"), tag("span", class_="outcome", role="status")]
    head = tag("label", phrase(field.label), for_=f"setting-{name}")
    return tag("div", head, _input(name, field), tag("p", *said, class_="hint", id=f"hint-{name}"), class_="setting")


def _input(name: str, field: FormField) -> Html:
    """Render a list to choose from, or a line for a text."""
    named = {"id": f"setting-{name}", "data_setting": name, "aria_describedby": f"hint-{name}"}
    choices = TABLE[name].choices
    if choices:
        return tag("select", *(tag("option", _named(one, field), value=one) for one in choices), **named)
    return tag("input", type="text", maxlength=1000, spellcheck="false", autocomplete="off", **named)


def _named(choice: str | int, field: FormField) -> str:
    """Name a choice: a number as its field says, a language in its own words, or what `CHOICES` says."""
    if isinstance(choice, int):
        return phrase(field.number, share=choice)
    return LANGUAGES.get(choice) or phrase(CHOICES[choice])
