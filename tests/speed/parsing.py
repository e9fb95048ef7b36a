"""How fast files are read, by format, beside the fastest plain text extraction of the same files as the floor.

    python tests/speed/parsing.py [FOLDER ...]

Takes the files of ../shared/documents and corpus/, or of the folders given. Both are done in turns in one process, so
that the ratio holds on a busy machine; then the same files are read by the pool, as a sync does.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from index.errors import DocumentRejectedError
from index.isolation.pool import ReadingPlace, ReadingPool, WantedFile
from index.models import Encoder
from index.readers import read_document
from index.readers.formats import BY_SUFFIX

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT.parent / "shared" / "documents", ROOT / "corpus")
TURNS = 2


@dataclass
class Measured:
    """What the files of one format took in all, in seconds, and what they hold."""

    files: int = 0
    pages: int = 0
    characters: int = 0
    ours: float = 0.0
    floor: float = 0.0


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]] or [folder for folder in FOLDERS if folder.is_dir()]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in BY_SUFFIX]
    measured: dict[str, Measured] = defaultdict(Measured)
    read: list[Path] = []
    for path in found:
        format = BY_SUFFIX[path.suffix.lower()]
        if format.reader in ("ocr.image", "office.legacy"):
            continue  # what OCR and LibreOffice take is not ours
        try:
            document = read_document(path)  # also loads what it needs
        except DocumentRejectedError:
            continue
        if any(page.certainty is not None for page in document.pages.values()):
            continue
        try:
            floor = min(timed(plain, path) for _ in range(TURNS))
        except pypdfium2.PdfiumError:  # a page is broken, which we pass over
            continue
        ours = min(timed(read_document, path) for _ in range(TURNS))
        one = measured[format.reader]
        one.files, one.pages = one.files + 1, one.pages + len(document.pages)
        one.characters, one.ours, one.floor = one.characters + len(document.text), one.ours + ours, one.floor + floor
        read.append(path)
    print(
        f"{'format':12}{'files':>6}{'pages':>7}{'pages/s':>9}{'floor':>9}{'MB/s':>7}{'floor':>7}{'times the floor':>17}"
    )
    for name, one in sorted(measured.items()):
        pages = f"{one.pages / one.ours:9,.0f}{one.pages / one.floor:9,.0f}" if one.pages else f"{'':18}"
        sizes = f"{one.characters / one.ours / 1e6:7.1f}{one.characters / one.floor / 1e6:7.0f}"
        print(f"{name:12}{one.files:6}{one.pages:7}{pages}{sizes}{one.ours / one.floor:17.1f}")
    alone = sum(one.ours for one in measured.values())
    pooled = timed(read_in_pool, read)
    ratio = alone / pooled
    print(f"\nall of them one after the other {alone:.1f} s, by the pool {pooled:.1f} s ({ratio:.2f} times as fast)")


def timed(act: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - began


def read_in_pool(paths: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder, "room")
        room.mkdir()
        pool = ReadingPool(room, Encoder())
        futures = []
        for number, path in enumerate(paths):
            unpacked = Path(folder, str(number))
            unpacked.mkdir()
            futures.append(pool.read(WantedFile(path, str(path), 0.0, unpacked), ReadingPlace()))
        for future in futures:
            future.result()
        pool.close()


def plain(path: Path) -> str:
    """Return a file's text as the fastest library gives it, without order, structure or place."""
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(data)
        return "".join(page.get_textpage().get_text_range() for page in document)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.endswith((".xml", ".xhtml", ".html"))]
            return "".join(_words(archive.read(name)) for name in names)
    if path.suffix.lower() in (".html", ".htm", ".xhtml"):
        body = LexborHTMLParser(data).body
        return body.text() if body is not None else ""
    return data.decode("utf-8", "replace")


def _words(part: bytes) -> str:
    try:
        root = etree.fromstring(part, etree.XMLParser(recover=True, resolve_entities=False))
    except etree.XMLSyntaxError:  # nothing at all
        return ""
    return "" if root is None else "".join(root.itertext())


if __name__ == "__main__":
    main()
