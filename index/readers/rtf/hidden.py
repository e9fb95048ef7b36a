"""RTF: the colors and sizes of letters and what is behind them in, whether an eye sees them out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from index.readers.grounds import is_lost
from index.readers.hidden import SPECK
from index.readers.markup.html_colors import WHITE, Color, alike

_COLOR_TABLE = re.compile(rb"\{\\colortbl([^{}]*)\}")
_PART = re.compile(rb"\\(red|green|blue)(\d{1,3})(?!\d)")
_BEHIND = re.compile(rb"\\background(?![a-z])|\\shpfblwtxt1|\\\*\\do(?![a-z])|\\(?:cl|tr|ts)bg[a-z]")
_OF_CELLS = re.compile(rb"\\(?:cl|tr|tscell)(cbpat|cfpat|shdng|pct)(?:raw)?([1-9]\d{0,4})")
_HALF_POINTS = 2
_HIGHEST = 1 << 16

# Words that say a color's number or a size, and which field of a look has it.
SHADINGS = {
    "cf": "color", "fs": "size", "highlight": "highlight", "chcbpat": "shade", "cb": "back", "cbpat": "ground",
}  # fmt: skip
_STROKES = [f"{dark}{stroke}" for stroke in "horiz hor vert fdiag bdiag cross dcross".split() for dark in ("", "dk")]
# Words after which letters have an outline, or a pattern behind them.
PATTERNS = (
    dict.fromkeys(("outl", "shad", "embo", "impr"), "is_drawn")
    | dict.fromkeys(("chcfpat", "chshdng", *(f"chbg{stroke}" for stroke in _STROKES)), "is_mottled")
    | dict.fromkeys(("cfpat", "shading", *(f"bg{stroke}" for stroke in _STROKES)), "ground_is_mottled")
)


class Look(NamedTuple):
    """How letters look: their color and those behind them by number, 0 for none, and their size in half-points."""

    color: int = 0
    size: int = 24
    highlight: int = 0
    shade: int = 0
    back: int = 0  # which some programs show, and some don't
    is_mottled: bool = False
    is_drawn: bool = False
    ground: int = 0  # of the paragraph
    ground_is_mottled: bool = False

    def without_paragraph(self) -> Look:
        """Return the look in a paragraph without any style."""
        return self._replace(ground=0, ground_is_mottled=False)

    def without_characters(self) -> Look:
        """Return the look of characters without any style."""
        return Look(ground=self.ground, ground_is_mottled=self.ground_is_mottled)


PLAIN = Look()


@lru_cache(maxsize=4096)
def changed(look: Look, word: str, number: int | None) -> Look:
    """Return the look after a word of `SHADINGS` or `PATTERNS`."""
    if word in PATTERNS:
        return look if number == 0 else look._replace(**{PATTERNS[word]: True})
    default = PLAIN.size if word == "fs" else 0
    change: dict[str, Any] = {SHADINGS[word]: default if number is None else min(max(number, 0), _HIGHEST)}
    return look._replace(**change)


class Inks:
    """The colors of a file, and what is known of the ground of its letters where they say nothing of it themselves."""

    def __init__(self, rtf: bytes) -> None:
        self._colors: list[Color | None] = []
        for table in _COLOR_TABLE.findall(rtf):
            colors = list(map(_color, table.split(b";")[:_HIGHEST]))
            self._colors = colors if self._colors in ([], colors) else [None]  # two tables that differ
        self._is_unsure = _BEHIND.search(rtf) is not None
        self._tables_are_unsure = any(
            kind != b"cbpat" or not self._is_white(int(number)) for kind, number in set(_OF_CELLS.findall(rtf))
        )

    def note_style(self, look: Look) -> None:
        """Take note of a style: programs differ in whether what it has behind words holds where it is named."""
        behind = (look.highlight, look.shade, look.back, look.ground)
        self._is_unsure |= look.is_mottled or look.ground_is_mottled or look.is_drawn
        self._is_unsure |= not all(map(self._is_white, filter(None, behind)))

    def is_seen(self, look: Look, *, in_table: bool, apart: bool) -> bool:
        """Tell whether an eye sees letters; those that stand `apart` are in a box or the like."""
        if look.size <= SPECK * _HALF_POINTS:
            return False
        if look.is_drawn or not look.color:
            return True
        return not is_lost(self._named(look.color), self._grounds(look, in_table=in_table, apart=apart))

    def _grounds(self, look: Look, *, in_table: bool, apart: bool) -> list[Color | None]:
        if look.highlight:
            return [self._named(look.highlight)]
        if look.is_mottled:
            return [None]
        if look.shade:
            return [self._named(look.shade)]
        is_unsure = self._is_unsure or apart or (in_table and self._tables_are_unsure)
        ground = self._named(look.ground) if look.ground else None if is_unsure else WHITE
        return [None if look.ground_is_mottled else ground, *([self._named(look.back)] if look.back else [])]

    def _named(self, number: int) -> Color | None:
        return self._colors[number] if number < len(self._colors) else None

    def _is_white(self, number: int) -> bool:
        color = self._named(number)
        return color is not None and alike(color, WHITE)


def _color(entry: bytes) -> Color | None:
    """Return a color of the table; None for the one that stands for whatever is usual."""
    parts = {name: min(int(share), 255) / 255 for name, share in _PART.findall(entry)}
    return (parts.get(b"red", 0.0), parts.get(b"green", 0.0), parts.get(b"blue", 0.0), 1.0) if parts else None
