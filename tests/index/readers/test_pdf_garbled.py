"""PDF: a page whose letters are not those that it shows is read by OCR, or named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.readers import read_document
from index.readers.ocr import ocr

Pdf = Callable[..., Path]
Column = Callable[..., list[tuple[object, ...]]]

WORDS = [f"Volume {number} of the reports on the harbour was printed and bound in leather" for number in range(12)]
# What is read where numbers of glyphs are taken for letters.
GARBLED = ["".join(chr(ord(letter) - 29) if letter > "=" else letter for letter in words) for words in WORDS]


def test_a_page_of_wrong_letters_is_named(pdf: Pdf, column: Column, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    document = read_document(pdf([column(*WORDS), column(*GARBLED)]))
    assert document.missing == (
        "page 2 says other letters than a reader sees (a font's fault): install pincite[ocr] and index it again"
    )
