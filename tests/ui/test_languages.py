"""The page's languages: no message is missing or left in English, and numbers and dates have each language's form."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from translations import CALL, ROOT, catalogue, messages

from rag.conversation.replies import reply_text
from rag.conversation.utterance import Utterance
from rag.naming import Name
from ui.below import COUNTED, MESSAGES, told
from ui.health import examine_installation
from ui.languages import LANGUAGES, choose, month, number, phrase, phrases, speaking
from ui.places import capital, page_shown
from ui.settings import Settings
from ui.web.bundle import script_messages

OTHERS = [name for name in LANGUAGES if name != "en"]
PLACE = re.compile(r"\{(\w+)\}")
SPOKEN_OF = {  # what is not looked for in the code by its whole text, as the code puts it together
    *(one for one in MESSAGES if "{holdings}" in one or "'pincite'" in one),
    *(one for pair in COUNTED for one in pair if "{names}" in one or "not supported" in one),
}


def forms(given: object) -> list[str]:
    return [str(one or "") for one in given] if isinstance(given, tuple | list) else [str(given or "")]


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalogue_has_every_message_of_the_code_translated_and_no_other(name: str) -> None:
    found = {tuple(forms(one.id)): forms(one.string) for one in catalogue(name) if one.id}
    assert set(found) == {tuple(forms(one)) for one in messages()}, "run `make translations`"
    assert [one for one, strings in found.items() if not all(strings)] == []


@pytest.mark.parametrize("name", OTHERS)
def test_a_translation_has_the_places_of_its_message(name: str) -> None:
    for one in catalogue(name):
        if one.id:
            sources, strings = forms(one.id), forms(one.string)
            assert places(strings[-1]) == places(sources[-1]), one.id
            assert all(places(form) <= places(" ".join(sources)) for form in strings), one.id
            assert strings[0].count("`") == sources[0].count("`"), one.id


def test_every_message_of_a_script_is_a_text_that_the_server_finds() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "ui" / "web").rglob("*.js")]
    calls = sum(len(re.findall(r"(?<!function )\bphrases?\(", script)) for script in scripts)
    assert calls == sum(len(CALL.findall(script)) for script in scripts)
    in_scripts = {json.loads(one) for script in scripts for _, one, _ in CALL.findall(script)}
    assert set(script_messages()) == in_scripts
    assert len(in_scripts) > 50


def test_no_style_has_words() -> None:
    styles = (path.read_text(encoding="utf-8") for path in (ROOT / "ui" / "web").rglob("*.css"))
    assert [said for style in styles for said in re.findall(r'content: *"[^"]*[A-Za-z]{2}[^"]*"', style)] == []


def texts_of(path: Path) -> Iterator[str]:
    """Yield the texts in a module, each value in them as "x"."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_what_is_told_of_the_layers_below_stands_in_their_code() -> None:
    """A sentence is looked for in halves, as what is wrong and what cures it often stand apart."""
    files = [*(ROOT / "index").rglob("*.py"), *(ROOT / "rag").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]
    below = [text for file in files if file.name != "below.py" for text in texts_of(file)]
    whole = "\n".join(re.sub(r"x+", "x", text) for text in below)
    singly = [one for pair in COUNTED for one in pair[:1]]
    for message in (*MESSAGES, *singly):
        if message in SPOKEN_OF:
            continue
        pieces = [piece for part in PLACE.sub("\0", message).split("\0") for piece in re.split(r": |\(|\)", part)]
        for piece in (one.strip(" .,:;'`") for one in pieces):
            words = piece.split(" ")
            assert len(piece) < 12 or any(
                " ".join(words[:at]) in whole and " ".join(words[at:]) in whole for at in range(1, len(words) + 1)
            ), (message, piece)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("said", ["greeting", "thanks", "farewell", "sure", "assistant", "count", "list"])
@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_replies_are_told_whole(name: str, said: str, count: int) -> None:
    names = [Name(f"d{at}", f"/a/salt {at}.txt", "", f"salt {at}.txt", frozenset(), frozenset()) for at in range(count)]
    reply = reply_text(Utterance(said), names)  # type: ignore[arg-type]
    with speaking(name):
        shown = told(reply)
    assert shown != reply
    for word in ("I have", "document:", "documents", " and ", " more", "Ask me", "There are", "answer"):
        assert word not in shown
    assert all(one.file in shown for one in names if one.file in reply)


def test_a_sentence_that_is_no_message_stays_as_it_is_and_so_does_all_in_english() -> None:
    with speaking("de"):
        assert told("The owl and the mill") == "The owl and the mill"
        assert told("{n} is {model}") == "{n} is {model}"
        assert told("Searching 12,408 passages") == "12.408 Passagen werden durchsucht"
        assert (
            told("Its text has over 1,000 characters: split it")
            == "Der Text hat über 1.000 Zeichen: Teilen Sie die Datei auf"
        )
        assert told("2 passages are still being read. 1 file could not be read.") == (
            "2 Passagen werden noch gelesen. 1 Datei konnte nicht gelesen werden."
        )
    assert told("Searching 12,408 passages") == "Searching 12,408 passages"


@pytest.mark.parametrize(
    ("accepted", "wanted", "chosen"),
    [
        ("", "", "en"),
        ("de", "", "de"),
        ("de-CH,de;q=0.9,en;q=0.8", "", "de-CH"),
        ("fr-FR,fr;q=0.9,it;q=0.4,en;q=0.3", "", "it"),
        ("en;q=0.2, tr;q=0.9", "", "tr"),
        ("de;q=0, it", "", "it"),
        ("zh-Hant-TW, *", "", "en"),
        ("tr-TR,tr", "de", "de"),
        ("de-AT", "de", "de-AT"),
        ("de-AT", "browser", "de-AT"),
        ("../../etc/passwd, de\x00, <b>, it", "", "it"),
        ("x" * 5000, "", "en"),
    ],
)
def test_the_language_is_the_one_that_is_wanted_or_else_the_browsers(accepted: str, wanted: str, chosen: str) -> None:
    assert choose(accepted, wanted=wanted) == chosen


@pytest.mark.parametrize(
    ("tag", "whole", "broken", "day", "files"),
    [
        ("en", "12,408", "0.96", "October 2026", "1 file"),
        ("de", "12.408", "0,96", "Oktober 2026", "1 Datei"),
        ("de-CH", "12'408", "0.96", "Oktober 2026", "1 Datei"),
        ("it", "12.408", "0,96", "ottobre 2026", "1 file"),
        ("tr", "12.408", "0,96", "Ekim 2026", "1 dosya"),
        ("de-QQ", "12.408", "0,96", "Oktober 2026", "1 Datei"),
    ],
)
def test_numbers_and_dates_have_the_form_of_the_language(
    tag: str, whole: str, broken: str, day: str, files: str
) -> None:
    with speaking(tag):
        whole_number = number(12408).replace("’", "'")
        assert (whole_number, number(0.96, 2), month(date(2026, 10, 3))) == (whole, broken, day)
        assert phrases("{n} file", "{n} files", 1) == files


def test_a_value_in_a_message_is_never_read_as_one() -> None:
    with speaking("de"):
        assert phrase("Remove {name}", name="{name} {n} <b>") == "{name} {n} <b> entfernen"


def test_pages_are_named_in_the_language_and_a_line_begins_with_its_capital() -> None:
    with speaking("tr"):
        assert (capital("içinde"), page_shown("slide 3"), page_shown("Sheet music")) == (
            "İçinde",
            "slayt 3",
            "Sheet music",
        )
    with speaking("it"):
        assert page_shown("sheet Revenue") == "foglio Revenue"


@pytest.mark.parametrize("name", OTHERS)
def test_what_health_finds_is_told_in_the_language(name: str, tmp_path: Path) -> None:
    english = [one.name for one in examine_installation(Settings(home=tmp_path))]
    with speaking(name):
        shown = [one.name for one in examine_installation(Settings(home=tmp_path))]
    assert len(set(english) - set(shown)) >= 5
