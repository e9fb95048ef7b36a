"""PDF: for each piece of a line of names the columns that it may be meant for in, one choice for all out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_LEFT_OUT = 0.6  # the cost of a column that has no part in a line of names above several columns
_BESIDE = 0.3  # the cost of a second piece in the same line for one column


class Group(NamedTuple):
    """The columns that a name is meant for, and how well it stands above them, 0 being best."""

    first: int
    last: int
    cost: float


def best_groups(options: Sequence[Sequence[Group]], *, columns: Sequence[int] = ()) -> list[Group] | None:
    """Return one group for each piece, from left to right without overlap, at the least cost; None if there is none.

    Two pieces side by side may be words of the name of one column. Each of `columns` that has none costs, too.
    """
    best: dict[int, tuple[float, list[Group]]] = {-1: (0.0, [])}  # by the last column that is taken
    for groups in options:
        after: dict[int, tuple[float, list[Group]]] = {}
        for taken, (cost, chosen) in best.items():
            for group in groups:
                again = bool(chosen) and group.first == group.last == taken == chosen[-1].first
                if group.first <= taken and not again:
                    continue
                left_out = sum(taken < at < group.first for at in columns)
                total = cost + group.cost + _LEFT_OUT * left_out + (_BESIDE if again else 0)
                if group.last not in after or total < after[group.last][0]:
                    after[group.last] = total, [*chosen, group]
        best = after
    ends = [(cost + _LEFT_OUT * sum(at > taken for at in columns), chosen) for taken, (cost, chosen) in best.items()]
    return min(ends, key=lambda one: one[0], default=(0.0, None))[1]
