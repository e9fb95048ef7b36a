"""Tables as people write them, of which nobody said where their header is: which rows at the top name the columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from index.readers import headers
from index.readers.content import table_lines
from index.readers.headers import rows_of_texts

_SEEN = 1000  # rows of a table that tell which of them name its columns
_WIDEST = 100  # columns that a name stands above


def all_lines(rows: Sequence[Sequence[str]], *, header_rows: int) -> list[str]:
    """Return a table's lines as `table_lines` does, and its header as one if it names a column that has no cell.

    In a form that nobody has filled in, the header is all there is.
    """
    lines = table_lines(rows, header_rows=header_rows)
    header, body = rows[:header_rows], [row for row in rows[header_rows:] if len(row) > 1]
    filled = {column for row in body for column, cell in enumerate(row) if cell.strip()}
    named = {column for row in header for column, cell in enumerate(row) if cell.strip()}
    if named <= filled or not rows[header_rows:]:
        return lines
    once = [[cell for cell, _ in groupby(row)] for row in header]  # a name that spans columns stands in each
    return [*table_lines(once, header_rows=0), *lines]


def count_titles(widths: Sequence[int]) -> int:
    """Return how many rows at the top are titles, of one cell above a row of more; `widths` count the cells of each."""
    return next((at for at, width in enumerate(widths) if width > 1), 0)


def count_header_rows(
    rows: Sequence[Sequence[str]], *, looks_apart: bool = False, spans: Sequence[Mapping[int, int]] = ()
) -> int:
    """Return how many rows at the top of a table in a text name its columns.

    The first one may look different from the rest; `spans` are by row how many columns cells span.
    """
    found = rows_of_texts(rows[:_SEEN], bold=(looks_apart,), spans=spans)
    return headers.count_header_rows(found, in_text=True)


def with_spans(row: Sequence[str], spans: Mapping[int, int]) -> list[str]:
    """Return a row of names with each of them in all columns that it spans."""
    spread = list(row)
    for column, columns in spans.items():
        end = min(column + columns, column + _WIDEST)
        spread += [""] * (end - len(spread))
        spread[column:end] = [spread[column]] * (end - column)
    return spread


_PAGE_NUMBER = re.compile(
    r"[\W\d_]*((page|seite|pagina|página|pág|p|s|strana|sida|side|第|页|ページ)[\W\d_]*)?"
    r"((of|von|de|di|sur|van|av|af|af|из|共|/)[\W\d_]*)?(页)?[\W\d_]*",
    re.IGNORECASE,
)


def is_page_number(text: str) -> bool:
    """Tell whether a page's header or footer says no more than which page it is."""
    return _PAGE_NUMBER.fullmatch(text) is not None
