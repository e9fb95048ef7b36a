"""A conversation as PDF: no letter is a box without the file saying so, and nothing in it is markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from exchanges import an_answered

from index.readers.content import Source
from index.readers.pdf import pdf
from rag.records import Sentence
from ui.web.parts.export_pdf import to_pdf
from ui.web.parts.forms import offered
from ui.web.state.exchange import Exchange

pytestmark = pytest.mark.skipif("pdf" not in offered(), reason="typst is not installed")
RIGHTWARD = ("مرحبا بالعالم", "הסכם השכירות")
TEXTS = ("契約は五年です", "合同期限为五年", "한국어", "Ελληνικά", "İstanbul’da", "Русский")


def quoting(*texts: str) -> Exchange:
    asked = an_answered()
    assert asked.answer is not None
    first = asked.answer.citations[0]
    citations = tuple(replace(first, number=number, quote=text) for number, text in enumerate(texts, start=1))
    sentences = tuple(Sentence(text.splitlines()[0], (number,), 0.9) for number, text in enumerate(texts, start=1))
    answer = replace(asked.answer, citations=citations, sentences=sentences, short_answer=None, differing=())
    return replace(asked, answer=answer)


def read(data: bytes) -> str:
    return pdf.read(Source(data, "a.pdf")).text


def test_letters_of_many_alphabets_are_drawn() -> None:
    text = read(to_pdf("合同", [quoting(*RIGHTWARD, *TEXTS)]))
    assert "could not be drawn" not in text
    for words in TEXTS:
        assert words in text, words


def test_letters_that_no_font_has_are_named() -> None:
    text = " ".join(read(to_pdf("Boats", [quoting("A \U00012000 sign")])).split())
    assert "could not be drawn: U+12000 CUNEIFORM SIGN A." in text


def test_markup_is_text() -> None:
    hostile = '#panic("x") $a$ *b* `c` <d> \\ "} #read("/etc/passwd")\n= no heading'
    text = read(to_pdf(hostile, [quoting(hostile)]))
    assert '#panic("x") $a$ *b* `c` <d>' in text
    assert "= no heading" in text
    assert "root:" not in text
