"""Tables as people write them, of which nobody said where their header is: which rows at the top name the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.content import table_lines

_NUMBER = re.compile(r"[\d.,%\s$€£+\-–−()]+")


def all_lines(rows: Sequence[Sequence[str]], *, header_rows: int) -> list[str]:
    """Return a table's lines as `table_lines` does, and its header as one if it names a column that has no cell.

    In a form that nobody has filled in, the header is all there is.
    """
    lines = table_lines(rows, header_rows=header_rows)
    header, body = rows[:header_rows], [row for row in rows[header_rows:] if len(row) > 1]
    filled = {column for row in body for column, cell in enumerate(row) if cell.strip()}
    named = {column for row in header for column, cell in enumerate(row) if cell.strip()}
    return lines if named <= filled or not rows[header_rows:] else [*table_lines(header, header_rows=0), *lines]


def count_header_rows(rows: Sequence[Sequence[str]], *, looks_apart: bool = False) -> int:
    """Return how many rows at a table's top name its columns: 1 or 0.

    One does that looks different from the rest, or has words above numbers, or names three columns and more, each
    differently.
    """
    if len(rows) < 2:
        return 0
    first, body = rows[0], rows[1:]
    names = [cell for cell in first if cell]
    if len(names) < 2 or len(set(names)) < len(names) or any(_NUMBER.fullmatch(name) for name in names):
        return 0
    over_numbers = any(
        name and len(body) > 1 and all(column < len(row) and _is_number(row[column]) for row in body)
        for column, name in enumerate(first)
    )
    return int(looks_apart or over_numbers or (len(names) > 2 and len(names) == len(first)))


def _is_number(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and sum(character.isalpha() for character in cell) <= 4


_PAGE_NUMBER = re.compile(
    r"[\W\d_]*((page|seite|pagina|página|pág|p|s|strana|sida|side|第|页|ページ)[\W\d_]*)?"
    r"((of|von|de|di|sur|van|av|af|af|из|共|/)[\W\d_]*)?(页)?[\W\d_]*",
    re.IGNORECASE,
)


def is_page_number(text: str) -> bool:
    """Tell whether a page's header or footer says no more than which page it is."""
    return _PAGE_NUMBER.fullmatch(text) is not None
