"""A conversation as a file: all quotations and references are in it, and nothing in it does anything."""

from __future__ import annotations

import importlib
import io
import json
import re
from dataclasses import replace

import docx
import pytest
from exchanges import an_answered

from index.readers.content import Source
from rag.records import Sentence
from ui.web.parts.export import to_html, to_json, to_markdown
from ui.web.parts.export_docx import to_docx
from ui.web.parts.forms import FORMS, file_name, offered
from ui.web.parts.scripts import setting
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


def text_of(kind: str, data: bytes) -> str:
    """Read the words of a file that was written, as its reader here finds them."""
    if kind not in ("pdf", "docx"):
        return data.decode()
    name = {"pdf": "pdf.pdf", "docx": "office.docx"}[kind]
    reader = importlib.import_module(f"index.readers.{name}")
    return str(reader.read(Source(data, f"a.{kind}")).text)


@pytest.mark.parametrize("kind", offered())
def test_each_form_has_the_questions_the_quotations_and_where_they_stand(kind: str) -> None:
    failed = Exchange("And who?", Scope(), "failed", fault="The disk is full")
    text = text_of(kind, FORMS[kind].write("Boats", [an_answered(), failed]))
    for words in ("Boats", "When?", "Built in 1907.", "It was built in 1908.", "/d1", "D2", "And who?", "disk is full"):
        assert words in text, words
    assert "page 2" in text


@pytest.mark.parametrize("kind", offered())
def test_yes_or_no_stands_first_where_it_is_sure(kind: str) -> None:
    asked = an_answered()
    assert asked.answer is not None
    said = Sentence("Dogs are not allowed in the pool.", (1,), 0.9)
    answer = replace(asked.answer, standalone_question="Are dogs allowed in the pool?", sentences=(said,), differing=())
    for short, words in ((None, "No"), (asked.answer.short_answer, "No: 1907")):
        text = text_of(kind, FORMS[kind].write("Pool", [replace(asked, answer=replace(answer, short_answer=short))]))
        assert kind == "json" or re.search(rf"{words}\b(?!:)", text), text


@pytest.mark.parametrize("kind", offered())
def test_a_table_without_names_of_columns_has_all_its_rows(kind: str) -> None:
    asked = an_answered()
    assert asked.answer is not None
    rows = tuple(Sentence(text, (1,), 0.9) for text in ("Elm | 4 | yes", "Oak | 12 | no"))
    asked = replace(asked, answer=replace(asked.answer, sentences=rows, short_answer=None, differing=()))
    text = text_of(kind, FORMS[kind].write("Rooms", [asked]))
    for words in ("Elm", "4", "Oak", "12"):
        assert words in text, words
    assert kind != "docx" or len(docx.Document(io.BytesIO(to_docx("Rooms", [asked]))).tables[0].rows) == len(rows)
    assert kind != "html" or "<thead>" not in text


def listing(*items: str) -> Exchange:
    """Return an exchange whose answer is a list."""
    asked = an_answered()
    assert asked.answer is not None
    sentences = tuple(Sentence(item, (1,), 0.9) for item in items)
    return replace(asked, answer=replace(asked.answer, sentences=sentences, short_answer=None, differing=()))


@pytest.mark.parametrize("kind", [kind for kind in offered() if kind != "json"])
@pytest.mark.parametrize(
    "items", [("9. Open it.", "10. Press it."), ("(a) Open it.", "(b) Press it."), ("2) A", "4) B")]
)
def test_items_that_tell_their_own_number_are_shown_with_it_alone(kind: str, items: tuple[str, ...]) -> None:
    text = text_of(kind, FORMS[kind].write("Boats", [listing(*items)]))
    lines = [re.sub(r"<[^>]*>|\s", " ", line) for line in text.replace("<li", "\n<li").splitlines()]
    for item in items:
        assert any(re.match(rf"\s*{re.escape(item).replace(' ', ' +')}", line) for line in lines), text
    assert kind != "html" or text.count('<li class="numbered">') == len(items)


def test_a_list_in_markdown_counts_as_its_items_do() -> None:
    def written(*items: str) -> str:
        return to_markdown("Boats", [listing(*items)]).split("\n\n")[3]

    assert written("3. a", "4. b") == "3. a \\[1\\]\n4. b \\[1\\]"
    assert written("- a", "• 2. b") == "- a \\[1\\]\n- 2\\. b \\[1\\]"
    # Markdown would make it 2 and 3, whatever stands there: with this space it is no number of a list.
    assert written("2. a", "5. b") == "2.\u00a0a \\[1\\]  \n5.\u00a0b \\[1\\]"
    assert written("1. a", "- b") == "1.\u00a0a \\[1\\]  \n•\u00a0b \\[1\\]"


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
    for kind in offered():
        assert FORMS[kind].write("\udcff", [Exchange("\udcff?", Scope(), "stopped")])


def test_a_word_document_has_tables_lists_and_directions() -> None:
    asked = an_answered()
    assert asked.answer is not None
    rows = [f"Room: {room}; Seats: 4" for room in ("Elm", "Oak")] + [
        "and 12 more",
        "- first",
        "- \x07second",
        "3. third",
    ]
    answer = replace(asked.answer, sentences=tuple(Sentence(row, (1,), 0.9) for row in rows))
    asked = replace(asked, question="كم سعر البطاقة؟", answer=answer)
    document = docx.Document(io.BytesIO(to_docx("Rooms", [asked])))
    assert [[cell.text.strip() for cell in row.cells] for row in document.tables[0].rows] == [
        ["Room", "Seats"],
        ["Elm", "4 [1]"],
        ["Oak", "4 [1]"],
        ["and 12 more [1]", ""],
    ]
    items = [one for one in document.paragraphs if one.style and one.style.name.startswith("List")]  # type: ignore[union-attr]
    assert [(one.style and one.style.name, one.text) for one in items] == [
        ("List Bullet", "first [1] "),
        ("List Bullet", "\ufffdsecond [1] "),
        ("List", "3.\tthird [1] "),
    ]
    (question,) = [one for one in document.paragraphs if one.text == asked.question]
    assert question.runs[0].font.rtl
    assert "<w:bidi/>" in question._p.xml


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Plain", "en"),
        ("合同期限", "zh"),
        ("契約は五年", "ja"),
        ("한국어", "ko"),
        ("مرحبا Pincite", "ar"),
        ("הסכם", "he"),
        ("Pincite مرحبا", "en"),
        ("42 %", "en"),
    ],
)
def test_a_text_is_set_for_the_language_of_its_letters(text: str, language: str) -> None:
    assert setting(text) == language


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
