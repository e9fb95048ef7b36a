"""The documents of a library as people see them: an id goes in, places on its pages and their pictures come out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from index.errors import DocumentRejectedError, PinciteError
from index.isolation.pool import ReadingPool
from index.readers.archives.members import locate
from index.records import Box
from index.search.snapshot import Snapshot


class Documents:
    """Shows the documents of a library: `look` returns it as it is now, `pool` what draws pages."""

    def __init__(self, look: Callable[[], Snapshot], pool: Callable[[], ReadingPool]) -> None:
        self._look = look
        self._pool = pool

    def locate(self, doc_id: str, start: int, end: int) -> list[Box]:
        """Return the rectangles of `text[start:end]` on the document's pages, one a line; none without geometry."""
        return self._look().document(doc_id).locate(start, end)

    def file_of(self, path: str) -> Path | None:
        """Return the file on the disk that the document at `path` is, or is inside of; None if it is gone."""
        with suppress(DocumentRejectedError):
            return locate(Path(path))[0]
        return None

    def page_image(self, doc_id: str, number: int, *, width: int) -> bytes:
        """Return a page of a document as a PNG, `width` pixels wide. Raises `PinciteError` if that can't be had."""
        document = self._look().document(doc_id)
        if number not in document.pages or document.pages[number].width <= 0:
            raise PinciteError(f"{document.title} has no page {number} to be shown")
        try:
            file, rest = locate(Path(document.path))
        except DocumentRejectedError as error:
            cure = "put it back, or index the folder again"
            raise PinciteError(f"{document.path} can't be shown, it is gone: {cure}") from error
        return self._pool().page_image(file, rest, number, sha256=document.sha256, width=width)
