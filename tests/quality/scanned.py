"""Measure OCR: pages of PDFs that have text are made pictures, read, and compared with what the PDF says.

    python tests/quality/scanned.py FILE.pdf [FILE.pdf ...] [--pages 3] [--resolution 200] [--noise]

Words are compared as a multiset (recall, precision) and in order; `placed` is the share of words that stand once on the
page and whose middle, as OCR has it, lies in the word's box as the PDF has it. With --noise the pages are slanted by
half a degree, blurred and grained, and saved as JPEG, as a scanner does.
"""

from __future__ import annotations

import argparse
import io
import re
import resource
import time
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image, ImageFilter

from index.errors import DocumentRejectedError
from index.readers import read_source, render_page
from index.readers.content import Source
from index.records import Document

_WORD = re.compile(r"\w+")


def single_page(data: bytes, number: int) -> bytes:
    """Return a PDF of one page."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as whole, pikepdf.new() as single:
        single.pages.append(whole.pages[number - 1])
        single.save(written)
    return written.getvalue()


def scan(page: bytes, *, width: float, resolution: int, noise: bool) -> bytes:
    """Return the picture of a page, as a PNG, or as a JPEG that looks scanned."""
    picture = Image.open(io.BytesIO(render_page(page, "page.pdf", 1, width=round(width * resolution / 72))))
    saved = io.BytesIO()
    if not noise:
        picture.save(saved, "PNG", dpi=(resolution, resolution))
        return saved.getvalue()
    picture = picture.rotate(0.5, Image.Resampling.BICUBIC, fillcolor="white").filter(ImageFilter.GaussianBlur(0.8))
    grain = np.random.default_rng(7).normal(0, 12, (picture.height, picture.width, 1))
    pixels = np.clip(np.asarray(picture) * 0.9 + 12 + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).convert("L").save(saved, "JPEG", quality=60, dpi=(resolution, resolution))
    return saved.getvalue()


def read(data: bytes, name: str) -> Document:
    return read_source(Source(data, name), path=name, modified=0.0).document


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def places(document: Document) -> dict[str, np.ndarray]:
    """Return the boxes of the words that stand once in a document."""
    found = {match[0]: match.span() for match in _WORD.finditer(document.text.casefold())}
    once = Counter(words_of(document.text))
    page = document.pages[1]
    boxes = {}
    for word, (start, end) in found.items():
        rows = page.boxes[start - page.start : end - page.start]
        rows = rows[~np.isnan(rows).any(axis=1)]
        if once[word] == 1 and len(rows) and len(word) > 2 and np.ptp(rows[:, 1]) < 4:
            boxes[word] = np.array([*rows[:, :2].min(axis=0), *rows[:, 2:].max(axis=0)])
    return boxes


def placed(said: Document, seen: Document) -> tuple[int, int]:
    """Return how many words stand where they should, of how many."""
    right, found = places(said), places(seen)
    common = right.keys() & found.keys()
    good = 0
    for word in common:
        left, top, far, bottom = right[word]
        across, down = (found[word][:2] + found[word][2:]) / 2
        good += bool(left <= across <= far and top - 1 <= down <= bottom + 1)
    return good, len(common)


def measure(name: str, page: bytes, *, resolution: int, noise: bool) -> tuple[int, int, int, int, int]:
    """Print the row of a page; return words, words read, words right, words placed right, of how many."""
    said = read(page, "page.pdf")
    picture = scan(page, width=said.pages[1].width, resolution=resolution, noise=noise)
    began, worked = time.perf_counter(), time.process_time()
    try:
        seen = read(picture, "page.jpg" if noise else "page.png")
    except DocumentRejectedError as error:
        print(f"{name:44} {error}", flush=True)
        return len(words_of(said.text)), 0, 0, 0, 0
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    expected, found = words_of(said.text), words_of(seen.text)
    right = (Counter(expected) & Counter(found)).total()
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    order = sum(block.size for block in matcher.get_matching_blocks())
    good, common = placed(said, seen)
    print(
        f"{name:44} {len(expected):6} {right / max(len(expected), 1):7.3f} {right / max(len(found), 1):9.3f}"
        f" {order / max(len(expected), 1):6.3f} {good / max(common, 1):7.3f}"
        f" {seen.pages[1].certainty or 0:9.3f} {seconds:8.1f} {worked:8.1f}",
        flush=True,
    )
    return len(expected), len(found), right, good, common


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=3, help="of each file, evenly chosen (default 3)")
    parser.add_argument("--resolution", type=int, default=200, help="dots an inch of the pictures (default 200)")
    parser.add_argument("--noise", action="store_true")
    arguments = parser.parse_args()
    titles = "page", "words", "recall", "precision", "order", "placed", "certainty", "seconds", "of a CPU"
    print("{:44} {:>6} {:>7} {:>9} {:>6} {:>7} {:>9} {:>8} {:>8}".format(*titles))
    rows = []
    for file in arguments.files:
        data = file.read_bytes()
        with pikepdf.open(io.BytesIO(data)) as document:
            count = len(document.pages)
        for number in sorted({int(place) for place in np.linspace(1, count, min(arguments.pages, count))}):
            name = f"{file.stem[:36]} {number}"
            page = single_page(data, number)
            try:
                rows.append(measure(name, page, resolution=arguments.resolution, noise=arguments.noise))
            except DocumentRejectedError as error:
                print(f"{name:44} {error}")
    expected, found, right, good, common = np.sum(rows, axis=0)
    print(
        f"{len(rows)} pages: recall {right / expected:.4f}, precision {right / found:.4f}, placed {good / common:.4f}"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")


if __name__ == "__main__":
    main()
