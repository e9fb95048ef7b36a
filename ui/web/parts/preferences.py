"""The settings as HTML: a dialogue with a field for each, which preferences.js fills and follows."""

from __future__ import annotations

from collections.abc import Sequence

from rag import REFUSALS
from ui.settings import KEEPS, SIZES, THEMES
from ui.web.parts.frame import sheet
from ui.web.parts.markup import Html, join, tag

CHOICES = {
    "strict": "Strict",
    "balanced": "Balanced",
    "eager": "Eager",
    "system": "As the system",
    "light": "Light",
    "dark": "Dark",
    "all": "Keep them",
    "none": "Keep none",
    **{str(size): f"{size} %" for size in SIZES},
}


def preferences() -> Html:
    """Render the dialogue."""
    return sheet(
        "settings",
        "Settings",
        tag("p", class_="trouble", role="alert"),
        tag("h3", "Appearance"),
        _choice("theme", "Colours", THEMES),
        _choice("text", "Text size", SIZES),
        tag("h3", "Answers"),
        _choice(
            "refusal",
            "Strictness",
            REFUSALS,
            "How much support an answer needs: strict refuses more, eager answers whenever anything fits. "
            "From the next question on.",
        ),
        _text(
            "reader",
            "Reader",
            "The model that reads the passages found: pincite, the one inside; none, to answer by similarity only; "
            "a folder, or a name at the hub. From the next question on.",
        ),
        tag("h3", "Conversations"),
        _choice("keep", "New conversations", KEEPS, "Those that are kept already stay until you delete them."),
        tag("h3", "Library"),
        _text(
            "model",
            "Embedding model",
            join(
                "pincite, a folder, or a name at the hub. After a change end Pincite, run ",
                tag("code", "pincite index --rebuild"),
                ", and start it again.",
            ),
        ),
        tag("p", "These folders are synced at each start:", class_="hint"),
        tag("ul", class_="folders"),
        tag("p", class_="home hint"),
    )


def _choice(name: str, label: str, values: Sequence[str | int], hint: str = "") -> Html:
    options = [tag("option", CHOICES[str(value)], value=value) for value in values]
    return _field(name, label, tag("select", *options, **_named(name)), hint)


def _text(name: str, label: str, hint: str) -> Html:
    field = tag("input", type="text", maxlength=1000, spellcheck="false", autocomplete="off", **_named(name))
    return _field(name, label, field, hint)


def _named(name: str) -> dict[str, str]:
    return {"id": f"setting-{name}", "data_setting": name, "aria_describedby": f"hint-{name}"}


def _field(name: str, label: str, field: Html, hint: str) -> Html:
    said = [tag("span", hint, class_="meaning"), tag("span", class_="outcome", role="status")]
    head = tag("label", label, for_=f"setting-{name}")
    return tag("div", head, field, tag("p", *said, class_="hint", id=f"hint-{name}"), class_="setting")
