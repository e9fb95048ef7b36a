"""The settings as HTML: a dialogue with a field for each, which preferences.js fills and follows."""

from __future__ import annotations

from collections.abc import Sequence

from rag import REFUSALS, UNSUPPORTED
from ui.checks import SWITCH
from ui.settings import KEEPS, LEADS, SEARCHES, SIZES, THEMES
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
    "on": "On",
    "off": "Off",
    "documents": "The documents’ words",
    "model": "The model’s words",
    "mark": "Mark them",
    "hide": "Leave them out",
    "keep": "Leave them unmarked",
    **{str(number): str(number) for number in SEARCHES},
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
        *_language_model(),
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


def _language_model() -> tuple[Html, ...]:
    """Render what is set of a language model; its key is never here, only where it comes from."""
    trial = tag("button", "Try it", type="button", class_="plain", data_try=True, aria_describedby="tried")
    return (
        tag("h3", "Language model"),
        _text(
            "llm",
            "Server",
            "The base address of Ollama, llama.cpp, vLLM, LM Studio or a cloud: http://127.0.0.1:11434, say. Questions "
            "and the passages found for them are sent to this address and to no other; with none, nothing is sent.",
        ),
        tag("p", class_="key hint"),
        _text("llm_model", "Model", "Which of its models; with none named, the first that it has."),
        tag("div", trial, tag("p", class_="hint", id="tried", role="status"), class_="trial"),
        *_what_it_does(),
    )


def _what_it_does() -> tuple[Html, ...]:
    """Render what a language model is used for."""
    return (
        _choice(
            "llm_writes",
            "Write answers",
            SWITCH,
            "In its own words, below the quotations, every sentence checked against your documents.",
        ),
        _choice("llm_first", "Shown first", LEADS),
        _choice(
            "unsupported",
            "Unsupported sentences",
            UNSUPPORTED,
            "What becomes of the model’s sentences that your documents don’t support.",
        ),
        _text(
            "checker",
            "Checked by",
            "pincite, the model inside, or a folder or hub name of a stronger one (FactCG, MiniCheck, an entailment "
            "model). One that wants to run code of its own is refused here.",
        ),
        _choice(
            "llm_refused",
            "Ask it after a refusal",
            SWITCH,
            "Where your documents seem to hold no answer, it gets the closest passages all the same.",
        ),
        _choice(
            "llm_searches",
            "Searches for a question",
            SEARCHES,
            "From the second on it says what to look for next; each is shown, and takes its time.",
        ),
        _choice(
            "llm_rewrites",
            "Make follow-ups stand alone",
            SWITCH,
            "It is sent what was said before. Where it fails, Pincite’s own way is taken.",
        ),
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
