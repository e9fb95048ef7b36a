"""The order in which a person reads what stands on a slide: from top to bottom, and from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Area(NamedTuple):
    """Where something stands, in any unit, from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


_DEEPEST = 8  # rows within columns within rows
_OVERLAP = 0.25  # of the smaller one's size, that two shapes may overlap and still stand apart


def in_reading_order(areas: Sequence[Area]) -> list[int]:
    """Return the numbers of the areas in reading order.

    They are cut into rows where one can be drawn a line between, each row into columns, each column into rows again.
    """
    return _cut(areas, list(range(len(areas))), in_rows=True, depth=0)


def _cut(areas: Sequence[Area], members: list[int], *, in_rows: bool, depth: int) -> list[int]:
    if len(members) < 2:
        return members
    groups = _bands(areas, members, in_rows=in_rows)
    if len(groups) == 1 and (depth > 0 or not in_rows):
        return sorted(members, key=lambda at: (areas[at].top, areas[at].left, at))
    if depth > _DEEPEST:
        return [at for group in groups for at in group]
    return [at for group in groups for at in _cut(areas, group, in_rows=not in_rows, depth=depth + 1)]


def _bands(areas: Sequence[Area], members: list[int], *, in_rows: bool) -> list[list[int]]:
    """Return the areas in groups that a line from side to side (or from top to bottom) parts."""

    def extent(at: int) -> tuple[float, float]:
        area = areas[at]
        return (area.top, area.bottom) if in_rows else (area.left, area.right)

    groups: list[list[int]] = []
    reached = 0.0
    for at in sorted(members, key=lambda at: (*extent(at), at)):
        start, end = extent(at)
        if groups and start < reached - _OVERLAP * max(1.0, min(end - start, reached - extent(groups[-1][0])[0])):
            groups[-1].append(at)
            reached = max(reached, end)
        else:
            groups.append([at])
            reached = end if not groups[:-1] else max(end, start)
    return groups
