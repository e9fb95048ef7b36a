"""How many cells of tables in PDFs stand behind the name of their column, on the tables of the ICDAR 2013 competition.

    python tests/quality/tables.py [--shared ../shared] [--show NAME]

`../shared/documents-tables` has the files, and says where each cell stands. Which rows name the columns it doesn't
say: that was looked at (HEADER_ENDS). A cell is right if directly before it stand the names above it, from top to
bottom, and nothing else; `in part` if it has some of them; a cell without a name above it is wrong if it has any.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from index.readers import read_document
from index.records import Document, Page

# The first row below the names, for the tables of a file in order; tables that aren't named here have one row of names.
HEADER_ENDS: Mapping[str, tuple[int, ...]] = {
    "eu-004": (1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1),
    "eu-012": (1, 1, 2, 2, 1),
    "eu-018": (2, 2),
    "eu-020": (1, 2, 2),
    "eu-022": (2,),
    "us-001": (2, 3),
    "us-017": (3, 3, 3, 3, 3, 3),
    "us-019": (0, 2, 2, 2),
    "us-021": (3, 2),
    "us-023": (3,),
    "us-025": (2, 3, 3, 3, 3, 2),
    "us-027": (2, 2),
    "us-029": (2,),
    "us-031a": (2,),
    "us-033": (3, 2, 2),
    "us-035a": (3, 2, 2),
    "us-037": (2,),
    "us-039": (2,),
}
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Cell:
    """A cell as the competition has it: rows, columns and edges, in points from the page's lower left corner."""

    page: int
    rows: range
    columns: range
    edges: tuple[float, float, float, float]
    text: str


@dataclass
class Counted:
    """What became of the cells of a table."""

    cells: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def tables_of(path: Path) -> Iterator[tuple[list[Cell], int]]:
    """Yield the tables of a file, each region by itself, with the first row below their names."""
    root = ElementTree.parse(path).getroot()
    ends = HEADER_ENDS.get(path.name.removesuffix("-str.xml"), ())
    for number, table in enumerate(root.iter("table")):
        for region in table.iter("region"):
            cells = [_cell(one, int(region.get("page", "1"))) for one in region.iter("cell")]
            yield cells, ends[number] if number < len(ends) else 1


def _cell(one: ElementTree.Element, page: int) -> Cell:
    row, column = int(one.get("start-row", "0")), int(one.get("start-col", "0"))
    box = one.find("bounding-box")
    assert box is not None
    x1, y1, x2, y2 = (float(box.get(side, "0")) for side in ("x1", "y1", "x2", "y2"))
    return Cell(
        page,
        range(row, int(one.get("end-row", row)) + 1),
        range(column, int(one.get("end-col", column)) + 1),
        (x1, y1, x2, y2),
        " ".join((one.findtext("content") or "").split()),
    )


def count(cells: list[Cell], header_end: int, document: Document) -> Counted:
    """Compare the names before the cells below the header with those above them."""
    counted = Counted()
    header = sorted((cell for cell in cells if cell.rows.start < header_end), key=lambda cell: cell.rows.start)
    for cell in cells:
        if cell.rows.start < header_end or not _plain(cell.text):
            continue
        above = [name for name in header if cell.columns.start in name.columns and name.text]
        wanted = [] if len(cell.columns) > 1 else list(dict.fromkeys(name.text for name in above))
        found = name_before(cell, document)
        kind = _kind(found, wanted)
        counted.cells[kind] += 1
        if kind not in ("right", "rightly none"):
            counted.examples.append(f"{kind:12} {cell.text[:30]!r}: {found!r}, not {' '.join(wanted)!r}")
    return counted


def _kind(found: str, wanted: list[str]) -> str:
    if not wanted:
        return "wrong" if found else "rightly none"
    if not found:
        return "none"
    if _alike(_plain(found), _plain("".join(wanted))):
        return "right"
    parts = [_plain(part) for part in wanted]
    in_part = any(
        _plain(found) == "".join(parts[at:to]) for at in range(len(parts)) for to in range(at, len(parts) + 1)
    )
    return "in part" if in_part else "wrong"


def _alike(found: str, wanted: str) -> bool:
    """Tell whether names are the same, but for a ligature that a font doesn't say."""
    return found == wanted or SequenceMatcher(None, found, wanted, autojunk=False).ratio() > 0.96


def _plain(text: str) -> str:
    return "".join(_LETTERS.findall(unicodedata.normalize("NFKC", text).casefold())) or re.sub(r"\s", "", text)


def name_before(cell: Cell, document: Document) -> str:
    """Return the name that was put before the characters in a cell's box, "" if there is none."""
    page = document.pages[cell.page]
    at = _first_character(cell, page)
    if at is None or page.boxes is None or document.text[at - 2 : at] != ": ":
        return ""
    placed = np.isfinite(page.boxes[:, 0])
    start = at
    while start > page.start and not placed[start - 1 - page.start] and document.text[start - 1] != "\n":
        start -= 1
    return document.text[start : at - 2].removeprefix("; ")


def _first_character(cell: Cell, page: Page) -> int | None:
    """Return the place in the text of the first character that stands in a cell's box."""
    assert page.boxes is not None
    if not len(page.boxes):
        return None
    across = (page.boxes[:, 0] + page.boxes[:, 2]) / 2
    down = page.height - (page.boxes[:, 1] + page.boxes[:, 3]) / 2
    x1, y1, x2, y2 = cell.edges
    inside = np.flatnonzero((across >= x1 - 1) & (across <= x2 + 1) & (down >= y1 - 1) & (down <= y2 + 1))
    return page.start + int(inside[0]) if len(inside) else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--show", default="", help="what is not right in the files whose name holds this")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    for path in sorted((options.shared / "documents-tables").glob("*-str.xml")):
        document = read_document(path.with_name(path.name.replace("-str.xml", ".pdf")))
        of_file: Counter[str] = Counter()
        for number, (cells, header_end) in enumerate(tables_of(path), start=1):
            counted = count(cells, header_end, document)
            of_file += counted.cells
            if options.show and options.show in path.name:
                sys.stdout.write(f"table {number}: {dict(counted.cells)}\n")
                sys.stdout.writelines(f"    {example}\n" for example in counted.examples[:12])
        total += of_file
        sys.stdout.write(f"{path.name:18} {dict(sorted(of_file.items()))}\n")
    named = sum(total.values()) - total["rightly none"]
    shares = ", ".join(f"{kind} {total[kind] / named:.3f}" for kind in ("right", "in part", "wrong", "none"))
    sys.stdout.write(f"{named} cells below a name: {shares}\n")


if __name__ == "__main__":
    main()
