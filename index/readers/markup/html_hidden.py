"""HTML: a page's tree in, the tree without the text that its styles keep from the eye out.

It follows the page's own style sheets and style attributes, not those that a page only names, and no script. What a
click would show (a closed tab) goes, too: the page as it is opened doesn't show it. What hides a whole page stays: such
a page shows itself by a script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.readers.content import Content
from index.readers.hidden import hidden_passages, with_hidden
from index.readers.markup.html_colors import BLACK, CLEAR, WHITE, alike, parse_color, parse_ground
from index.readers.markup.html_lists import MARKED, declared_form
from index.readers.markup.html_looks import TEXT_COLORS, Look, is_hidden, look_of, may_hide_by
from index.readers.markup.html_nodes import BLOCKS, is_dropped, walk
from index.readers.markup.html_selectors import Element, Matcher, Rank
from index.readers.markup.html_sheets import Declarations, Sheets, holds_on_screen, parse_declarations
from index.records import LeftOut

_INLINE_RANK: Rank = (1_000_000, 0, 0)
_DEFAULT_RANK: Rank = (-1, 0, 0)
_NOT_SHOWN: Declarations = {"display": ("none", False)}
_PAINTED = "img, svg, canvas, video, iframe, object, embed, [background], [bgcolor]"
_MOST_INLINE = 20  # elements around a text within its block
_MOST_PAIRS = 1000  # of a color and a ground that are compared


@dataclass(frozen=True, slots=True)
class Hidden:
    """What was taken out of a page: the passages of at least a sentence; and whether its styles were too much.

    `marks` are the forms of the marks that style sheets say lists and items have, by the nodes' ids.
    """

    passages: tuple[LeftOut, ...] = ()
    unsure: bool = False
    marks: Mapping[int, str] = field(default_factory=dict)

    def told(self, content: Content) -> Content:
        """Return the page's content with what is said of it."""
        content = with_hidden(content, self.passages)
        unsure = "its style sheets are too long to follow, so text that they hide may have been read"
        return replace(content, missing="; ".join(filter(None, (content.missing, unsure * self.unsure))))


def drop_hidden(tree: LexborHTMLParser) -> Hidden:
    """Take out of a page what nobody sees who looks at it, and return how much that was."""
    sheets = _sheets(tree)
    root = tree.root
    if root is None or not (_may_hide(sheets, tree) or _marks_lists(sheets, tree)):
        return Hidden(unsure=sheets.too_long)
    matcher: Matcher[Declarations] = Matcher()
    for rule in sheets.rules:
        for selector in rule.selectors:
            matcher.add(selector, rule.declarations)
    look = _first_look(sheets, tree)
    viewer = _Viewer(matcher, frozenset(sheets.animations), look)
    viewer.view(root)
    passages = hidden_passages(viewer.words())
    for node in viewer.unseen:
        node.decompose()
    return Hidden(passages, sheets.too_long or matcher.exhausted, viewer.marks)


def _sheets(tree: LexborHTMLParser) -> Sheets:
    sheets = Sheets()
    idle = {node.mem_id for node in tree.css("noscript style, template style")}
    for style in tree.css("style"):
        if style.mem_id not in idle and holds_on_screen(style.attributes.get("media") or ""):
            sheets.add(style.text())
    return sheets


def _may_hide(sheets: Sheets, tree: LexborHTMLParser) -> bool:
    """Tell whether anything of a page's styles may hide something; many pages' can't, and need no second look."""
    if tree.css_first("[hidden], font[color], [bgcolor], body[text]") is not None:
        return True
    declared = [rule.declarations for rule in sheets.rules]
    declared += {text: parse_declarations(text) for text in _inline_styles(tree)}.values()
    values = {(name, value) for declarations in declared for name, (value, _) in declarations.items()}
    if any(may_hide_by(name, value) for name, value in values):
        return True
    grounds = {WHITE, *(parse_ground(value, None) or WHITE for name, value in values if "background" in name)}
    colors = {parse_color(value) or BLACK for name, value in values if name in TEXT_COLORS} | {BLACK}
    return len(colors) * len(grounds) > _MOST_PAIRS or any(
        color[3] <= CLEAR or alike(color, ground) for color in colors for ground in grounds
    )


def _marks_lists(sheets: Sheets, tree: LexborHTMLParser) -> bool:
    """Tell whether a page's styles say how the items of its lists are marked."""
    if tree.css_first("ol, ul") is None:
        return False
    return any("list-style" in name for rule in sheets.rules for name in rule.declarations) or any(
        "list-style" in style.lower() for style in _inline_styles(tree)
    )


def _first_look(sheets: Sheets, tree: LexborHTMLParser) -> Look:
    """Return how text looks where nothing is declared; colors are not known where another file may tell them."""
    links = (link.attributes.get("rel") or "" for link in tree.css("link"))
    if sheets.imports or any("stylesheet" in relation.lower() for relation in links):
        return Look(color=None, ground=None)
    painted = any("background" in name for rule in sheets.rules for name in rule.declarations)
    painted = painted or any("background" in style.lower() for style in _inline_styles(tree))
    return Look(is_painted=painted or tree.css_first(_PAINTED) is not None)


def _inline_styles(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css("[style]"):
        if style := node.attributes.get("style"):
            yield style


@dataclass(slots=True)
class _Viewer:
    """Goes through a page once with how text looks at each place, and finds what isn't seen."""

    matcher: Matcher[Declarations]
    animations: frozenset[str]
    look: Look
    unseen: list[LexborNode] = field(default_factory=list)
    marks: dict[int, str] = field(default_factory=dict)
    unspoken: set[int] = field(default_factory=set)  # of these, what its own element says is not shown, as banners do

    def view(self, root: LexborNode) -> None:
        """Find what isn't seen in `root`."""
        stack: list[tuple[Element, Look, Element | None]] = []  # what is open, and the last element in each

        def passes_over(node: LexborNode) -> bool:
            parent, look, previous = stack[-1]
            element = Element(node.tag or "", node.attributes, parent, previous)
            stack[-1] = (parent, look, element)
            if is_dropped(node):
                return True
            declared = self._declared(element)
            if element.tag not in ("html", "body") and is_hidden(declared, self.animations):
                if not _is_formula(node):
                    self.unseen.append(node)
                    if _is_put_away(element):
                        self.unspoken.add(node.mem_id)
                return True
            if declared and element.tag in MARKED and (form := declared_form(element.tag, declared)):
                self.marks[node.mem_id] = form
            shown = element.tag in ("html", "body")
            stack.append((element, look_of(look, element, declared, always_shown=shown), None))
            return False

        top = Element(root.tag or "", root.attributes)
        stack.append((top, look_of(self.look, top, self._declared(top), always_shown=True), None))
        for node, entering in walk(root, passes_over):
            if node.is_element_node and not entering and node.mem_id != root.mem_id:
                stack.pop()
            elif node.is_text_node and entering and not stack[-1][1].is_seen and (node.text_content or "").strip():
                self.unseen.append(node)

    def words(self) -> Iterator[str]:
        """Yield the words of each passage to speak of: texts that follow each other within one block are one."""
        within, words = 0, ""
        for node in self.unseen:
            if node.mem_id in self.unspoken:
                continue
            block = _block_of(node) if node.is_text_node else 0
            if words and not (block and block == within):
                yield words
                words = ""
            within = block
            words += (node.text_content or "") if node.is_text_node else node.text(separator=" ")
        if words:
            yield words

    def _declared(self, element: Element) -> Mapping[str, str]:
        """Return what is declared of an element, the strongest of each property."""
        said = self.matcher.said_of(element)
        if "hidden" in element.attributes:
            said.append((_DEFAULT_RANK, 0, _NOT_SHOWN))
        if style := element.attributes.get("style"):
            said.append((_INLINE_RANK, 0, parse_declarations(style)))
        if not said:
            return {}
        said.sort(key=lambda one: one[:2])
        found: dict[str, str] = {}
        important: set[str] = set()
        for _, _, declarations in said:
            for name, (value, is_important) in declarations.items():
                if is_important or name not in important:
                    found.pop(name, None)  # a shorthand and its parts: the last one counts
                    found[name] = value
                    if is_important:
                        important.add(name)
        return found


def _block_of(node: LexborNode) -> int:
    """Return the id of the block that a text stands in, or of what is some elements above it."""
    above = node.parent
    for _ in range(_MOST_INLINE):
        if above is None or above.tag in BLOCKS or above.parent is None:
            break
        above = above.parent
    return above.mem_id if above is not None else 0


def _is_put_away(element: Element) -> bool:
    """Tell whether an element itself says that it is not shown: the open way, in which pages keep what comes later."""
    style = parse_declarations(element.attributes.get("style") or "")
    return "hidden" in element.attributes or style.get("display", ("",))[0] == "none"


def _is_formula(node: LexborNode) -> bool:
    """Tell whether the element holds a formula alone, for those who listen, beside its picture."""
    child = node.child
    return child is not None and child.tag == "math" and child.next is None
