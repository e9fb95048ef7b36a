"""PDF: where pieces of text begin and end from left to right in, where they stand below each other out."""

from __future__ import annotations

from collections.abc import Iterable

Extent = tuple[float, float]


def covered(extents: Iterable[Extent], *, allowed: int) -> list[Extent]:
    """Return where more than `allowed` of the extents lie over each other, from left to right."""
    ends = sorted(event for left, right in extents for event in ((left, 1), (right, -1)))
    found: list[Extent] = []
    depth, start = 0, 0.0
    for place, step in ends:
        if depth <= allowed < depth + step:
            start = place
        elif depth > allowed >= depth + step:
            found.append((start, place))
        depth += step
    return found
