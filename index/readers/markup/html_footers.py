"""HTML: the footers of a page in, what is content in them out: addresses, dates, hours, sentences; no menus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.readers.content import one_line
from index.readers.markup.html_nodes import BLOCKS, is_dropped, node_text, walk

_FOOTERS = "footer, [role=contentinfo]"
_MOST = 20  # footers of a page that are looked at
# A footer in one of these is not the page's own.
_AROUND = frozenset({"main", "article", "nav", "aside", "header", "footer", "dialog", "blockquote", "figure"})
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
_CONTACTS = ("mailto:", "tel:")  # links that say themselves what they lead to
_CONSENT = re.compile(r"cookie|consent|gdpr", re.IGNORECASE)
_RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright|all rights reserved|alle rechte vorbehalten|tous droits réservés|[\s,.–—-]"
    r"|(?:19|20)\d\d)+",
    re.IGNORECASE,
)
_CLAIM = re.compile(r"©|\(c\)|copyright|rights reserved|rechte vorbehalten|droits réservés", re.IGNORECASE)
_FACT = re.compile(r"\d|\S@\S")  # a date, a time, a number of a house or a telephone, an address
_SENTENCE = 8  # words
_LABEL = 8  # words, at the most: "Opening hours", the town below a street


@dataclass(slots=True)
class _Block:
    """A block of a footer: its lines, how many of its words lead elsewhere, and whether its page calls it content."""

    parent: int
    lines: list[str]
    linked: int
    called: bool
    heads: bool

    @property
    def words(self) -> list[str]:
        return " ".join(self.lines).split()

    @property
    def is_plain(self) -> bool:
        return self.linked == 0 and not _CONSENT.search(" ".join(self.lines))

    @property
    def is_content(self) -> bool:
        """Whether it says something: most of it is no link, and it is an address, has a fact, or is a sentence."""
        text = " ".join(self.lines)
        if 2 * self.linked > len(self.words) or _CONSENT.search(text):
            return False
        is_sentence = len(self.words) - self.linked >= _SENTENCE and text.endswith((".", "!", "?", "。"))
        told = _RIGHTS.sub(" ", text) if _CLAIM.search(text) else text  # the year of a right is no date
        return self.called or is_sentence or _FACT.search(told) is not None


def footer_lines(tree: LexborHTMLParser) -> list[list[str]]:
    """Return the lines of content of each footer of the page, those of its main part and its articles left out."""
    found: list[list[str]] = []
    footers = {footer.mem_id: footer for footer in tree.css(_FOOTERS)}  # which finds one that is both twice
    for footer in list(footers.values())[:_MOST]:
        if not _stands_elsewhere(footer):
            lines = [line for block in _content(list(_blocks(footer))) for line in block.lines]
            if lines and lines not in found:
                found.append(lines)
    return found


def _stands_elsewhere(footer: LexborNode) -> bool:
    if _is_consent(footer):
        return True
    node = footer.parent
    while node is not None:
        if node.is_element_node and (node.tag in _AROUND or is_dropped(node) or _is_main(node)):
            return True
        node = node.parent
    return False


def _is_main(node: LexborNode) -> bool:
    return (node.attributes.get("role") or "").lower() == "main"


def _is_consent(node: LexborNode) -> bool:
    return _CONSENT.search(f"{node.attributes.get('id') or ''} {node.attributes.get('class') or ''}") is not None


def _content(blocks: list[_Block]) -> Iterator[_Block]:
    """Yield the blocks that are content, with what belongs to them: a heading above, a plain label beside."""
    kept = [block.is_content for block in blocks]
    for at, block in enumerate(blocks):
        before, after = at > 0 and kept[at - 1], at + 1 < len(blocks) and kept[at + 1]
        beside = (before and blocks[at - 1].parent == block.parent) or (after and blocks[at + 1].parent == block.parent)
        is_label = block.is_plain and len(block.words) <= _LABEL and _RIGHTS.fullmatch(" ".join(block.lines)) is None
        if kept[at] or (is_label and (beside or (block.heads and after))):
            yield block


@dataclass(slots=True)
class _Reader:
    """Puts the words of a footer together to blocks."""

    words: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0  # that are open
    called: int = 0  # <address> and <time> that are open
    was_called: bool = False

    def add(self, text: str) -> None:
        self.words.append(text)
        self.was_called |= bool(self.called) and bool(text.strip())
        self.linked += len(text.split()) if self.links else 0

    def end(self, parent: int, *, heads: bool) -> Iterator[_Block]:
        lines = [line for line in map(one_line, "".join(self.words).split("\n")) if line]
        if lines:
            yield _Block(parent, lines, self.linked, self.was_called, heads)
        self.words, self.linked, self.was_called = [], 0, False


def _blocks(footer: LexborNode) -> Iterator[_Block]:
    reader = _Reader()
    for node, entering in walk(footer, lambda node: is_dropped(node) or _is_consent(node)):
        tag = node.tag or ""
        if node.is_text_node:
            if entering:
                reader.add(re.sub(r"\s+", " ", node_text(node)))
        elif tag == "br":
            reader.add("\n" if entering else "")
        elif tag == "a" and not (node.attributes.get("href") or "").strip().lower().startswith(_CONTACTS):
            reader.links += 1 if entering else -1
        elif tag in BLOCKS:
            above = footer if node.mem_id == footer.mem_id else node.parent
            yield from reader.end(above.mem_id if above is not None else 0, heads=not entering and tag in _HEADS)
        if tag in ("address", "time"):
            reader.called += 1 if entering else -1
    yield from reader.end(footer.mem_id, heads=False)
