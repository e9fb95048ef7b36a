"""What is text in a page of HTML: walks its nodes, tells what is no text, and reads tables as rows of cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from index.readers.content import one_line, superscript
from index.readers.tables import count_header_rows

BLOCKS = frozenset(
    re.findall(
        r"[\w-]+",
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption"
        " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol option p section summary"
        " table tbody td tfoot th thead tr ul",
    )
)
# Never text of the page.
_DROPPED = frozenset(
    re.findall(
        r"[\w-]+",
        "script style template noscript head nav iframe object embed svg canvas audio video map area datalist"
        " input select textarea button progress meter rp rt annotation annotation-xml frame frameset noframes",
    )
)
_DROPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"})
# What a wiki puts between the text: "[edit]" beside each heading, the list of languages, "jump to".
_DROPPED_CLASSES = frozenset({"mw-editsection", "mw-portlet", "mw-jump-link", "noprint"})
_UNSEEN = {ord(character): None for character in "\u00ad\u200b\u2060\ufeff"}

_NO_PART_OF_A_DATA_TABLE = "table, h1, h2, h3, h4, h5, h6, pre, article, section, form, hr"
_MAX_SPAN = 100  # columns or rows; a cell that claims more is broken or hostile


def walk(root: LexborNode, skip: Callable[[LexborNode], bool]) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each node as it is entered (True) and left (False), in the page's order; pass over what `skip` takes.

    It doesn't recurse: a page may be nested deeper than Python's stack.
    """
    node, end = root, root.mem_id
    while True:
        passed_over = node.mem_id != end and (node.is_comment_node or (node.is_element_node and skip(node)))
        if not passed_over:
            yield node, True
            if (child := node.child) is not None:
                node = child
                continue
            yield node, False
        while node.mem_id != end and node.next is None:
            parent = node.parent
            if parent is None:
                return
            node = parent
            yield node, False
        if node.mem_id == end or (following := node.next) is None:
            return
        node = following


def is_dropped(node: LexborNode) -> bool:
    """Tell whether the element and all in it is no text of the page: code, controls, menus."""
    if node.tag in _DROPPED:
        return True
    attributes = node.attributes
    if not attributes:
        return False
    return (
        (attributes.get("aria-hidden") or "").lower() == "true"
        or (attributes.get("role") or "").lower() in _DROPPED_ROLES
        or not _DROPPED_CLASSES.isdisjoint((attributes.get("class") or "").split())
    )


def node_text(node: LexborNode) -> str:
    """Return the words of a text node, without what shows only where a line ends, or never."""
    return (node.text_content or "").translate(_UNSEEN)


def inline_text(root: LexborNode, *, images: bool) -> str:
    """Return the text of an element on one line; with `images`, an image is its alternative text."""
    parts: list[str] = []
    items = 0
    for node, entering in walk(root, is_dropped):
        if node.is_text_node:
            if entering:
                text = node_text(node)
                parts.append(superscript(text) if node.parent is not None and node.parent.tag == "sup" else text)
        elif node.tag == "li":
            items += entering
            parts.append(", " if entering and items > 1 else "")
        elif node.tag in BLOCKS or node.tag == "br":
            parts.append(" ")
        elif images and entering and node.tag == "img":
            parts.append(node.attributes.get("alt") or "")
    return one_line("".join(parts))


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table's cells as text, row by row: first its titles, then `header_rows` rows of column names, then the rest."""

    titles: list[str]
    rows: list[list[str]]
    header_rows: int


def is_data_table(table: LexborNode) -> bool:
    """Tell whether a table holds data: it isn't there to lay out a page, and no cell holds more than a cell's worth."""
    if (table.attributes.get("role") or "").lower() in ("presentation", "none"):
        return False
    if table.css_first("th, caption, thead") is None and len(table.css("td")) == len(table.css("tr")):
        return False  # a single column: a frame around something
    # `css` finds the table itself, too.
    return all(node.mem_id == table.mem_id for node in table.css(_NO_PART_OF_A_DATA_TABLE))


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    heads: bool  # <th>
    columns: int
    rows: int


def read_table(table: LexborNode, *, images: bool) -> HtmlTable:
    """Read a data table; a cell that spans rows stands in each of them, one that names several columns, above each."""
    nodes = [row for row in table.css("tr") if not is_dropped(row)]
    rows = [_row_cells(row, images=images) for row in nodes]
    in_head = {row.mem_id for row in table.css("thead tr")}
    titles: list[str] = []
    while rows and len(rows) > 1 and len(rows[0]) == 1 and len(rows[1]) > 1:
        titles.append(rows.pop(0)[0].text)
        nodes.pop(0)
    header_rows = 0
    while header_rows < len(rows) and (nodes[header_rows].mem_id in in_head or _names_columns(rows[header_rows])):
        header_rows += 1
    if header_rows == len(rows):
        header_rows = 0
    if not header_rows and len(rows) > 1 and not any(cell.heads for row in rows for cell in row):
        header_rows = _count_bold_names(rows, nodes)
    return HtmlTable(titles, _spread(rows, header_rows), header_rows)


def _count_bold_names(rows: list[list[_Cell]], nodes: list[LexborNode]) -> int:
    """Return 1 if the first row of a table that marks none looks like names: it is bold, and the last one isn't."""
    if any(cell.columns > 1 for cell in rows[0]) or not _is_bold(nodes[0]) or _is_bold(nodes[-1]):
        return 0
    return count_header_rows(_spread(rows, 0), looks_apart=True)


def _is_bold(row: LexborNode) -> bool:
    """Tell whether all words of a row are in elements for bold letters."""
    open_, words = 0, 0
    for node, entering in walk(row, is_dropped):
        if node.tag in ("b", "strong"):
            open_ += 1 if entering else -1
        elif node.is_text_node and entering and node_text(node).strip():
            words += 1
            if not open_:
                return False
    return words > 0


def _names_columns(row: list[_Cell]) -> bool:
    return len(row) > 1 and all(cell.heads or not cell.text for cell in row) and any(cell.text for cell in row)


def _row_cells(row: LexborNode, *, images: bool) -> list[_Cell]:
    cells = [cell for cell in row.css("td, th") if not is_dropped(cell)]
    return [
        _Cell(inline_text(cell, images=images), cell.tag == "th", _span(cell, "colspan"), _span(cell, "rowspan"))
        for cell in cells
    ]


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "").strip()
    return min(int(value), _MAX_SPAN) or 1 if value.isdecimal() and len(value) < 10 else 1


def _spread(rows: list[list[_Cell]], header_rows: int) -> list[list[str]]:
    """Return the rows with every cell in its column."""
    spread: list[list[str]] = []
    waiting: dict[int, tuple[str, int]] = {}  # column -> the text that reaches down into it, and for how many rows yet
    for index, cells in enumerate(rows):
        if len(cells) == 1 and not waiting and index >= header_rows:
            spread.append([cells[0].text])  # a title between the rows
            continue
        row: list[str] = []
        texts = _key_and_values(cells) if not header_rows else [cell.text for cell in cells]
        for cell, text in zip(cells, texts, strict=True):
            _fill_down(row, waiting)
            column = len(row)
            for offset in range(cell.columns):
                row.append(text if offset == 0 or index < header_rows else "")
                if cell.rows > 1:
                    waiting[column + offset] = (row[-1], cell.rows - 1)
        _fill_down(row, waiting)
        spread.append(row)
    return spread


def _fill_down(row: list[str], waiting: dict[int, tuple[str, int]]) -> None:
    """Add the cells that reach down from rows above into the columns that come next."""
    while (column := len(row)) in waiting:
        text, left = waiting.pop(column)
        row.append(text)
        if left > 1:
            waiting[column] = (text, left - 1)


def _key_and_values(cells: list[_Cell]) -> list[str]:
    """Return the texts of a row without column names; where the row has a name itself, "name: value"."""
    texts = [cell.text for cell in cells]
    if len(cells) > 1 and cells[0].heads and not cells[1].heads and texts[0] and texts[1]:
        return ["", f"{texts[0].rstrip(':')}: {texts[1]}", *texts[2:]]
    return texts
