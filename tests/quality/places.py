"""Read the place of sentences back with an independent tool: the words that Poppler finds in their boxes.

    python tests/quality/places.py [--shared ../shared] [--sentences 60] [--show NAME]

Of each PDF the same sentences are taken on every machine. A sentence is right if the letters and digits of the words
whose middle lies in its boxes, box by box, are those of the sentence; or else those of the characters that stand in
them, for a word of Poppler's may belong to two sentences, and its box may be many lines high. Scripts that run from
right to left, which Poppler gives as they are seen, are compared without order. Notes, which it doesn't give, are not
in the sample. What is not right is listed by cause. Chinese, Japanese and Korean need the package poppler-data.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import numpy as np

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.ocr import ocr
from index.records import Box, Document
from index.text.sentences import split_sentences

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', re.DOTALL)
_UNREAD = "Poppler reads no words in this file"
_FINE = 10  # pixels a point
_INSET = 0.5  # points: the characters beside a box touch it
_MOST_BOXES = 40
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A word as Poppler places it."""

    text: str
    left: float
    top: float
    across: float  # its middle
    down: float


@dataclass(frozen=True)
class Failure:
    """A sentence that was not found where it should be."""

    path: str
    cause: str
    page: int
    wanted: str
    found: str


def poppler_words(path: Path) -> list[tuple[float, float, list[Word]]]:
    """Return the pages: width, height, words."""
    pages = []
    for width, height, body in _PAGE.findall(_pdftotext(path, "-bbox")):
        words = [_word(*found) for found in _WORD.findall(body)]
        pages.append((float(width), float(height), words))
    return pages


def _pdftotext(path: Path, *options: object) -> str:
    command = ["pdftotext", "-cropbox", "-enc", "UTF-8", *map(str, options), str(path), "-"]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    return done.stdout.decode("utf-8", "replace")


def _word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    x0, y0, x1, y1 = map(float, (left, top, right, bottom))
    return Word(unescape(text), x0, y0, (x0 + x1) / 2, (y0 + y1) / 2)


def letters(text: str) -> str:
    """Return the letters and digits of a text, in one form."""
    return "".join(_LETTERS.findall(unicodedata.normalize("NFKC", text)))


def words_in(boxes: Sequence[Box], pages: Sequence[tuple[float, float, list[Word]]]) -> list[str]:
    """Return the words whose middle lies in the boxes, box by box, each once."""
    found: list[str] = []
    taken: set[int] = set()
    for box in boxes:
        if box.page > len(pages):
            continue
        inside = [
            word
            for word in pages[box.page - 1][2]
            if box.left <= word.across <= box.right and box.top <= word.down <= box.bottom and id(word) not in taken
        ]
        if box.right - box.left > box.bottom - box.top:
            inside.sort(key=lambda word: word.left)
        taken.update(id(word) for word in inside)
        found.extend(word.text for word in inside)
    return found


def characters_in(boxes: Sequence[Box], path: Path) -> str:
    """Return the characters whose line runs through the boxes, each box read alone."""
    found = []
    for box in boxes[:_MOST_BOXES]:
        upright = box.bottom - box.top > 1.5 * (box.right - box.left)
        across, down = box.right - box.left, box.bottom - box.top
        left, right = (-0.15 * across, 0.15 * across) if upright else (_INSET, -_INSET)
        top, bottom = (_INSET, -_INSET) if upright else (0.2 * down, 0.15 * down)
        sides = (box.left + left, box.top + top, across - left + right, down - top + bottom)
        place = [part for name, side in zip("xyWH", sides, strict=True) for part in (f"-{name}", round(side * _FINE))]
        found.append(_pdftotext(path, "-raw", "-f", box.page, "-l", box.page, "-r", 72 * _FINE, *place))
    return "".join(found)


def check(document: Document, name: str, *, path: Path, sentences: int) -> Iterator[Failure | None]:
    """Yield for each sentence of a sample what is wrong with its place, or None."""
    pages = poppler_words(path)
    spans = [
        span
        for span in split_sentences(document.text)
        if letters(placed_text(document, *span)) and not _is_note(document, span)
    ]
    for start, end in random.Random(name).sample(spans, min(sentences, len(spans))):
        text = placed_text(document, start, end)
        boxes = document.locate(start, end)
        words = words_in(boxes, pages)
        wanted, found = letters(text), letters("".join(words))
        if wanted == found or _same(wanted, found) or _same(wanted, letters(characters_in(boxes, path))):
            yield None
        else:
            page = boxes[0].page if boxes else 0
            cause = _cause(wanted, found, has_words=any(words for _, _, words in pages))
            yield Failure(name, cause, page, text, " ".join(words))


def placed_text(document: Document, start: int, end: int) -> str:
    """Return a span without the names of columns that were put before the cells of tables."""
    parts = []
    for page in document.pages.values():
        first, last = max(start, page.start), min(end, page.end)
        if first < last and page.boxes is not None:
            placed = np.isfinite(page.boxes[first - page.start : last - page.start, 0]).tolist()
            text = document.text[first:last]
            parts.append("".join(letter if stands else " " for letter, stands in zip(text, placed, strict=True)))
    return " ".join(parts)


def _is_note(document: Document, span: tuple[int, int]) -> bool:
    """Tell whether a span is of a note, whose characters all have one and the same box."""
    boxes = [document.locate(at, at + 1) for at in (span[0], span[1] - 1)]
    return span[1] - span[0] > 1 and bool(boxes[0]) and boxes[0] == boxes[1]


def _same(wanted: str, found: str) -> bool:
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in wanted):
        return sorted(wanted) == sorted(found)
    return wanted == found


def _cause(wanted: str, found: str, *, has_words: bool) -> str:
    if not has_words:
        return _UNREAD
    if not found:
        return "nothing there"
    if sorted(wanted) == sorted(found):
        return "other order"
    if wanted in found:
        return "more there, at an end" if found.startswith(wanted) or found.endswith(wanted) else "more there"
    if found in wanted:
        return "less there"
    if len(wanted) == len(found):
        return "other characters"
    return "other words"


def main() -> None:
    """Check all PDFs and print the share and the causes."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments.add_argument("--sentences", type=int, default=60, help="of a file")
    arguments.add_argument("--show", default="", help="only files whose name holds this, with all that fails")
    arguments.add_argument("--list", action="store_true", help="list all that fails")
    options = arguments.parse_args()
    ocr.available = lambda: False  # what is read from pictures no extractor has
    counts: dict[str, Counter[str]] = {}  # of each collection: files, sentences, right
    failures: list[Failure] = []
    for path in sorted((options.shared / "documents").rglob("*.pdf")):
        name = str(path.relative_to(options.shared / "documents"))
        if options.show not in name:
            continue
        try:
            document = read_document(path)
        except DocumentRejectedError:
            continue
        results = list(check(document, name, path=path, sentences=options.sentences))
        wrong = [result for result in results if result is not None]
        count = counts.setdefault(name.split("/")[0], Counter())
        count.update(files=1, sentences=len(results), right=len(results) - len(wrong))
        failures += wrong
    _print(failures, counts, listed=options.list or bool(options.show))


def _print(failures: Sequence[Failure], counts: dict[str, Counter[str]], *, listed: bool) -> None:
    out = sys.stdout.write
    for one in failures if listed else ():
        out(f"{one.path} p{one.page} [{one.cause}]\n   wanted {one.wanted[:300]!r}\n   found  {one.found[:300]!r}\n")
    for cause, number in Counter(one.cause for one in failures).most_common():
        paths = Counter(one.path for one in failures if one.cause == cause)
        out(f"{number:5d} {cause}: {len(paths)} files, most in {paths.most_common(1)[0]}\n")
    unread = sum(one.cause == _UNREAD for one in failures)
    for collection, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        share = count["right"] / max(count["sentences"], 1)
        out(
            f"{collection}: {count['right']} of {count['sentences']} sentences of {count['files']} files, {share:.4f}\n"
        )
    total = sum(counts.values(), Counter())
    share = total["right"] / max(total["sentences"] - unread, 1)
    out(f"without the files in which Poppler reads no words: {share:.4f}\n")


if __name__ == "__main__":
    main()
