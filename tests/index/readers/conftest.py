"""Writes small real PDF files: text at given places, so that a test knows what must come out and where it stands."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


class Text(NamedTuple):
    """Words on a page: `x` and `y` in points from the top left corner of an upright page to their baseline's start."""

    x: float
    y: float
    words: str
    size: float = 10
    bold: bool = False
    turned: bool = False  # runs upwards


@dataclass
class PdfFile:
    """A PDF to be written; A4 if nothing else is said."""

    pages: Sequence[Sequence[Text]]
    width: float = 595
    height: float = 842
    title: str = ""
    page_entries: str = ""  # such as "/Rotate 90"
    catalog_entries: str = ""
    extra_objects: Sequence[str] = ()
    password: str | None = None
    rules: Sequence[tuple[float, float, float]] = ()  # on each page: from where to where, and how far down
    down: Sequence[tuple[float, float, float]] = ()  # rules that go down each page: from where to where, and how far in

    def write(self, path: Path) -> Path:
        count = len(self.pages)
        kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(count))
        heads = [
            f"<< /Type /Catalog /Pages 2 0 R {self.catalog_entries} >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        ]
        objects = [head.encode() for head in heads]
        drawn = "".join(f"{left} {self.height - y} m {right} {self.height - y} l S\n" for left, right, y in self.rules)
        drawn += "".join(f"{x} {self.height - top} m {x} {self.height - end} l S\n" for top, end, x in self.down)
        for number, page in enumerate(self.pages):
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {self.width} {self.height}] {self.page_entries} "
                f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {6 + 2 * number} 0 R >>".encode()
            )
            stream = self._encrypted(("".join(map(self._shown, page)) + drawn).encode("cp1252"), 6 + 2 * number)
            objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects += [extra.encode() for extra in self.extra_objects]
        path.write_bytes(self._file(objects))
        return path

    def _shown(self, text: Text) -> str:
        words = text.words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        matrix = "0 1 -1 0" if text.turned else "1 0 0 1"
        font = "F2" if text.bold else "F1"
        return f"BT /{font} {text.size} Tf {matrix} {text.x} {self.height - text.y} Tm ({words}) Tj ET\n"

    def _file(self, objects: list[bytes]) -> bytes:
        objects = [*objects, f"<< /Title ({self.title}) >>".encode()]
        trailer = f"/Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R"
        if self.password is not None:
            owner, user, _ = self._keys()
            trailer += f" /ID [<{'00' * 16}> <{'00' * 16}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4"
            trailer += f" /O <{owner.hex()}> /U <{user.hex()}> >>"
        data, places = b"%PDF-1.4\n", []
        for number, body in enumerate(objects, start=1):
            places.append(len(data))
            data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = "".join(f"{place:010d} 00000 n \n" for place in places)
        start = len(data)
        data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << {trailer} >>\n".encode()
        return data + f"startxref\n{start}\n%%EOF\n".encode()

    def _keys(self) -> tuple[bytes, bytes, bytes]:
        padded = ((self.password or "").encode() + _PADDING)[:32]
        owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
        key = hashlib.md5(padded + owner + struct.pack("<i", -4) + bytes(16)).digest()[:5]
        return owner, _rc4(key, _PADDING), key

    def _encrypted(self, stream: bytes, number: int) -> bytes:
        if self.password is None:
            return stream
        key = self._keys()[2] + struct.pack("<I", number)[:3] + bytes(2)
        return _rc4(hashlib.md5(key).digest()[:10], stream)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    output = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        output.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(output)


@pytest.fixture
def pdf(tmp_path: Path) -> Callable[..., Path]:
    """Write a PDF and return its path: `pdf([page, page], title="...")`, pages of (x, y, words, size, bold, turned)."""

    def write(pages: Sequence[Sequence[tuple[object, ...]]], **options: object) -> Path:
        texts = [[Text(*text) for text in page] for page in pages]
        return PdfFile(texts, **options).write(tmp_path / "file.pdf")

    return write


@pytest.fixture
def column() -> Callable[..., list[tuple[object, ...]]]:
    """Set lines below each other: `column("a", "b", top=100)`."""

    def lines(*words: str, left: float = 72, top: float = 100, size: float = 10) -> list[tuple[object, ...]]:
        return [(left, top + 1.2 * size * number, line, size) for number, line in enumerate(words)]

    return lines
