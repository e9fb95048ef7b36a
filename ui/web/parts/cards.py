"""The cards below an answer: a source each, with what stands before and after the words that the answer quotes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag import Answer, Citation
from ui.blocks import blocks, row
from ui.languages import phrase
from ui.places import page_shown
from ui.text import one_line, quoted_words
from ui.web.parts.answer import bold, opener
from ui.web.parts.markup import Html, join, tag
from ui.web.state.around import as_table
from ui.web.state.exchange import Exchange


def cards(asked: Exchange, answer: Answer, turn: int) -> Html:
    """Render the sources of an answer; the items of a list and the rows of a table have one card for each document."""
    return tag(
        "ol",
        *(_source(asked, answer, group, turn) for group in _groups(answer)),
        class_="cards",
        aria_label=phrase("Sources"),
    )


def card(
    number: str, title: str, page: str, words: Html | None, where: dict[str, str | int | None], *, rows: bool = False
) -> Html:
    """Render one card, which opens a place in a document; `rows` says that its words are those of a table."""
    head = tag(
        "span",
        tag("span", number, class_="number") if number else None,
        tag("span", title, dir="auto", class_="title"),
        tag("span", page, class_="page", title=page, dir="auto") if page else None,
        class_="head",
    )
    quote = tag("span", words, class_="quote rows" if rows else "quote", dir="auto") if words else None
    return tag("li", tag("button", head, quote, type="button", class_="card", **where))


def _source(asked: Exchange, answer: Answer, group: Sequence[Citation], turn: int) -> Html:
    words: Html | None
    rows = False
    first, last = group[0], group[-1]
    before, after = asked.around.get(first.number), asked.around.get(last.number)
    where = opener(first.doc_id, start=first.start, end=first.end, turn=turn)
    places = [page_shown(asked.places.get(first.number, "")), before.section.rpartition(" › ")[2] if before else ""]
    if before is None or after is None:  # it was kept before there was more than the quotation
        words = bold(first.quote, *quoted_words(first, answer))
    elif not before.before and not after.after:
        words = None
    else:
        columns, values = as_table([before.before, first.quote, last.quote, after.after])
        rows = any(columns) and bool(values[0] or values[-1])
        words = _grid(columns, values) if rows else join(_line(before.before), " ", _cut(), " ", _line(after.after))
    return card(_numbers(group), first.title, " · ".join(filter(None, places)), words, where, rows=rows)


def _cut() -> Html:
    """Render what stands for the words that are quoted."""
    return tag("span", "⋯", class_="cited", role="img", aria_label=phrase("the words that are quoted"))


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    """Render the first and the last row, which stand around quoted ones, below the names of their columns."""
    here = tag("span", tag("span", _cut()), class_="values")
    return tag("span", _values(columns, "names"), _values(rows[0]), here, _values(rows[-1]), class_="grid")


def _values(values: Sequence[str], name: str = "values") -> Html | None:
    """Render values below each other's columns, apart from each other where they are read aloud."""
    cells = [tag("span", one_line(value), " ", dir="auto") for value in values]
    return tag("span", *cells, class_=name) if cells else None


def _line(text: str) -> str:
    """Return a sentence as it reads on a card: of a table's row its values alone."""
    cells = row(text)
    return " · ".join(text[cell.start : cell.end] for cell in cells) if cells else one_line(text)


def _groups(answer: Answer) -> list[list[Citation]]:
    """Return the citations in their order, together those that one card is for."""
    named = {citation.number: citation for citation in answer.citations}
    groups: dict[tuple[object, ...], list[Citation]] = {}
    for at, block in enumerate(blocks(answer.sentences)):
        for sentence in block.sentences:
            for citation in (named.pop(number) for number in sentence.citations if number in named):
                alone = citation.number if block.kind == "text" else None
                groups.setdefault((at, citation.doc_id, alone), []).append(citation)
    groups.update({(number,): [citation] for number, citation in named.items()})
    return sorted(groups.values(), key=lambda group: group[0].number)


def _numbers(group: Sequence[Citation]) -> str:
    """Return the numbers of citations as they are written: "1", "1–15", "1, 3"."""
    numbers = [citation.number for citation in group]
    if len(numbers) > 1 and all(after - before == 1 for before, after in pairwise(numbers)):
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))
