"""Plain text in any encoding."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rejections import read_or_rejected

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.encoding import decode

GERMAN = "Die Größe der Bäume über den Flüssen ist für Käufer schön und nützlich."
RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах."
HEBREW = "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון."
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
CHINESE = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。"
POLISH = "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw."
TYPED = "The “quick” café — it’s naïve, 5 € only."


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "latin-1"),
        (TYPED, "cp1252"),
        (POLISH, "cp1250"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (HEBREW, "iso8859-8"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (JAPANESE, "utf-16"),
        (GERMAN, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "utf-32-be"),
    ],
)
def test_text_reads_the_same_in_every_encoding(tmp_path: Path, words: str, encoding: str) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(words.encode(encoding))
    assert read_document(path).text == words


def test_line_ends_are_newlines_and_all_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"  one\r\n\r\n\ttwo  \rthree\n\n")
    document = read_document(path)
    assert document.text == "  one\n\n\ttwo  \nthree\n\n"
    assert document.title == "words"
    assert not document.headings
    assert not document.pages


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\ufeff"), min_size=1))
def test_utf8_comes_back_as_it_was_written(words: str) -> None:
    assert decode(words.encode()) == words


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_rejected(data: bytes) -> None:
    text = read_or_rejected(lambda: decode(data), "its bytes are not text: ") or ""
    assert "\0" not in text
    assert "\r" not in text
    assert len(text) <= len(data)
    text.encode()  # no lone surrogates


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x90\0\x03\0\0\0MZ" * 50, b"text\0with a zero" * 3])
def test_binary_data_is_not_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "program.txt"
    path.write_bytes(data)
    with pytest.raises(DocumentRejectedError, match="bytes are not text"):
        read_document(path)
