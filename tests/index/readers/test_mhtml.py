"""MHTML."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source
from index.readers.mail.mhtml import read

HEADERS = "From: <Saved by Blink>\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"


def content_of(page: str, *, charset: str = "utf-8", subject: str = "Foxes at home") -> Content:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(page, subtype="html", charset=charset, cte="quoted-printable")
    message.add_related(b"\x89PNG", "image", "png", cid="<picture>")
    return read(Source(message.as_bytes(), "a.mhtml"))


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_the_page_is_read_in_its_encoding(charset: str) -> None:
    content = content_of(
        "<html><head><meta charset=x><title>Füchse</title></head><nav>menu</nav><p>Füchse <b>rennen</b>.",
        charset=charset,
    )
    assert content.title == "Füchse"
    assert content.text == "Füchse rennen."


def test_the_subject_is_the_title_of_a_page_without_one() -> None:
    assert content_of("<p>They run.").title == "Foxes at home"


def test_the_page_that_the_file_names_as_its_start_is_read() -> None:
    boundary = ' type="text/html"; start="<b>"; boundary="x"\r\n\r\n'
    parts = "".join(
        f"--x\r\nContent-Type: text/html\r\nContent-ID: <{name}>\r\n\r\n<p>Page {name}.\r\n" for name in "ab"
    )
    data = HEADERS.format("s") + boundary + parts + "--x--\r\n"
    assert read(Source(data.encode(), "a.mht")).text == "Page b."


def test_a_file_without_a_page_is_rejected() -> None:
    with pytest.raises(DocumentRejectedError, match="no page in it"):
        read(Source(b"Subject: x\r\n\r\nwords", "a.mht"))
