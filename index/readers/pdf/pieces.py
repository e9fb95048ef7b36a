"""PDF: the parts of lines between wide gaps, and those that stand on one baseline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.readers.pdf.figures import is_figure
from index.readers.pdf.lines import Line

_OF_AMOUNTS = frozenset("$€£¥%")  # above a column of them
_YEAR = re.compile(  # or the day of a date in several lines: "June / 30, / 2023"
    r"\d{1,2},|(?:FY ?|Q[1-4] )?(?:19|20)\d\d(?: ?[-–/] ?\d{1,4})?(?:[*†‡§¹²³⁰⁴-⁹]{0,3}| ?\(\d{1,2}\))"
)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The part of a line between two gaps: a cell, or a part of one."""

    line: Line
    start: int
    end: int
    left: float
    right: float

    @property
    def text(self) -> str:
        """What it says."""
        return self.line.text[self.start : self.end]

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, with a unit at the most, or stands for one that is missing."""
        return is_figure(self.text)

    @property
    def names_year(self) -> bool:
        """Whether it is a year, or years from one to another, or the day of a date: it may name a column."""
        return names_year(self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What stands on one baseline, from left to right."""

    pieces: Sequence[Piece]
    baseline: float
    size: float

    @property
    def has_figures(self) -> bool:
        """Whether anything behind its first piece is a figure."""
        return any(piece.is_figure and piece.text not in _OF_AMOUNTS for piece in self.pieces[1:])

    @property
    def names_figures(self) -> bool:
        """Whether its figures are years, or count: they may be names of columns."""
        figures = [piece.text for piece in self.pieces if piece.is_figure and piece.text not in _OF_AMOUNTS]
        counted = [int(text) if text.isdecimal() else -2 for text in figures]
        counts = len(figures) > 2 and all(after == before + 1 for before, after in pairwise(counted))
        return len(self.pieces) > 1 and (counts or all(_YEAR.fullmatch(text) for text in figures))


def names_year(text: str) -> bool:
    """Tell whether a text is a year, or years from one to another, or the day of a date."""
    return _YEAR.fullmatch(text) is not None
