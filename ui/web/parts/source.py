"""The right part as HTML: a document with the cited words marked, as text and, where it has pages to see, as those.

What is rendered of the text is, character for character, the document's text: sections, lines and marks are elements
around it, so that `textContent` of the text pane is `document.text[first:last]`; the names of sections are attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from urllib.parse import quote

from index import Box, Cell, Document, Page, in_columns
from rag import Citation
from ui.below import told
from ui.languages import phrase
from ui.places import capital, certainty, kind_of, page_name, page_shown, section_name, whereabouts
from ui.web.parts.answer import opener, place
from ui.web.parts.layout import Part, Section, TextTable, parts, sections, tables
from ui.web.parts.left_out import left_out
from ui.web.parts.markup import Attribute, Html, join, tag
from ui.web.parts.scope import asker
from ui.web.parts.tools import acts, close, finding, paging, widen
from ui.web.state.view import SourceView

WHOLE = 200_000
WINDOW = 60_000
STEP = 60_000


def window(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the part of a text to show around a span: all of it, unless it is very long; it begins and ends a line."""
    if len(text) <= WHOLE:
        return 0, len(text)
    return _line_start(text, start - WINDOW // 2), _line_end(text, end + WINDOW // 2)


def source(view: SourceView) -> Html:
    """Render the source panel."""
    panes = [_earlier(view), _pages(view) if view.imaged else None, _text_pane(view), _later(view)]
    unplaced = view.start < view.end and not view.boxes  # words that stand on no page can only be shown in the text
    return tag(
        "aside",
        _head(view),
        *(tag("p", note, class_="note", role="status") for note in _notes(view)),
        left_out(view.document),
        tag("div", *panes, class_="panes", tabindex=0, role="group", aria_label=phrase("Document")),
        aria_label=phrase("Source: {title}", title=view.document.title),
        class_="paper",
        tabindex=-1,
        data_tab="page" if view.imaged and not unplaced else "text",
        data_serial=view.serial,
        data_number=view.number,
        data_first=view.first,
        data_last=view.last,
        **opener(view.document.doc_id, start=view.start, end=view.end, turn=view.turn),
    )


def _notes(view: SourceView) -> list[str]:
    lacking = phrase("Read in part: {what}.", what=told(view.document.missing)) if view.document.missing else ""
    return [note for note in (told(view.note), lacking) if note]


def missing(reason: str, *, serial: int | None = None) -> Html:
    """Render the panel for a source that can't be shown, with the reason."""
    bar = tag("div", tag("h2", phrase("Source"), class_="title"), close(), class_="bar")
    head = tag("header", bar)
    return tag(
        "aside",
        head,
        tag("p", told(reason), class_="note", role="status"),
        aria_label=phrase("Source"),
        class_="paper",
        tabindex=-1,
        data_serial=serial,
    )


def text_html(view: SourceView) -> Html:
    """Render the window of the text: its sections and lines, the cited words and other cited words as elements."""
    last = max(view.first, min(view.last, len(view.document.text)))
    return join(*(_section(view, section) for section in sections(view.document, view.first, last)))


def _section(view: SourceView, section: Section) -> Html:
    pieces: list[Html] = []
    at = section.start
    for part in tables(view.document, parts(view.document, section.start, section.end)):
        shown = _table(view, part) if isinstance(part, TextTable) else _part(view, part)
        pieces += [_marked(view, at, part.start), shown]
        at = part.end
    pieces.append(_marked(view, at, section.end))
    if section.number is None:
        return join(*pieces)
    name = section_name(view.document, section.number)
    return tag("span", *pieces, class_="section", role="group", aria_label=name, data_label=name)


def _part(view: SourceView, part: Part) -> Html:
    attributes: dict[str, Attribute] = {"class_": part.kind, "dir": None if part.kind == "code" else "auto"}
    if part.kind == "heading":
        attributes |= {"role": "heading", "aria_level": max(1, min(part.level, 6))}
    if part.kind == "item":
        attributes["style"] = f"--depth: {part.level}; --hang: {min(part.hang, 8):.1f}ch"
    return tag("span", _marked(view, part.start, part.end), **attributes)


def _table(view: SourceView, table: TextTable) -> Html:
    """Render rows as a table: the names of the columns stand above it, and unseen in each row, whose text has them."""
    head = tag("tr", *(tag("th", scope="col", aria_label=column) for column in table.columns))
    rows = [_row(view, part, in_columns(table.columns, cells)) for part, cells in table.rows]
    return tag("table", tag("thead", head) if any(table.columns) else None, tag("tbody", *rows), dir="auto")


def _row(view: SourceView, part: Part, cells: Sequence[Cell | None]) -> Html:
    """Render a row, the cell with the answering words marked; what is in no cell is in the one behind it, unseen."""
    shown, at = [], part.start
    last = max(column for column, cell in enumerate(cells) if cell)
    for column, cell in enumerate(cells):
        if cell is None:
            shown.append(tag("td"))
            continue
        start, end = part.start + cell.start, part.start + cell.end
        before = tag("i", _marked(view, at, start)) if at < start else None
        after = tag("i", _marked(view, end, part.end)) if column == last and end < part.end else None
        answers = max(start, view.words[0]) < min(end, view.words[1])
        shown.append(tag("td", before, _marked(view, start, end), after, class_="answers" if answers else None))
        at = end
    return tag("tr", *shown, class_=_row_class(view, part))


def _row_class(view: SourceView, part: Part) -> str | None:
    if max(part.start, view.start) < min(part.end, view.end):
        return "cited"
    return "other" if any(max(part.start, low) < min(part.end, high) for low, high in view.others) else None


def _marked(view: SourceView, start: int, end: int) -> Html:
    """Render a stretch of text with the parts of it that are cited in marks."""
    text = view.document.text
    edges = {start, end}
    for low, high in ((view.start, view.end), *view.others):
        edges.update(edge for edge in (low, high) if start < edge < end)
    bounds = sorted(edges)
    return join(*(_piece(view, text, low, high) for low, high in pairwise(bounds)))


def _piece(view: SourceView, text: str, low: int, high: int) -> Html:
    if view.start <= low and high <= view.end:
        first, last = max(low, view.words[0]), min(high, view.words[1])
        if first >= last:
            return tag("mark", text[low:high], class_="cited")
        return tag("mark", text[low:first], tag("b", text[first:last]), text[last:high], class_="cited")
    if any(start <= low and high <= end for start, end in view.others):
        return tag("mark", text[low:high], class_="other")
    return join(text[low:high])


def _head(view: SourceView) -> Html:
    document = view.document
    where = whereabouts(document, view.start)
    number = tag("span", str(view.number), class_="number") if view.number is not None else None
    title = tag("h2", document.title, class_="title", title=document.title, dir="auto")
    path = tag("p", document.path, class_="path", title=document.path)
    tools = [
        tag("span", where, class_="where") if where else None,
        _tabs() if view.imaged else None,
        _step(view, view.previous, "previous"),
        _step(view, view.following, "next"),
    ]
    return tag(
        "header",
        tag("div", number, title, asker(document.doc_id, document.title), widen(), close(), class_="bar"),
        path,
        _certainty(view),
        tag(
            "div",
            tag("div", *tools, class_="tools") if any(tools) else None,
            acts(view),
            paging(len(document.pages)) if view.imaged else None,
            class_="toolbar",
        ),
        finding(),
    )


def _certainty(view: SourceView) -> Html | None:
    """Say of a page that was read by OCR that it was."""
    number = view.document.page_of(view.start)
    said = certainty(view.document.pages[number]) if number is not None else ""
    return tag("p", phrase("Read from the picture of this page {how}", how=said), class_="certainty") if said else None


def _tabs() -> Html:
    tabs = [
        tag("button", name, type="button", role="tab", data_show=key, id=f"tab-{key}", aria_controls=f"pane-{key}")
        for key, name in (("page", phrase("Page")), ("text", phrase("Text")))
    ]
    return tag("span", *tabs, class_="tabs", role="tablist", aria_label=phrase("Show the source as"))


def _step(view: SourceView, citation: Citation | None, key: str) -> Html | None:
    if view.previous is None and view.following is None:
        return None
    attributes: dict[str, Attribute] = {"disabled": True}
    if citation is not None:
        at = place(citation.title, view.places.get(citation.number, ""))
        before = key == "previous"
        label = phrase("Previous citation: {place}", place=at) if before else phrase("Next citation: {place}", place=at)
        attributes = {
            "title": label,
            "aria_label": label,
            **opener(citation.doc_id, start=citation.start, end=citation.end, turn=view.turn),
        }
    word = phrase("Previous") if key == "previous" else phrase("Next")
    return tag("button", word, type="button", class_=f"quiet {key}", data_step=key, **attributes)


def _text_pane(view: SourceView) -> Html:
    labels: dict[str, Attribute] = {"role": "tabpanel", "aria_labelledby": "tab-text"} if view.imaged else {}
    return tag(
        "div", tag("div", text_html(view), class_=_text_class(view.document)), class_="pane", id="pane-text", **labels
    )


def _text_class(document: Document) -> str:
    """Return the class of the text: subtitles are many and short, and get another shape."""
    return "text brief" if kind_of(document.media_type).page == "subtitle" else "text"


def _earlier(view: SourceView) -> Html | None:
    wider = replace(view, first=_line_start(view.document.text, view.first - STEP))
    return _more(wider, "earlier") if view.first > 0 else None


def _later(view: SourceView) -> Html | None:
    wider = replace(view, last=_line_end(view.document.text, view.last + STEP))
    return _more(wider, "later") if view.last < len(view.document.text) else None


def _more(view: SourceView, which: str) -> Html:
    return tag(
        "button",
        phrase("Show what comes before") if which == "earlier" else phrase("Show what comes after"),
        type="button",
        class_="plain more",
        data_more=which,
        data_first=view.first,
        data_last=view.last,
        **opener(view.document.doc_id, start=view.start, end=view.end, turn=view.turn),
    )


def _pages(view: SourceView) -> Html:
    shown = [
        _page(view, number)
        for number, page in view.document.pages.items()
        if page.start <= view.last and view.first <= page.end
    ]
    return tag("div", *shown, class_="pane", id="pane-page", role="tabpanel", aria_labelledby="tab-page")


def _page(view: SourceView, number: int) -> Html:
    document, page = view.document, view.document.pages[number]
    width, height = page.width or 612.0, page.height or 792.0
    name, here = capital(page_shown(page_name(document, number))), number == document.page_of(view.start)
    image = tag(
        "img",
        src=f"/page/{quote(document.doc_id, safe='')}/{number}.png",
        alt=name,
        loading="eager" if here else "lazy",
        decoding="async",
    )
    others, cited = ([box for box in boxes if box.page == number] for boxes in (view.other_boxes, view.boxes))
    boxes = [_box(box, page, "other") for box in others] + [_box(box, page, "cited") for box in cited]
    style = f"aspect-ratio: {width:.2f} / {height:.2f}"
    said = [
        str(number) if len(document.pages) > 1 else "",
        phrase("read {how}", how=certainty(page)) if certainty(page) else "",
    ]
    caption = capital(" · ".join(filter(None, said)))
    words = {"data_loading": phrase("Loading this page"), "data_unshown": phrase("This page can’t be shown.")}
    shown = tag("figcaption", caption)
    return tag("figure", image, *boxes, shown, style=style, data_page=number, data_here=here, **words)


def _box(box: Box, page: Page, kind: str) -> Html:
    """Render a rectangle over the page's image, in per cent of its size."""
    across, down = 100 / (page.width or 1), 100 / (page.height or 1)
    style = (
        f"left: {across * box.left:.3f}%; top: {down * box.top:.3f}%; "
        f"width: {across * (box.right - box.left):.3f}%; height: {down * (box.bottom - box.top):.3f}%"
    )
    return tag("span", class_=f"box {kind}", style=style)


def _line_start(text: str, offset: int) -> int:
    """Return where the line of an offset begins; a line that is a window long is cut anywhere."""
    offset = max(0, offset)
    found = text.rfind("\n", max(0, offset - STEP), offset)
    return found + 1 if found >= 0 else offset


def _line_end(text: str, offset: int) -> int:
    offset = min(len(text), offset)
    found = text.find("\n", offset, offset + STEP)
    return found if found >= 0 else offset
