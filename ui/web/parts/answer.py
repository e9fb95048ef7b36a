"""An answer as HTML: its sentences with the numbers of their sources, as text, lists and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index import Cell
from rag import Answer, Citation, Sentence
from ui.blocks import Block, blocks, bullet, more, numbering, row_cells
from ui.languages import phrase
from ui.places import page_shown
from ui.text import answering, differing, headline, one_line, verdict
from ui.web.parts.markup import Html, join, sentence, tag
from ui.web.parts.scripts import is_rightward
from ui.web.state.exchange import Exchange

LAST_WORD = 24  # characters: what is longer may be broken
LONG_CELL = 40  # characters: one that is given room on a narrow screen
TOGETHER = 3  # numbers that stay on the line of the last word


def place(title: str, page: str) -> str:
    """Name a place in a document: its title, and the name of the page if there is one."""
    return f"{title}, {page_shown(page)}" if page else title


def opener(doc_id: str, *, start: int, end: int, turn: int | None = None) -> dict[str, str | int | None]:
    """Return the attributes that make an element open the source at a span."""
    return {"data_open": doc_id, "data_start": start, "data_end": end, "data_turn": turn}


def sentences(asked: Exchange, turn: int) -> Html | None:
    """Render what there is of an answer's sentences, None if there are none."""
    answer, numbers = asked.answer, marks(asked, turn)
    if answer is None or not answer.sentences:
        return None
    parts = [_block(block, answer, numbers, turn) for block in blocks(answer.sentences)]
    return tag("div", _headline(answer, numbers), *parts, class_="answer")


def sources_differ(asked: Exchange, turn: int) -> Html | None:
    """Say what each source says where they contradict each other."""
    numbers = marks(asked, turn)
    said: list[Html] = []
    for words, cited in differing(asked.answer) if asked.answer else ():
        short = len(words) <= LAST_WORD
        before, tail = ("", join("“", tag("b", words), "”")) if short else (join("“", tag("b", words)), join("”"))
        said.append(join(", " if said else None, before, _marked(tail, cited, numbers)))
    if not said:
        return None
    return tag("p", sentence(phrase("The sources differ: {said}."), said=join(*said)), class_="differing")


def marks(asked: Exchange, turn: int) -> dict[int, Html]:
    """Render the number of each citation, which opens its source."""
    citations = asked.answer.citations if asked.answer else ()
    return {citation.number: _mark(citation, asked.places.get(citation.number, ""), turn) for citation in citations}


def cited(text: str, numbers: Sequence[int], marks: Mapping[int, Html]) -> Html:
    """Render a text whose last word stays together with the numbers it rests on."""
    return _ending(text, numbers, marks, words=(0, 0), start=0)


def bold(text: str, low: int, high: int) -> Html:
    """Render text with the part of `text[low:high]` that there is in bold."""
    low, high = max(low, 0), min(high, len(text))
    return join(text[:low], tag("b", text[low:high]), text[high:]) if low < high else join(text)


def _headline(answer: Answer, marks: Mapping[int, Html]) -> Html | None:
    """Render yes or no and the short answer, where there are such, with the number of their source."""
    word, number = verdict(answer)
    short = headline(answer)
    if short is None:
        return tag("p", _marked(tag("b", word), [number], marks), class_="headline", dir="auto") if word else None
    said = join(tag("b", word), ": ", one_line(short.text)) if word else tag("b", one_line(short.text))
    return tag("p", _marked(said, [short.citation], marks), class_="headline", dir="auto")


def _block(block: Block, answer: Answer, marks: Mapping[int, Html], turn: int) -> Html:
    """Render running text, a list or a table of the answer."""
    if block.kind == "table":
        return _table(block, answer, marks, turn)
    if block.kind == "list":
        return _list(block, answer, marks, turn)
    spans = [_sentence(sentence, answer, marks) for sentence in block.sentences]
    return tag("p", *(part for span in spans for part in (span, " ")), dir="auto")


def _list(block: Block, answer: Answer, marks: Mapping[int, Html], turn: int) -> Html:
    shown, rest = _apart(block)
    items = [_item(sentence, answer, marks) for sentence in shown]
    if rest is None:
        return tag("ul", *items, dir="auto")
    hidden = [_item(sentence, answer, marks) for sentence in _further(rest, answer)]
    name = f"more-{turn}-{rest.citations[0]}"
    return join(
        tag("ul", *items, dir="auto"),
        tag("ul", *hidden, id=name, dir="auto", hidden=True),
        _opens(rest, len(hidden), name),
    )


def _item(sentence: Sentence, answer: Answer, marks: Mapping[int, Html]) -> Html:
    """Render an item of a list; a number or letter that it begins with is told, a bullet is drawn."""
    number = numbering(sentence.text)
    words = _sentence(sentence, answer, marks, start=len(number or bullet(sentence.text)))
    return tag("li", tag("span", number, class_="counter"), words, class_="numbered") if number else tag("li", words)


def _table(block: Block, answer: Answer, marks: Mapping[int, Html], turn: int) -> Html:
    shown, rest = _apart(block)
    names = [tag("th", column, scope="col", dir="auto") for column in block.columns]
    head = tag("thead", tag("tr", *names, tag("td", class_="numbers")))
    bodies, opens = [tag("tbody", *(_row(block, sentence, answer, marks) for sentence in shown))], None
    if rest is not None:
        hidden = [_row(block, sentence, answer, marks) for sentence in _further(rest, answer)]
        name = f"more-{turn}-{rest.citations[0]}"
        bodies.append(tag("tbody", *hidden, id=name, hidden=True))
        opens = _opens(rest, len(hidden), name)
    table = tag("table", head if any(block.columns) else None, *bodies)
    # "auto" would hear none of the cells, as each has a direction of its own.
    to: dict[str, str | int] = {"dir": "rtl" if is_rightward(block.sentences[0].text) else "ltr", "tabindex": 0}
    return tag("div", tag("div", table, class_="rows", **to, role="group", aria_label=phrase("Table")), opens)


def _row(block: Block, sentence: Sentence, answer: Answer, marks: Mapping[int, Html]) -> Html:
    """Render a row of a table, the cell that answers marked, its numbers in a cell that stays in view."""
    words = answering(sentence, answer)
    cells = [_cell(sentence, cell, words) for cell in row_cells(block, sentence)]
    whole = tag("td", bold(sentence.text, *words), colspan=len(block.columns), dir="auto")
    numbers = (marks[number] for number in sentence.citations if number in marks)
    return tag("tr", *(cells or [whole]), tag("td", *numbers, class_="numbers"))


def _cell(sentence: Sentence, cell: Cell | None, words: tuple[int, int]) -> Html:
    """Render a cell of a row, marked if it has the answering words."""
    if cell is None:
        return tag("td")
    low, high = words
    answers = max(cell.start, low) < min(cell.end, high)
    shown = bold(sentence.text[cell.start : cell.end], low - cell.start, high - cell.start)
    kinds = ("answers" if answers else "", "long" if cell.end - cell.start > LONG_CELL else "")
    return tag("td", shown, class_=" ".join(filter(None, kinds)) or None, dir="auto")


def _apart(block: Block) -> tuple[Sequence[Sentence], Sentence | None]:
    """Return the sentences of a list or table, and apart from them what says how many more there are."""
    last = block.sentences[-1]
    return (block.sentences[:-1], last) if more(last.text) else (block.sentences, None)


def _further(rest: Sentence, answer: Answer) -> list[Sentence]:
    """Return the sentences that are only told to be there: the quotations that are cited for them."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return [Sentence(one_line(quotes[n]), (n,), rest.support) for n in rest.citations if n in quotes]


def _opens(rest: Sentence, shown: int, name: str) -> Html:
    """Render the button that shows more of a list or table; how many stay out of it is told."""
    count = more(rest.text)
    few = {"n": shown, "all": count}
    words = phrase("{n} more", n=count) if shown == count else phrase("{n} more of {all}", **few)
    shows: dict[str, str] = {"data_toggle": name, "aria_controls": name, "aria_expanded": "false"}
    return tag("button", words, type="button", class_="quiet toggle opens", **shows)


def _sentence(sentence: Sentence, answer: Answer, marks: Mapping[int, Html], *, start: int = 0) -> Html:
    """Render a sentence from `start` on, the answering words in bold, its last word together with its numbers."""
    words = answering(sentence, answer)
    return tag("span", _ending(sentence.text, sentence.citations, marks, words=words, start=start), class_="sentence")


def _ending(
    text: str, numbers: Sequence[int], marks: Mapping[int, Html], *, words: tuple[int, int], start: int
) -> Html:
    """Render `text[start:]`, the part of it that is `text[low:high]` in bold, its last word together with numbers."""
    low, high = words
    cut = max(text.rstrip().rfind(" ") + 1, len(text) - LAST_WORD, start)
    tail = bold(text[cut:], low - cut, high - cut)
    head = bold(text[start:cut], low - start, high - start)
    return join(head, _marked(tail, numbers, marks) if marks else tail)


def _marked(tail: Html, numbers: Sequence[int], marks: Mapping[int, Html]) -> Html:
    """Render the end of a text together with the numbers it rests on; one that is not there (yet) is left out."""
    found = [marks[number] for number in numbers if number in marks]
    return join(tag("span", tail, *found[:TOGETHER], class_="tail"), *found[TOGETHER:])


def _mark(citation: Citation, page: str, turn: int) -> Html:
    where = opener(citation.doc_id, start=citation.start, end=citation.end, turn=turn)
    label = phrase("Source {number}: {place}", number=citation.number, place=place(citation.title, page))
    return tag(
        "sup",
        tag("button", str(citation.number), type="button", class_="cite", aria_label=label, **where),
    )
