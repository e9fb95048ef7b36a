"""HTML: bytes in, the text that a person sees in the page's main part out, without menus and hidden parts.

What the page's footers say (an address, a date) comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title, superscript, table_lines
from index.readers.encoding import decode
from index.readers.markup.html_footers import footer_lines
from index.readers.markup.html_hidden import drop_hidden
from index.readers.markup.html_lists import LISTS, ItemList, list_of
from index.readers.markup.html_nodes import BLOCKS, inline_text, is_data_table, is_dropped, node_text, read_table, walk

_CHARSET = re.compile(rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_CHARSET_WITHIN = 4096  # browsers look at 1024 bytes; some pages put a licence before it

_FURNITURE = frozenset({"header", "footer", "aside"})  # unless they stand in the main part
_MAIN_PARTS = frozenset({"main", "article"})
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_VERBATIM = frozenset({"pre", "listing", "xmp"})
_LINED = frozenset({"address", "poem", "verse"})  # where <br> ends a line, not only a word

# A parser by the book needs time by the square of the depth; no page that people wrote comes near this.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_MAX_DEPTH = 3000
_EMPTY_TAG = re.compile(r"<([a-zA-Z][\w:-]*+)([^<>]*+)(?<=/)>")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_CLOSE_THEMSELVES = frozenset(  # or can't hold anything
    re.findall(
        r"\w+", "area base br col embed hr img input link meta source track wbr param p li dt dd tr td th option"
    )
)


def read(source: Source) -> Content:
    """Read an HTML page: its `<main>` or only `<article>` if it has one, else the body without the site's furniture."""
    tree = _parse(_decoded(source.data))
    hidden = drop_hidden(tree)
    title = sensible_title(_title(tree))
    content = _read_part(_main_part(tree), title=title, everything=False, marks=hidden.marks)
    if not content.text and tree.body is not None:
        content = _read_part(tree.body, title=title, everything=True, marks=hidden.marks)
    else:
        content = _with_footers(content, footer_lines(tree))
    return hidden.told(content)


def read_rendered(html: str, *, title: str) -> Content:
    """Read HTML that was rendered from another format: all of its body, an image as its alternative text."""
    return _read_all(_parse(f"<body>{html}</body>"), title=title)


def read_chapter(data: bytes) -> Content:
    """Read a page of a book, which has no furniture: all of its body, an image as its alternative text."""
    tree = _parse(_EMPTY_TAG.sub(_opened_and_closed, _decoded(data)))
    return _read_all(tree, title=sensible_title(_title(tree)))


def _read_all(tree: LexborHTMLParser, *, title: str) -> Content:
    hidden, content = drop_hidden(tree), Content(title, "")
    if tree.body is not None:
        content = _read_part(tree.body, title=title, everything=True, marks=hidden.marks)
    return hidden.told(content)


def _decoded(data: bytes) -> str:
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    return decode(data, declared[1].decode("ascii") if declared else "")


def _opened_and_closed(tag: re.Match[str]) -> str:
    """Return <a/>, which is whole in XHTML, as the two tags that it is in HTML."""
    return tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2][:-1]}></{tag[1]}>"


def _parse(html: str) -> LexborHTMLParser:
    depths: dict[str, int] = {}
    for closing, name in _TAG.findall(html):
        tag = name.lower()
        if tag not in _CLOSE_THEMSELVES:
            depths[tag] = depth = max(depths.get(tag, 0) + (-1 if closing else 1), 0)
            if depth > _MAX_DEPTH:
                raise DocumentRejectedError(f"its <{tag}> elements are nested over {_MAX_DEPTH} deep: repair the page")
    return LexborHTMLParser(html)


def _title(tree: LexborHTMLParser) -> str:
    for selector in ("head > title", "h1"):
        node = tree.css_first(selector)
        if node is not None and (title := inline_text(node, images=False)):
            return title
    return ""


def _main_part(tree: LexborHTMLParser) -> LexborNode:
    """Return the page's main part; the body if it marks none, or more than one."""
    for selector in ("main, [role=main]", "article"):
        found = [node for node in tree.css(selector) if not is_dropped(node)]
        if len(found) == 1 and inline_text(found[0], images=False):
            return found[0]
    if tree.body is None:
        raise DocumentRejectedError("the page has no body: it may be a frame set, or cut off")
    return tree.body


def _read_part(root: LexborNode, *, title: str, everything: bool, marks: Mapping[int, str]) -> Content:
    walker = _Walker(everything, marks)
    walker.read(root)
    return walker.builder.build(title)


def _with_footers(content: Content, footers: Sequence[Sequence[str]]) -> Content:
    """Return the content with what the page's footers say after it."""
    if not footers:
        return content
    builder = ContentBuilder()
    builder.include(content)
    for lines in footers:
        builder.lines(lines)
    return builder.build(content.title)


@dataclass(slots=True)
class _Walker:
    """Goes through the nodes once, in order, and hands blocks to the builder; `everything` keeps furniture, too."""

    everything: bool
    marks: Mapping[int, str]  # that style sheets say lists and items have, by their nodes' ids
    builder: ContentBuilder = field(default_factory=ContentBuilder)
    _inline: list[str] = field(default_factory=list)  # the paragraph so far
    _lists: list[ItemList] = field(default_factory=list)  # the lists around, outermost first
    _items: list[str] = field(default_factory=list)  # the lines of the outermost list so far
    _captions: set[int] = field(default_factory=set)  # that stand below their table, and were read above it
    _marker: str = ""  # of the item whose first words are to come
    _main_parts: int = 0
    _lined: int = 0
    _raised: int = 0

    def read(self, root: LexborNode) -> None:
        """Read `root` and all in it."""
        self._main_parts += (root.attributes.get("role") or "").lower() == "main"
        for node, entering in walk(root, self._passes_over):
            if node.is_text_node:
                if entering:
                    self._inline.append(superscript(node_text(node)) if self._raised else node_text(node))
            elif entering:
                self._enter(node)
            else:
                self._leave(node)
        self._flush()
        self._end_list()

    def _passes_over(self, node: LexborNode) -> bool:
        """Tell whether to pass over the element; what is read as a whole is read here."""
        tag = node.tag or ""
        if is_dropped(node) or (tag in _FURNITURE and self._is_of_the_site(node)):
            return True
        if node.mem_id in self._captions:
            self._flush()
        elif tag in _VERBATIM:
            self._flush()
            self._add_verbatim(node.text())
        elif tag == "table" and is_data_table(node):
            self._flush()
            self._add_table(node)
        else:
            return False
        return True

    def _is_of_the_site(self, node: LexborNode) -> bool:
        """Tell whether a header, a footer or an aside is none of the main part, or of what is quoted or shown."""
        within = node.parent.tag if node.parent is not None else ""
        return not self._main_parts and not self.everything and within not in ("blockquote", "figure")

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "br":
            self._inline.append("\n" if self._lined else " ")
        elif tag == "sup":
            self._raised += 1
        elif tag == "img" and self.everything:
            self._inline.append(node.attributes.get("alt") or "")
        elif tag in BLOCKS:
            self._flush()
            self._main_parts += tag in _MAIN_PARTS
            self._lined += tag in _LINED
            if tag == "figure":
                self._add_caption(node)
            elif tag in LISTS:
                self._lists.append(list_of(node, self.marks.get(node.mem_id, "")))
            elif tag == "li":
                self._marker = "- "
                if self._lists:
                    self._marker = self._lists[-1].mark(node, self.marks.get(node.mem_id, ""))
                    self._lists[-1].marked = True

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "sup":
            self._raised -= 1
        elif tag in _HEADINGS:
            self._add_heading(_HEADINGS[tag])
        elif tag in BLOCKS:
            self._flush()
            self._main_parts -= tag in _MAIN_PARTS
            self._lined -= tag in _LINED
            if tag == "li":
                self._marker = ""
            elif tag in LISTS and self._lists:
                self._lists.pop()
                if not self._lists:
                    self._end_list()

    def _flush(self) -> None:
        """End the paragraph that the inline text so far makes."""
        text, self._inline = "".join(self._inline), []
        lines = [one_line(line) for line in (text.split("\n") if self._lined else [text])]
        self._add_lines([line for line in lines if line])

    def _add_lines(self, lines: list[str]) -> None:
        if self._lists:
            self._items.extend(self._as_item(line) for line in lines)
        else:
            self.builder.lines(lines)

    def _as_item(self, line: str) -> str:
        """Return the line as it stands in its list: after its mark, or below the words after the mark."""
        marker, self._marker = self._marker, ""
        if not marker and self._lists[-1].marked and self._items:
            marker = "  "
        return "  " * (len(self._lists) - 1) + marker + line

    def _end_list(self) -> None:
        self.builder.lines(self._items)
        self._items = []

    def _add_heading(self, level: int) -> None:
        text, self._inline = "".join(self._inline), []
        number, self._marker = self._marker.removeprefix("- "), ""
        if self._lists:
            self._lists[-1].marked = False  # an item with a heading is a card
        if text.strip():
            self._end_list()
            self.builder.heading(level, number + text)

    def _add_verbatim(self, text: str) -> None:
        if self._lists:
            self._add_lines([line for line in text.splitlines() if line.strip()])
        else:
            self.builder.verbatim(text)

    def _add_caption(self, figure: LexborNode) -> None:
        """Add the caption of a figure that holds a table above that, where a table's own stands, too."""
        parts = list(figure.iter())
        captions = [part for part in parts if part.tag == "figcaption"]
        inside = [part.tag for part in parts] + [one.tag for part in parts if part.tag == "div" for one in part.iter()]
        if "table" in inside and captions:
            self._captions.add(captions[0].mem_id)
            self._add_lines([one_line(inline_text(captions[0], images=self.everything))])

    def _add_table(self, table: LexborNode) -> None:
        caption = table.css_first("caption")
        found = read_table(table, images=self.everything)
        titles = [inline_text(caption, images=self.everything)] if caption is not None else []
        for title in [*titles, *found.titles]:
            self._add_lines([title] if title else [])
        self._add_lines([line for line in table_lines(found.rows, header_rows=found.header_rows) if line])
