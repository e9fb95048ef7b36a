"""The settings as HTML: a dialogue with a field for each, which preferences.js fills and follows."""

from __future__ import annotations

from collections.abc import Sequence

from rag import REFUSALS, UNSUPPORTED
from ui.checks import SWITCH
from ui.languages import LANGUAGES, later, phrase
from ui.settings import KEEPS, LEADS, SEARCHES, SIZES, SPOKEN, THEMES
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
STAY = later("Those that are kept already stay until you delete them.")


def preferences() -> Html:
    """Render the dialogue."""
    return sheet(
        "settings",
        phrase("Settings"),
        tag("p", class_="trouble", role="alert"),
        tag("h3", phrase("Appearance")),
        _choice("language", phrase("Language"), SPOKEN, phrase("The page is loaded anew when it is changed.")),
        _choice("theme", phrase("Colours"), THEMES),
        _choice("text", phrase("Text size"), SIZES),
        tag("h3", phrase("Answers")),
        _choice(
            "refusal",
            phrase("Strictness"),
            REFUSALS,
            phrase(
                "How much support an answer needs: strict refuses more, eager answers whenever anything fits. "
                "From the next question on."
            ),
        ),
        _text(
            "reader",
            phrase("Reader"),
            phrase(
                "The model that reads the passages found: pincite, the one inside; none, to answer by similarity only; "
                "a folder, or a name at the hub. From the next question on."
            ),
        ),
        *_language_model(),
        tag("h3", phrase("Conversations")),
        _choice("keep", phrase("New conversations"), KEEPS, phrase(STAY)),
        tag("h3", phrase("Library")),
        _text(
            "model",
            phrase("Embedding model"),
            sentence(
                phrase(
                    "pincite, a folder, or a name at the hub. After a change end Pincite, run {command}, and start it "
                    "again."
                ),
                command=tag("code", "pincite index --rebuild"),
            ),
        ),
        tag("p", phrase("These folders are synced at each start:"), class_="hint"),
        tag("ul", class_="folders"),
        tag("p", class_="home hint"),
    )


def _language_model() -> tuple[Html, ...]:
    """Render what is set of a language model; its key is never here, only where it comes from."""
    trial = tag("button", phrase("Try it"), type="button", class_="plain", data_try=True, aria_describedby="tried")
    return (
        tag("h3", phrase("Language model")),
        _text(
            "llm",
            phrase("Server"),
            phrase(
                "The base address of Ollama, llama.cpp, vLLM, LM Studio or a cloud: http://127.0.0.1:11434, say. "
                "Questions and the passages found for them are sent to this address and to no other; with none, "
                "nothing is sent."
            ),
        ),
        tag("p", class_="key hint"),
        _text("llm_model", phrase("Model"), phrase("Which of its models; with none named, the first that it has.")),
        tag("div", trial, tag("p", class_="hint", id="tried", role="status"), class_="trial"),
        *_what_it_does(),
    )


def _what_it_does() -> tuple[Html, ...]:
    """Render what a language model is used for."""
    return (
        _choice(
            "llm_writes",
            phrase("Write answers"),
            SWITCH,
            phrase("In its own words, below the quotations, every sentence checked against your documents."),
        ),
        _choice("llm_first", phrase("Shown first"), LEADS),
        _choice(
            "unsupported",
            phrase("Unsupported sentences"),
            UNSUPPORTED,
            phrase("What becomes of the model’s sentences that your documents don’t support."),
        ),
        _text(
            "checker",
            phrase("Checked by"),
            phrase(
                "pincite, the model inside, or a folder or hub name of a stronger one (FactCG, MiniCheck, an "
                "entailment model). One that wants to run code of its own is refused here."
            ),
        ),
        _choice(
            "llm_refused",
            phrase("Ask it after a refusal"),
            SWITCH,
            phrase("Where your documents seem to hold no answer, it gets the closest passages all the same."),
        ),
        _choice(
            "llm_searches",
            phrase("Searches for a question"),
            SEARCHES,
            phrase("From the second on it says what to look for next; each is shown, and takes its time."),
        ),
        _choice(
            "llm_rewrites",
            phrase("Make follow-ups stand alone"),
            SWITCH,
            phrase("It is sent what was said before. Where it fails, Pincite’s own way is taken."),
        ),
    )


def _choice(name: str, label: str, values: Sequence[str | int], hint: str = "") -> Html:
    options = [tag("option", _named_choice(value), value=value) for value in values]
    return _field(name, label, tag("select", *options, **_named(name)), hint)


def _named_choice(value: str | int) -> str:
    """Name a choice: a size, a language in its own words, or what `CHOICES` says."""
    if isinstance(value, int):
        return phrase("{share} %", share=value) if value in SIZES else str(value)
    return LANGUAGES.get(value) or phrase(CHOICES[value])


def _text(name: str, label: str, hint: str) -> Html:
    field = tag("input", type="text", maxlength=1000, spellcheck="false", autocomplete="off", **_named(name))
    return _field(name, label, field, hint)


def _named(name: str) -> dict[str, str]:
    return {"id": f"setting-{name}", "data_setting": name, "aria_describedby": f"hint-{name}"}


def _field(name: str, label: str, field: Html, hint: str) -> Html:
    said = [tag("span", hint, class_="meaning"), tag("span", class_="outcome", role="status")]
    head = tag("label", label, for_=f"setting-{name}")
    return tag("div", head, field, tag("p", *said, class_="hint", id=f"hint-{name}"), class_="setting")
