"""Tables: which rows at their top name the columns, and how; for sheets and for tables in running text, one way.

What a file itself says of it counts before: header rows that are marked, `<th>`. (A text with delimiters has names
unless they can't be that, see `data/csv.py`.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from index.readers.content import one_line

MOST_HEADER_ROWS = 4
_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d\d")
_NUMBER = re.compile(r"[\d.,%\s$€£¥+\-–−()]+")  # or a dash


class Cell(NamedTuple):
    """What a cell shows; `is_text` is False for numbers, dates, times and truth values."""

    text: str
    is_text: bool = True
    is_bold: bool = False
    columns: int = 1  # that it spans
    rows: int = 1

    @property
    def has_words(self) -> bool:
        """Whether it is more than a dash or a sign."""
        return any(map(str.isalpha, self.text))

    @property
    def may_name(self) -> bool:
        """Whether it may be a column's name: words, or a year."""
        return self.is_text or _YEAR.fullmatch(self.text) is not None


Cells = Mapping[int, Cell]  # by column, from 0; no empty ones


def number_columns(rows: Sequence[Cells]) -> frozenset[int]:
    """Return the columns that have more numbers (or dates) than words."""
    score: dict[int, int] = {}
    for row in rows:
        for column, cell in row.items():
            if not cell.is_text or cell.has_words:  # a dash is neither
                score[column] = score.get(column, 0) + (-1 if cell.is_text else 1)
    return frozenset(column for column, count in score.items() if count > 0)


def count_header_rows(rows: Sequence[Cells], *, in_text: bool = False) -> int:
    """Return how many rows at the top look like names of columns.

    The last of them names nearly all columns, each differently or under a name that spans several; it is bold where the
    rest is not, or words above numbers, or names three columns and more. A table `in_text` may well be a form, with
    names beside their values: there numbers are to fill several rows below, years are to be several, and what is above
    the last row of names is to span columns.
    """
    for count in range(1, min(MOST_HEADER_ROWS, len(rows))):
        header, body = rows[:count], [row for row in rows[count:] if row]
        if not body or not all(cell.may_name for cell in header[-1].values()):
            return 0
        if in_text and count > 1 and all(cell.columns == 1 for cell in header[-2].values()):
            return 0
        if _names_columns(header, body, in_text=in_text):
            return count
    return 0


def rows_of_texts(
    rows: Sequence[Sequence[str]], *, bold: Sequence[bool] = (), spans: Sequence[Mapping[int, int]] = ()
) -> list[Cells]:
    """Return the texts of a table's cells as rows: which are `bold`, and how many columns cells span by row."""
    return [
        {
            column: Cell(
                text,
                is_text=not _NUMBER.fullmatch(text),
                is_bold=at < len(bold) and bold[at],
                columns=spans[at].get(column, 1) if at < len(spans) else 1,
            )
            for column, text in enumerate(row)
            if text.strip()
        }
        for at, row in enumerate(rows)
    ]


def _names_columns(header: Sequence[Cells], body: Sequence[Cells], *, in_text: bool) -> bool:
    names, last = names_of(header), header[-1]
    columns = {column for row in body for column in row}
    unnamed = columns - names.keys() - {min(columns)}
    if len(names) < 2 or len(last) < 2 or 3 * len(unnamed) > len(columns):
        return False
    if len(set(names.values())) < len(names) or any(cell.columns > 1 for cell in last.values()):
        return False
    years = sum(not cell.is_text for cell in last.values())
    if years:  # a row of years names columns of other numbers
        below = body[0]
        told = any(at in below and not below[at].is_text and not below[at].may_name for at in last)
        return told and (years > 1 or not in_text)
    bold = all(cell.is_bold for cell in last.values()) and not all(cell.is_bold for cell in body[-1].values())
    numbers = _figure_columns(body) if in_text else number_columns(body)
    return bold or any(column in numbers for column in last) or (len(last) > 2 and not unnamed)


def _figure_columns(rows: Sequence[Cells]) -> frozenset[int]:
    """Return the columns of which each of several rows has a number, with a unit at the most."""
    full = [column for column in rows[0] if len(rows) > 1 and all(column in row for row in rows)]
    return frozenset(column for column in full if all(_is_figure(row[column].text) for row in rows))


def _is_figure(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and sum(character.isalpha() for character in cell) <= 4


def names_of(header: Sequence[Cells]) -> dict[int, str]:
    """Return the name of each column: the cells above it from top to bottom, each once, with those that span it."""
    bottom = header[-1]
    found: dict[int, list[str]] = {}
    for row in header:
        for column, cell in row.items():
            for covered in _covered(column, row, bottom) if row is not bottom else (column,):
                parts = found.setdefault(covered, [])
                if cell.text not in parts:
                    parts.append(cell.text)
    return {column: one_line(" ".join(parts)) for column, parts in sorted(found.items())}


def _covered(column: int, row: Cells, bottom: Cells) -> Sequence[int]:
    """Return the columns that a cell in an upper row of names is meant for.

    Where it isn't merged with those beside it, that is a guess: all columns, if it stands at either end of them; those
    between two empty columns, if there is one such cell for each; if names repeat, all up to the next such cell.
    """
    if any(cell.columns > 1 for cell in row.values()):
        return [at for at in range(column, column + min(row[column].columns, 1000)) if at == column or at in bottom]
    below = sorted(bottom)
    above = [at for at in sorted(row) if at in bottom]
    if column not in bottom or len(above) >= len(below):
        return (column,)
    if len(above) == 1:
        return below if column in (below[0], below[-1]) else (column,)
    groups: list[list[int]] = []
    for at in below:
        if groups and at == groups[-1][-1] + 1:
            groups[-1].append(at)
        else:
            groups.append([at])
    if len(groups) == len(above) and all(one in group for one, group in zip(above, groups, strict=True)):
        return next(group for group in groups if column in group)
    if len({cell.text for cell in bottom.values()}) == len(bottom):
        return (column,)
    at = above.index(column)
    if above[-1] == below[-1] and above[0] != below[0]:
        return [one for one in below if (above[at - 1] if at else -1) < one <= column]
    return [one for one in below if column <= one < (above[at + 1] if at + 1 < len(above) else below[-1] + 1)]
