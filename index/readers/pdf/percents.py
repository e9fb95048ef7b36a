"""PDF: a table in, the names of its columns out, also where one is meant for amounts and their percents beside them."""

from __future__ import annotations

from dataclasses import replace

from index.readers.pdf.columns import column_names
from index.readers.pdf.grid import DrawnTable, Grid, joined_columns
from index.readers.pdf.lines import Boxes

_MOST = 0.8  # of the cells of a column of percents are some
_FEWEST = 3  # of them, where only the first and the last have the sign


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
    """Tell whether a column is of percents: filings have the sign at the first and the last of them alone."""
    signed = [row[column][-1].text.rstrip(" )").endswith("%") for row in cells if column in row]
    at_both_ends = len(signed) >= _FEWEST and signed[0] and signed[-1]
    return len(signed) > 1 and (at_both_ends or sum(signed) >= _MOST * len(signed))


def _has_amounts(column: int, cells: Grid) -> bool:
    own = [row[column][-1].text for row in cells if column in row]
    return not _in_percent(column, cells) and 2 * sum(any(map(str.isdigit, text)) for text in own) > len(own)
