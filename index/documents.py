"""The documents of a library as people see them: an id goes in, places on its pages and their pictures come out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from index.errors import DocumentRejectedError, PinciteError
from index.isolation.pool import ReadingPool
from index.readers.archives.members import locate
from index.records import Box
from index.search.searcher import Searcher


class Documents:
    """Shows the documents of a library."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def locate(self, doc_id: str, start: int, end: int) -> list[Box]:
        """Return the rectangles of `text[start:end]` on the document's pages, one a line; none without geometry."""
        return self._searcher.look().document(doc_id).locate(start, end)

    def file_of(self, path: str) -> Path | None:
        """Return the file on the disk that the document at `path` is, or is inside of; None if it is gone."""
        with suppress(DocumentRejectedError):
            return locate(Path(path))[0]
        return None

    def page_image(self, doc_id: str, number: int, *, width: int, pool: ReadingPool) -> bytes:
        """Return a page of a document as a PNG, `width` pixels wide, drawn by a process of `pool`.

        Raises `PinciteError` if that can't be had.
        """
        document = self._searcher.look().document(doc_id)
        if number not in document.pages or document.pages[number].width <= 0:
            raise PinciteError(f"{document.title} has no page {number} to be shown")
        try:
            file, rest = locate(Path(document.path))
        except DocumentRejectedError as error:
            cure = "put it back, or index the folder again"
            raise PinciteError(f"{document.path} can't be shown, it is gone: {cure}") from error
        return pool.page_image(file, rest, number, sha256=document.sha256, width=width)
