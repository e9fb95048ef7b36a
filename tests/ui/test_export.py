"""A conversation as a file: all quotations and references are in it, and nothing in it does anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from exchanges import an_answered

from rag.records import Sentence
from ui.web.parts.export import FORMS, file_name, to_html, to_json, to_markdown
from ui.web.state.exchange import Exchange, Scope

HOSTILE = "<img src=x onerror='alert(1)'>\"${alert(2)}{{constructor}}</script><script>&lt;`*_[x](y)"


def hostile() -> Exchange:
    asked = an_answered()
    assert asked.answer is not None
    first, *others = asked.answer.citations
    citation = replace(first, title=HOSTILE, path=HOSTILE, quote=f"{HOSTILE}\n# no heading\n- no item")
    sentences = (Sentence(HOSTILE, (1,), 0.9), Sentence(f"Room: {HOSTILE.replace(';', '')}; Seats: 4", (2,), 0.9))
    answer = replace(asked.answer, citations=(citation, *others), sentences=sentences)
    return replace(asked, question=HOSTILE, answer=answer)


@pytest.mark.parametrize("kind", FORMS)
def test_each_form_has_the_questions_the_quotations_and_where_they_stand(kind: str) -> None:
    failed = Exchange("And who?", Scope(), "failed", fault="The disk is full")
    text = FORMS[kind][1]("Boats", [an_answered(), failed])
    for words in ("Boats", "When?", "Built in 1907.", "It was built in 1908.", "/d1", "D2", "And who?", "disk is full"):
        assert words in text, words
    assert "page 2" in text


def test_markup_is_text_in_html() -> None:
    page = to_html(HOSTILE, [hostile()])
    assert not re.search(r"<(img|script)", page)
    assert page.count("<style>") == page.count("</style>") == 1
    assert "&#13;" not in page
    assert "default-src 'none'" in page.replace("&#x27;", "'")


def test_markup_is_text_in_markdown() -> None:
    text = to_markdown(HOSTILE, [hostile()])
    assert not re.search(r"(?<!\\)[<`]", text)
    assert [line for line in text.splitlines() if re.match(r"(> )?#", line)] == [
        line for line in text.splitlines() if line.startswith(("# \\<img", "## \\<img"))
    ]
    assert "> \\- no item" in text


def test_json_has_what_a_program_needs_to_find_the_words_again() -> None:
    (turn,) = json.loads(to_json("Boats", [an_answered()]))["turns"]
    first = turn["citations"][0]
    assert (first["doc_id"], first["start"], first["end"], first["quote"]) == ("d1", 0, 14, "Built in 1907.")
    assert (first["page_name"], turn["kind"], turn["short_answer"]["text"]) == ("page 2", "answer", "1907")


def test_a_half_of_a_character_can_be_written() -> None:
    for _, write in FORMS.values():
        assert write("\udcff", [Exchange("\udcff?", Scope(), "stopped")]).encode()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "pincite-etc-passwd.md"),
        ("\\..\\con: a|b?*", "pincite-con-a-b.md"),
        ("Wer führt مرحبا?", "pincite-Wer-führt-مرحبا.md"),
        ("…", "pincite-conversation.md"),
        ("x" * 300, f"pincite-{'x' * 80}.md"),
        ("\udcff", "pincite-conversation.md"),
    ],
)
def test_the_name_of_a_file_is_safe(name: str, file: str) -> None:
    assert file_name(name, "md") == file
