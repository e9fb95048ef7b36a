"""Packed files (gzip, bzip2, xz): bytes in, a file out that can be read from any place, within limits.

Nothing is kept: what was read already is unpacked anew, as an archive may unpack to more than the memory that there is.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma

from index.readers.archives.members import DAMAGE, MAX_BYTES, MAX_RATIO, MAX_RATIO_FROM, UNPACK
from index.readers.content import Source

CUT_OFF = "it is cut off or damaged, and not all of it can be read: download or pack it again"
_TOO_LARGE = f"it unpacks to more than is read, and not all of it is: {UNPACK}"
_PIECE = 1 << 20  # bytes
_MARKS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))


class Unpacking(io.RawIOBase):
    """The file that is packed in another one, or that file itself; it ends where a limit or damage is reached.

    `missing` then says so.
    """

    def __init__(self, source: Source) -> None:
        self.missing = ""
        self._source = source
        self._limit = min(MAX_BYTES, max(MAX_RATIO_FROM, MAX_RATIO * len(source.data)))
        self._wanted = 0  # where to read next
        self._end: int | None = None  # if it is known
        self._restart()

    def size(self) -> int:
        """Return how much there is."""
        while self._end is None:
            if not self._piece(_PIECE):
                self._end = self._at
        return self._end

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read from any place."""
        return True

    def tell(self) -> int:
        """Return where it is read next."""
        return self._wanted

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the start; it is looked for when it is read."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a place counts from the start")
        self._wanted = offset
        return offset

    def read(self, size: int | None = -1) -> bytes:
        """Return so many bytes, fewer only at the end."""
        left = self._limit if size is None or size < 0 else size
        if self._end is not None and self._wanted >= self._end:
            return b""
        if self._at > self._wanted:
            self._restart()
        while self._at < self._wanted:
            if not self._piece(min(_PIECE, self._wanted - self._at)):
                return b""
        parts = []
        while left and (piece := self._piece(min(_PIECE, left))):
            parts.append(piece)
            left -= len(piece)
        self._wanted = self._at
        return b"".join(parts)

    def _restart(self) -> None:
        self._packed = io.BytesIO(self._source.data)
        opener = next((opener for mark, opener in _MARKS if self._source.data.startswith(mark)), None)
        self._file = opener(self._packed) if opener else self._packed
        self._at = 0
        self._told = 0  # how many pieces of the packed file were reported

    def _piece(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""
        if self._end is not None and self._at >= self._end:
            return b""
        if self._packed.tell() >= self._told * _PIECE:  # a report is a message to another process
            self._told = self._packed.tell() // _PIECE + 1
            self._source.report(self._told, len(self._source.data) // _PIECE + 1)
        try:
            piece = self._file.read1(size)
        except DAMAGE:
            self.missing = CUT_OFF
            piece = b""
        if self._at + len(piece) > self._limit:
            self.missing = _TOO_LARGE
            piece = piece[: self._limit - self._at]
        if not piece:
            self._end = self._at
        self._at += len(piece)
        return piece
