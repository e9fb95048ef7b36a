"""What an exported conversation shows of an exchange, whatever the form of the file. An exchange in, pieces out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag import Answer, CheckedSentence, Citation, Sentence, Written, support_level
from ui.below import told
from ui.blocks import Block, blocks, bullet, numbering, row_values
from ui.languages import later, phrase
from ui.text import SUPPORT, VERDICT_LABELS, differing_text, headline, model_words, one_line, supported_text, verdict
from ui.web.parts.adding import NO_DOCUMENTS
from ui.web.parts.answer import place
from ui.web.state.exchange import Exchange
from ui.web.state.scopes import label_of

REFUSED = later("The documents don’t seem to answer this.")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an exchange, in rows of texts.

    Of "text" each row is a sentence and its marks; of "list" the number or letter that an item tells, "" where a bullet
    is to be drawn, its words and its marks; of "table" the first has the names of the columns, "" where they have none,
    the others a sentence's cells and its marks; "aside" and "short" are one text; "source" is a number, a title, a
    place and the quotation.
    """

    kind: Literal["aside", "short", "text", "list", "table", "source"]
    rows: tuple[tuple[str, ...], ...]


def pieces(asked: Exchange) -> list[Piece]:
    """Return what came of a question, in the order in which it is shown."""
    answer, found = asked.answer, list[Piece]()
    if asked.scope.label:
        found.append(_one("aside", phrase("Asked of {scope}", scope=label_of(asked.scope))))
    if answer and answer.sentences:
        if short := _short(answer):
            found.append(_one("short", one_line(short)))
        found += [_block(block) for block in blocks(answer.sentences)]
        if differ := differing_text(answer):
            found.append(_one("text", differ, ""))
    found.append(_one("aside", _told(asked)))
    if answer and answer.written and answer.written.sentences:
        found += _written(answer.written)
    return found + [_source(citation, asked) for citation in (answer.citations if answer else ())]


def _written(written: Written) -> list[Piece]:
    """Return a model's words as a paragraph of their own, each sentence with what the check says of it."""
    found = [_one("aside", model_words(written)), *(_one("aside", one_line(told(step))) for step in written.steps)]
    for title, sentences in written.grouped():
        found += [_one("aside", one_line(title))] if title else []
        if sentences:
            rows = ((_checked(one, marked=written.marked), _marks(one)) for one in sentences)
            found.append(Piece("text", tuple(rows)))
    note = "; ".join(filter(None, (supported_text(written), one_line(told(written.note)))))
    return [*found, _one("aside", note)]


def _checked(one: CheckedSentence, *, marked: bool) -> str:
    label = VERDICT_LABELS.get(one.verdict) if marked else None
    said = ": ".join(filter(None, (phrase(label), one_line(told(one.why))))) if label else ""
    return f"{one_line(one.text)} ({said})" if said else one_line(one.text)


def _one(kind: Literal["aside", "short", "text"], *row: str) -> Piece:
    return Piece(kind, (row,))


def _short(answer: Answer) -> str:
    """Return yes or no and the short answer, "" if there is neither."""
    short = headline(answer)
    return ": ".join(filter(None, (verdict(answer)[0], short.text if short else "")))


def _told(asked: Exchange) -> str:
    """Say what came of a question beside the sentences of its answer."""
    if asked.state == "failed":
        return phrase("This question was not answered: {fault}", fault=told(asked.fault))
    if asked.state != "answered":
        return (
            phrase("The answer was stopped.") if asked.state == "stopped" else phrase("The answer was not there yet.")
        )
    if asked.answer is None or asked.answer.kind == "refusal":
        return phrase(NO_DOCUMENTS if asked.unfounded else REFUSED)
    if asked.answer.kind == "reply":
        return told(asked.answer.text)
    return phrase(SUPPORT[support_level(asked.answer.sentences[0].support)])


def _block(block: Block) -> Piece:
    if block.kind == "table":
        return Piece("table", (block.columns, *(_cells(block, one) for one in block.sentences)))
    if block.kind == "list":
        return Piece("list", tuple(map(_item, block.sentences)))
    return Piece("text", tuple((one.text, _marks(one)) for one in block.sentences))


def _item(sentence: Sentence) -> tuple[str, str, str]:
    number = numbering(sentence.text)
    return number.strip(), sentence.text[len(number or bullet(sentence.text)) :], _marks(sentence)


def _cells(block: Block, sentence: Sentence) -> tuple[str, ...]:
    return (*row_values(block, sentence), _marks(sentence))


def _marks(sentence: Sentence | CheckedSentence) -> str:
    return "".join(f"[{number}]" for number in sentence.citations)


def _source(citation: Citation, asked: Exchange) -> Piece:
    title = one_line(place(citation.title, asked.places.get(citation.number, "")))
    span = {"start": str(citation.start), "end": str(citation.end)}
    where = phrase("{path}, characters {start}–{end}", path=one_line(citation.path), **span)
    return Piece("source", ((f"[{citation.number}]", title, where, citation.quote),))
