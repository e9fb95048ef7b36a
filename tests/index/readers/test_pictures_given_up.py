"""Pictures: frames that earlier attempts did not survive are left out, and named."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from index.readers.content import Source
from index.readers.ocr import image as reader


def frame(words: str) -> Image.Image:
    drawn = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(drawn).text((60, 100), words, font=ImageFont.load_default(36), fill="black")
    return drawn


def test_frames_that_an_attempt_died_of_are_left_out_and_named() -> None:
    pytest.importorskip("rapidocr", reason="pincite[ocr] is not installed")
    data = io.BytesIO()
    frame("The first page of the file").save(data, "TIFF", save_all=True, append_images=[frame("And the second")])
    content = reader.read(Source(data.getvalue(), skipped=frozenset({2})))
    assert content.text == "The first page of the file"
    assert content.missing == "page 2 could not be read (too slow or too large): print or export it again"
