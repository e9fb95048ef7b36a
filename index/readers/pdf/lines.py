"""PDF, first half: the characters of one page in, its lines of clean text out, each character with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.readers.content import superscript
from index.readers.pdf.closed import Grid
from index.records import LeftOut

Boxes = NDArray[np.float32]

HYPHEN_MARKS = frozenset({0x02, 0x00AD, 0xFFFE})  # what pdfium makes of a hyphen that ends a line, and soft hyphens
_LINE_ENDS = frozenset({0x0A, 0x0D})
_SPACES = frozenset({0x09, 0x20, 0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F})
_INVISIBLE = frozenset({0xFFFD, 0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0xFFFF, *range(0x20), *range(0x7F, 0xA0)})
_PRIVATE = 0xF0000  # of private use from here on, as from 0xE000 to 0xF8FF; broken fonts go beyond all codes
_BULLETS = frozenset(map(ord, "•●▪■◦‣∙⁃◆➢➤❖\uf0b7\uf0a7\uf076\uf0d8\uf0fc\uf06e\uf02d"))
_REPLACED = {
    **dict.fromkeys(_BULLETS, "-"),
    **dict.fromkeys(HYPHEN_MARKS, "-"),
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0x2010: "-", 0x2011: "-",
}  # fmt: skip
_STANDING = frozenset("ABCDEFGHIKLMNOPRSTUVWXYZabcdefhiklmnorstuvwxz0123456789")
# What stands before an item of a list. A number needs a stop or brackets, "1984 was" is none.
MARKER = re.compile(r"(?:[-–—*]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?) ")
_SHORT_LABEL = re.compile(r"[^\W\d_]{2,4}:? [^\w\s]{0,2} ?\d[\d.,']*\d")  # no marker: "Rent   500.00"
_LEADERS = re.compile(r"[.·…_](?: ?[.·…_]){4,}")

_BLANK = _LINE_ENDS | _SPACES
_CHANGED = "".join(map(chr, sorted((_SPACES - {0x20}) | _REPLACED.keys() | _INVISIBLE | {0x00AD})))
_UNCLEAN = re.compile(rf"[{re.escape(_CHANGED)}\ud800-\uf8ff{chr(_PRIVATE)}-\U0010ffff]|  |[.·…_] ?[.·…_]")
_WORD_GAP = 0.15  # of the font's size: narrower than that is no space
_LETTER_GAP = 0.05
_ROW_GAP = 1.6  # of the font's size: no space between words is as wide
_SAME_LINE = 0.25  # of the font's size: how far apart the baselines of one line may be
_RAISED = 0.6  # the same, for characters that are set smaller: super- and subscripts


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """The characters of one page in pdfium's order, places in points from the top left corner of the page as shown.

    `tight` are the boxes of the ink, `loose` those of the font (advance width, ascent to descent), both [n, 4] as
    (left, top, right, bottom). `generated` marks the white space that pdfium put in.
    """

    codes: list[int]
    generated: NDArray[np.bool_]
    tight: Boxes
    loose: Boxes
    hidden: tuple[LeftOut, ...] = ()  # passages that no eye sees, and that are not among them


@dataclass(slots=True, eq=False)
class Line:
    """A line of text. `left` to `size` are measured along the text: a line that runs upwards is turned first."""

    text: str
    boxes: Boxes  # [len(text), 4], as the page is shown; NaN where a space was put in
    samples: tuple[int, ...]  # characters at its start, in its middle and at its end, to ask pdfium about
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    size: float
    angle: int  # 0, 90, 180 or 270 degrees clockwise
    is_row: bool  # wide gaps: a row of a table, or a name with what it names
    cell_left: float  # where the words after the last wide gap begin
    bold: bool = False
    level: int = 0  # as a heading, from 1; 0 is none
    page: int = 0
    is_closed: bool = False  # a row of cells between rules, with all lines of these
    is_note: bool = False  # a remark on the page, no part of its text
    is_running: bool = False  # a header or footer, left where it is said first


@dataclass(slots=True)
class PageLines:
    """The lines of a page and the notes on it, and its size in points as shown."""

    width: float
    height: float
    lines: list[Line]
    notes: list[Line] = field(default_factory=list)
    hidden: tuple[LeftOut, ...] = ()
    rules: Boxes | None = None  # of tables
    grids: Sequence[Grid] = ()  # drawn on it

    def in_order(self) -> list[Line]:
        """Return the lines, those last that run another way than most: a note up the margin parts no sentence."""
        angles: Counter[int] = Counter()
        for line in self.lines:
            angles[line.angle] += len(line.text)
        usual = angles.most_common(1)[0][0] if angles else 0
        return sorted(self.lines, key=lambda line: line.angle != usual)


def page_lines(characters: Characters) -> list[Line]:
    """Return the lines of a page in pdfium's order, which is that of the page's program and mostly of reading."""
    lines: list[Line] = []
    for indices in _segments(characters):
        line = _line(characters, indices)
        if line is None:
            continue
        if lines and (gap := _gap_on_one_line(lines[-1], line)) is not None:
            lines[-1] = merged(lines[-1], line, gap=gap)
        else:
            lines.append(line)
    return lines


def in_frame(boxes: Boxes, angle: int) -> Boxes:
    """Return boxes as they stand once text of this angle is turned to run from left to right, from top to bottom."""
    left, top, right, bottom = boxes.T
    turned = boxes
    if angle == 90:
        turned = np.stack([top, -right, bottom, -left], axis=1)
    elif angle == 270:
        turned = np.stack([-bottom, left, -top, right], axis=1)
    return turned


def _segments(characters: Characters) -> list[list[int]]:
    """Return the indices of the characters of each line, white space at its start left out."""
    segments: list[list[int]] = [[]]
    moving = _moving_on(characters)
    for index, code in enumerate(characters.codes):
        if code in _LINE_ENDS:
            segments.append([])
        elif code in _SPACES:
            if segments[-1]:
                segments[-1].append(index)
        else:
            if index in moving and segments[-1]:
                segments.append([])
            segments[-1].append(index)
    return [segment for segment in segments if segment]


def _moving_on(characters: Characters) -> set[int]:
    """Return the characters that can't stand on the line of the character before them, white space left out."""
    inked = np.array([index for index, code in enumerate(characters.codes) if code not in _BLANK], dtype=np.intp)
    if len(inked) < 2:
        return set()
    left, top, right, bottom = characters.loose[inked].T
    extent = np.minimum(right - left, bottom - top)
    size = np.maximum(np.maximum(np.minimum(extent[:-1], extent[1:]), 0.5 * (bottom - top)[1:]), 4)
    gap = np.maximum(top[1:] - bottom[:-1], top[:-1] - bottom[1:])
    back = left[:-1] - left[1:]
    shift = np.abs(top[1:] + bottom[1:] - top[:-1] - bottom[:-1]) / 2
    moves = (gap > size) | ((back > 3 * size) & (shift > 0.5 * size))
    return set(inked[1:][moves].tolist())


def _line(characters: Characters, indices: list[int]) -> Line | None:
    """Make a line of the characters, or None if there is nothing to read in them."""
    text, kept = _clean(characters, indices)
    places = [place for place, character in enumerate(text) if character != " "]
    if not places:
        return None
    inked = [kept[place] for place in places]
    angle = _angle(characters.loose[inked])
    loose, tight = in_frame(characters.loose[inked], angle), in_frame(characters.tight[inked], angle)
    heights = loose[:, 3] - loose[:, 1]
    size = _median(heights) or 1.0
    baseline = _baseline([text[place] for place in places], tight=tight, loose=loose)
    gaps = loose[1:, 0] - loose[:-1, 2]
    raised = (heights < 0.85 * size) & (loose[:, 3] < baseline - 0.02 * size) & (tight[:, 3] < baseline - 0.2 * size)
    text = _with_raised(text, [place for place, is_raised in zip(places, raised.tolist(), strict=True) if is_raised])
    text, kept = _with_spaces(text, kept, places=places, gaps=gaps / size)
    usual = np.flatnonzero(np.abs(heights - size) <= 0.3 * size)
    is_labelled = bool(_SHORT_LABEL.match(text))
    after_marker = 0 if is_labelled else next((at for at, index in enumerate(inked) if index > indices[0] + 4), 1)
    wide = np.flatnonzero(gaps[after_marker:] > _ROW_GAP * size)
    return Line(
        text=text, boxes=_line_boxes(characters, kept, angle=angle, size=size),
        samples=tuple(inked[int(usual[place])] for place in (0, len(usual) // 2, -1)) if len(usual) else (inked[0],),
        left=float(loose[:, 0].min()), top=float(loose[:, 1].min()),
        right=float(loose[:, 2].max()), bottom=float(loose[:, 3].max()),
        baseline=baseline, size=size, angle=angle,
        is_row=len(wide) > 0,
        cell_left=float(loose[after_marker + wide[-1] + 1, 0]) if len(wide) else float(loose[:, 0].min()),
    )  # fmt: skip


def _clean(characters: Characters, indices: list[int]) -> tuple[str, list[int]]:
    """Return the text of a line and, for each of its characters, whose place it takes (-1 for a space put in)."""
    text = "".join([chr(characters.codes[index]) for index in indices])
    if _UNCLEAN.search(text):
        return _cleaned(characters, indices)
    text, kept = text.rstrip(" "), indices.copy()
    at = text.find(" ")
    while at >= 0:
        kept[at] = -1 if characters.generated[indices[at]] else indices[at]
        at = text.find(" ", at + 1)
    return text, kept[: len(text)]


def _cleaned(characters: Characters, indices: list[int]) -> tuple[str, list[int]]:
    """Do as `_clean` does where there is something to clean."""
    texts: list[str] = []
    kept: list[int] = []
    for index in indices:
        code = characters.codes[index]
        if code in _SPACES:
            if texts and texts[-1] != " ":
                texts.append(" ")
                kept.append(-1 if characters.generated[index] else index)
        elif code == 0x00AD and index != indices[-1]:
            continue
        elif code in _REPLACED:
            texts.extend(_REPLACED[code])
            kept.extend([index] * len(_REPLACED[code]))
        elif code not in _INVISIBLE and not 0xD800 <= code <= 0xF8FF and code < _PRIVATE:
            texts.append(chr(code))
            kept.append(index)
    text = "".join(texts)
    for found in reversed(list(_LEADERS.finditer(text))):
        text = text[: found.start()] + "..." + text[found.end() :]
        del kept[found.start() + 3 : found.end()]
    end = len(text.rstrip(" "))
    return text[:end], kept[:end]


def _with_raised(text: str, raised: list[int]) -> str:
    """Return the text with the raised digits as characters that are raised themselves."""
    characters = list(text)
    for place in raised:
        characters[place] = superscript(characters[place])
    return "".join(characters)


def _with_spaces(text: str, kept: list[int], *, places: list[int], gaps: Boxes) -> tuple[str, list[int]]:
    """Return text and places with a space where the page has a gap between two words and pdfium saw none."""
    inner = sorted(
        gap for gap, place, after in zip(gaps.tolist(), places, places[1:], strict=False) if after == place + 1
    )
    if len(inner) < 4 or inner[2 * len(inner) // 3] > _LETTER_GAP:
        return text, kept  # letters set apart
    kept = kept.copy()
    for number in np.flatnonzero(gaps > _WORD_GAP)[::-1].tolist():
        place, after = places[number], places[number + 1]
        if after == place + 1 and text[place].isalpha() and text[after].isalpha():
            text = text[:after] + " " + text[after:]
            kept.insert(after, -1)
    return text, kept


def _median(values: Boxes) -> float:
    ordered = np.sort(values)
    return float(ordered[len(ordered) // 2])


def _angle(loose: Boxes) -> int:
    """Return which way the characters run: along the page (0), downwards (90) or upwards (270)."""
    across = float(loose[-1, 0] + loose[-1, 2] - loose[0, 0] - loose[0, 2])
    down = float(loose[-1, 1] + loose[-1, 3] - loose[0, 1] - loose[0, 3])
    if len(loose) < 3 or abs(across) >= abs(down):
        return 0
    return 90 if down > 0 else 270


def _baseline(characters: list[str], *, tight: Boxes, loose: Boxes) -> float:
    """Return what most characters stand on, those that reach below it left out."""
    standing = [number for number, character in enumerate(characters) if character in _STANDING]
    return _median(tight[standing, 3]) if standing else _median(loose[:, 3])


def _line_boxes(characters: Characters, kept: list[int], *, angle: int, size: float) -> Boxes:
    """Return the place of each character: as wide as the font says, as high as the ink of its line.

    The font's own height would reach into the lines above and below; the ink of a comma alone is hard to see and hit.
    """
    indices = np.array(kept)
    boxes: Boxes = characters.loose[indices].copy()
    boxes[indices < 0] = np.nan
    upper, lower = (0, 2) if angle else (1, 3)
    ink = characters.tight[indices]
    heights = boxes[:, lower] - boxes[:, upper]
    usual = (indices >= 0) & (np.abs(heights - size) <= 0.3 * size)
    raised = (indices >= 0) & ~usual & (ink[:, lower] > ink[:, upper])
    boxes[raised, upper], boxes[raised, lower] = ink[raised, upper], ink[raised, lower]
    measured = usual & (ink[:, lower] - ink[:, upper] > 0.05 * size)
    if measured.any():
        above, below = ink[measured, upper].min(), ink[measured, lower].max()
        if 0.2 * size < below - above < 1.8 * size:
            boxes[usual, upper], boxes[usual, lower] = above, below
    return boxes


def _gap_on_one_line(line: Line, after: Line) -> float | None:
    """Return how far `after` stands to the right of `line`, if it continues it on the same line, else None."""
    if line.angle != after.angle:
        return None
    larger, smaller = max(line.size, after.size), min(line.size, after.size)
    allowed = _SAME_LINE * smaller if smaller > 0.8 * larger else _RAISED * larger
    gap = after.left - line.right
    furthest = 4 * larger if is_marker(line.text) else 1.0 * larger
    same = abs(line.baseline - after.baseline) <= allowed and -0.4 * larger <= gap <= furthest
    return gap if same else None


def is_marker(text: str) -> bool:
    """Tell whether a line is nothing but the mark of a list item."""
    return len(text) < 7 and bool(MARKER.fullmatch(text + " "))


def merged(line: Line, after: Line, *, gap: float) -> Line:
    """Return two lines as one; `after` stands so far to the right of `line`."""
    space = gap > 0.15 * min(line.size, after.size)
    larger = line if len(line.text) >= len(after.text) else after
    highest = larger.baseline - 0.2 * larger.size
    texts = [
        superscript(piece.text) if piece.size < 0.85 * larger.size and piece.baseline < highest else piece.text
        for piece in (line, after)
    ]
    filler = np.full((int(space), 4), np.nan, dtype=np.float32)
    return Line(
        text=texts[0] + " " * space + texts[1],
        boxes=np.concatenate([line.boxes, filler, after.boxes]),
        samples=larger.samples,
        left=line.left, top=min(line.top, after.top), right=after.right, bottom=max(line.bottom, after.bottom),
        baseline=larger.baseline, size=larger.size, angle=line.angle, is_row=line.is_row or after.is_row,
        cell_left=after.cell_left if after.is_row else line.cell_left,
    )  # fmt: skip
