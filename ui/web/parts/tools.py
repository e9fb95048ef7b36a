"""What can be done with a source that is open: the buttons above it, which tools.js, source.js and page.js follow."""

from __future__ import annotations

from urllib.parse import quote

from ui.languages import phrase
from ui.places import page_name, section_of
from ui.text import one_line
from ui.web.parts.answer import place
from ui.web.parts.markup import Attribute, Html, sentence, tag
from ui.web.state.inside import LONGEST_WORDS
from ui.web.state.view import SourceView


def widen() -> Html:
    """Render what gives the source more of the window, and takes it back; the styles show what it does next."""
    title = phrase("Give the source more room, or take it back")
    names = tag("span", phrase("Widen"), class_="wider"), tag("span", phrase("Narrow"), class_="narrower")
    return tag("button", *names, type="button", class_="quiet widen", data_widen=True, title=title)


def close() -> Html:
    """Render what closes the source."""
    title = phrase("Close the source (Esc)")
    return tag("button", phrase("Close"), type="button", class_="quiet close", data_close=True, title=title)


def acts(view: SourceView) -> Html:
    """Render what is done with a whole document or its quotation."""
    document = view.document
    file = f"./original/{quote(document.doc_id, safe='')}"
    shown = [
        _button(phrase("Find"), data_finding=True, aria_expanded="false", aria_controls="finding"),
        _button(phrase("Outline"), data_outline=True, aria_expanded="false") if document.headings else None,
        _button(phrase("Copy quotation"), data_copy=quotation(view)) if view.start < view.end else None,
        _button(phrase("Copy link"), data_link=True, hidden=True) if view.number is not None else None,
        None
        if view.note
        else tag("a", phrase("Download"), href=file, download=True, class_="quiet", title=_download(view)),
    ]
    return tag("div", *shown, class_="acts")


def quotation(view: SourceView) -> str:
    """Return the quoted words with where they stand, on one line."""
    document = view.document
    title = place(document.title, page_name(document, document.page_of(view.start)))
    where = ", ".join(filter(None, (title, section_of(document, view.start))))
    return one_line(f"“{document.text[view.start : view.end]}” ({where}; {document.path})")


def paging(pages: int) -> Html:
    """Render what turns the pages of a document that are seen as they are, and makes them larger or smaller."""
    number = tag("input", type="number", min=1, max=pages, value=1, data_page_number=True, aria_label=phrase("Page"))
    of = sentence(phrase("{page} of {total}", page="{page}", total=pages), page=number)
    return tag(
        "div",
        _named("‹", phrase("Page before"), data_turn_page="-1"),
        tag("label", of),
        _named("›", phrase("Page after"), data_turn_page="1"),
        _named("−", phrase("Smaller"), data_zoom="-1"),
        tag("output", phrase("{share} %", share=100), class_="zoom", aria_label=phrase("Size")),
        _named("+", phrase("Larger"), data_zoom="1"),
        class_="paging",
        role="group",
        aria_label=phrase("Pages"),
    )


def finding() -> Html:
    """Render the box for words that are looked for in the document."""
    return tag(
        "div",
        tag(
            "input",
            type="search",
            maxlength=LONGEST_WORDS,
            dir="auto",
            placeholder=phrase("Find in this document"),
            aria_label=phrase("Find in this document"),
            data_find_words=True,
        ),
        tag("output", "", class_="count", aria_live="polite"),
        _button(
            "↑", data_find_step="-1", aria_label=phrase("Found before"), title=phrase("Found before (Shift+Enter)")
        ),
        _button("↓", data_find_step="1", aria_label=phrase("Found next"), title=phrase("Found next (Enter)")),
        id="finding",
        class_="finding",
        role="search",
        hidden=True,
    )


def _download(view: SourceView) -> str:
    if view.inside:
        return phrase("Download {file}, which this document is inside of", file=view.inside)
    return phrase("Download the file that was read")


def _named(sign: str, name: str, **attributes: Attribute) -> Html:
    """Render a button of one sign, which has its name for those who don't see or know it."""
    return _button(sign, **attributes, aria_label=name, title=name)


def _button(name: str, **attributes: Attribute) -> Html:
    return tag("button", name, type="button", class_="quiet", **attributes)
