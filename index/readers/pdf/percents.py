"""PDF: a table in, the names of its columns out, also where one is meant for amounts and their percents beside them."""

from __future__ import annotations

from dataclasses import replace

from index.readers.pdf.columns import column_names
from index.readers.pdf.grid import DrawnTable, Grid, joined_columns
from index.readers.pdf.lines import Boxes

_MOST = 0.8  # of the cells of a column of percents are some


def named_columns(table: DrawnTable, rules: Boxes | None) -> list[str]:
    """Return the name of each column, "" for those without one; of percents "2021 %", behind the amounts of "2021"."""
    names = column_names(table, rules)
    behind = {at for at in range(2, len(names)) if _in_percent(at, table.cells) and _has_amounts(at - 1, table.cells)}
    if any(names[1:]) or not behind:
        return names
    columns, cells = joined_columns(table.columns, table.cells, {at: at - 1 for at in behind})
    whole = column_names(replace(table, columns=columns, cells=cells), rules)
    for at in sorted(behind):
        whole.insert(at, f"{whole[at - 1]} %" if whole[at - 1] else "")
    return whole


def _in_percent(column: int, cells: Grid) -> bool:
    own = [row[column][-1].text for row in cells if column in row]
    return len(own) > 1 and sum(text.rstrip(" )").endswith("%") for text in own) >= _MOST * len(own)


def _has_amounts(column: int, cells: Grid) -> bool:
    own = [row[column][-1].text for row in cells if column in row]
    return not _in_percent(column, cells) and 2 * sum(any(map(str.isdigit, text)) for text in own) > len(own)
