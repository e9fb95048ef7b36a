"""Parts of a sheet, such as "A1:B7", in; whether a cell is in one of them out."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_MOST = 5000  # more, and they are taken to hold every cell


class Ranges:
    """Parts of a sheet; one that can't be understood is taken for all of it."""

    def __init__(self, references: Iterable[str] = ()) -> None:
        self._all = False
        self._corners: set[tuple[int, int, int, int]] = set()
        for reference in references:
            self.add(reference)

    def add(self, reference: str) -> None:
        """Take another part: a cell, or two corners with a colon between."""
        first, _, last = reference.partition(":")
        corners = [_PLACE.fullmatch(corner) for corner in (first, last or first)]
        if None in corners or len(self._corners) >= _MOST:
            self._all = True
            return
        rows = sorted(int(corner[2]) for corner in corners if corner)
        columns = sorted(_number(corner[1]) for corner in corners if corner)
        self._corners.add((rows[0], columns[0], rows[1], columns[1]))

    def touch(self, row: int, column: int, *, rows: int = 1, columns: int = 1) -> bool:
        """Tell whether any of the cells from one on, its row counted from 1 and its column from 0, is in a part."""
        return self._all or any(
            top < row + rows and row <= bottom and left < column + columns and column <= right
            for top, left, bottom, right in self._corners
        )


def _number(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
