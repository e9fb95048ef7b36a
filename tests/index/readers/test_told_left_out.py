"""What is left out of a text on purpose is told: which words, how often, and on which pages."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from samples import an_epub

from index.readers import read_document
from index.readers.content import Source
from index.readers.hidden import LONGEST, MOST_NAMED, Tally, summed
from index.readers.mail.eml import read as read_mail
from index.readers.markup.epub import read as read_book
from index.records import LeftOut

LIE = "The warranty is 99 years."
STYLE = "<style>.away { visibility: hidden }</style>"
Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]


def test_running_lines_of_a_pdf_are_told_with_their_pages(pdf: Pdf, column: Column) -> None:
    pages = [
        [
            (72, 30, "Harbour Authority, Annual Report"),
            *column(f"The {word} quarter has a text of its own.", top=400),
            (290, 815, f"Page {number} of 4"),
        ]
        for number, word in enumerate(("first", "second", "third", "last"), 1)
    ]
    document = read_document(pdf(pages))
    assert document.text.count("Harbour Authority") == 1
    assert set(document.left_out) == {
        LeftOut("running", "Harbour Authority, Annual Report", 3, 2, 4),
        LeftOut("running", "Page 1 of 4 … Page 4 of 4", 4, 1, 4),
    }
    assert document.missing == "", "repetitions are not missed"


def test_what_stays_is_not_told(pdf: Pdf, column: Column) -> None:
    pages = [
        [*column(f"The {word} slip is for one person.", top=400), (72, 30, f"Net pay: {amount}.50")]
        for word, amount in (("first", 2100), ("second", 2137), ("third", 2174))
    ]
    assert read_document(pdf(pages)).left_out == ()


def test_hidden_words_of_a_mail_are_told() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Pumps", "Ana <ana@example.org>", "Ben <ben@example.org>"
    mail.set_content(f"<html><head>{STYLE}</head><p>It runs well.</p><p class=away>{LIE}</p></html>", subtype="html")
    content = read_mail(Source(mail.as_bytes()))
    assert LIE not in content.text
    assert content.missing == "1 passage that the page hides from the eye is left out"
    assert list(content.left_out) == [LeftOut("hidden", LIE)]


def test_hidden_words_of_a_book_are_told_with_their_chapter() -> None:
    content = read_book(Source(an_epub(f"So it is.</p><p style='visibility: hidden'>{LIE}"), "a.epub"))
    assert LIE not in content.text
    assert content.missing == "1 passage that the page hides from the eye is left out"
    assert summed(content.left_out) == (LeftOut("hidden", LIE, 1, 2, 2),)


def test_the_same_words_are_told_once_and_long_ones_shortened() -> None:
    left_out = [LeftOut("running", "ACME", 1, page, page) for page in (2, 4, 3)]
    assert summed([*left_out, LeftOut("hidden", "ACME")]) == (
        LeftOut("running", "ACME", 3, 2, 4),
        LeftOut("hidden", "ACME"),
    )
    (long,) = summed([LeftOut("hidden", "word " * 1000)])
    assert len(long.text) == LONGEST
    assert long.text.endswith("…")


def test_of_very_many_the_first_are_named_and_the_others_counted() -> None:
    tally = Tally()
    for number in range(10 * MOST_NAMED):
        tally.add(f"This is the lie of number {number}.", number)
    told = tally.passages
    assert len(told) == MOST_NAMED + 1
    assert told[0].text == "This is the lie of number 0."
    assert (told[-1].text, told[-1].times) == ("", 9 * MOST_NAMED)
    assert summed(told) == told
