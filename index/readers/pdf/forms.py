"""PDF: what is typed into a form comes last in the page's program; it is put into the lines that it stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.readers.pdf.lines import Boxes, Line

_FARTHEST = 15.0  # times the height of a line: from a label to what is typed after it
_MOST = 250_000  # lines times fields that are looked at
_LEAST_SHARED = 0.5  # of the lower of two lines' heights, that they stand side by side


def put_in_place(lines: Sequence[Line], fields: Boxes) -> list[Line]:
    """Return the lines with those that stand in a form's fields put into the lines of their labels.

    "Name:" and "Ada Lovelace" become "Name: Ada Lovelace". What has no label beside it, and fields of several lines,
    stay where they are.
    """
    if len(lines) * len(fields) > _MOST:
        return list(lines)
    field_of = {id(line): _field_of(line, fields) for line in lines}
    filled = Counter(field_of.values())
    typed = [line for line in lines if field_of[id(line)] is not None and filled[field_of[id(line)]] == 1]
    kept = list(lines)
    for field in typed:
        label = _label_of(field, [line for line in kept if field_of.get(id(line)) is None])
        if label is not None:
            place = next(index for index, line in enumerate(kept) if line is label)
            kept[place] = _filled(label, field)
            kept = [line for line in kept if line is not field]
    return kept


def _field_of(line: Line, fields: Boxes) -> int | None:
    """Return the field in which the middle of a line stands, the smallest if there are several."""
    left, top = np.nanmin(line.boxes[:, :2], axis=0)
    right, bottom = np.nanmax(line.boxes[:, 2:], axis=0)
    across, down = (left + right) / 2, (top + bottom) / 2
    holds = (fields[:, 0] <= across) & (across <= fields[:, 2]) & (fields[:, 1] <= down) & (down <= fields[:, 3])
    sizes = np.where(holds, (fields[:, 2] - fields[:, 0]) * (fields[:, 3] - fields[:, 1]), np.inf)
    return int(sizes.argmin()) if holds.any() else None


def _label_of(field: Line, lines: Sequence[Line]) -> Line | None:
    """Return the line that stands beside a field and nearest to it, one on its left before one on its right."""
    best: Line | None = None
    nearest = _FARTHEST * field.size
    for line in lines:
        shared = min(line.bottom, field.bottom) - max(line.top, field.top)
        lower = min(line.bottom - line.top, field.bottom - field.top)
        if line.angle or field.angle or shared < _LEAST_SHARED * lower:
            continue
        after, before = field.left - line.right, line.left - field.right
        away = max(after, 0.0) if after > before else max(before, 0.0)
        if away < nearest:
            best, nearest = line, away
    return best


def _filled(line: Line, field: Line) -> Line:
    """Return the line with the field's words where they stand."""
    middle = (field.left + field.right) / 2
    later = np.flatnonzero((line.boxes[:, 0] + line.boxes[:, 2]) / 2 > middle)
    at = int(later[0]) if len(later) else len(line.text)
    before, after = line.text[:at].rstrip(" "), line.text[at:].lstrip(" ")
    pieces = [
        (before, line.boxes[: len(before)]),
        (field.text, field.boxes),
        (after, line.boxes[len(line.text) - len(after) :]),
    ]
    gap = np.full((1, 4), np.nan, dtype=np.float32)
    texts: list[str] = []
    boxes: list[Boxes] = []
    for text, places in pieces:
        if text:
            boxes += [gap, places] if texts else [places]
            texts.append(text)
    return replace(
        line, text=" ".join(texts), boxes=np.concatenate(boxes),
        left=min(line.left, field.left), top=min(line.top, field.top),
        right=max(line.right, field.right), bottom=max(line.bottom, field.bottom),
    )  # fmt: skip
