"""One question and what came of it: the state of a conversation, without any screen.

In: a question, the exchanges before it, and the part of the library that is asked. Out: the exchange, again and again,
as the assistant gets on with it; the last one is answered, or failed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from index import PinciteError
from rag import Answer, Turn, Update
from ui.places import name_pages, page_name
from ui.web.state.around import Around, surroundings

if TYPE_CHECKING:
    from index import Counts, Library
    from rag import Assistant

logger = logging.getLogger(__name__)

PACE = 0.25  # seconds between two steps of what a language model writes: it comes in pieces of a word
CUT_SHORT = "stopped before its end"


class Pick(NamedTuple):
    """What was picked to be asked, by its key, and what it is called."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the library that a question is asked of; with neither documents nor folders it is all of it.

    `picks` are what it was made of.
    """

    label: str = ""
    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, with what a person sees of it: `text` is `document.text[start:end]`.

    `page` is the name of its page, "" if it is on none.
    """

    doc_id: str
    title: str
    page: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has come of it so far; `found` are the passages of an answer that is complete.

    `places` names the pages of the answer's citations, by their numbers, and `around` has what stands around their
    words. A conversation is `lost` where the server has forgotten it: asking again does not help, but a new page does.
    `steps` are what was done for the answer, in words; `unread` says what of the library is not searched, "" if all is.
    `unfounded` is what was refused because there was no document.
    """

    question: str
    scope: Scope
    state: Literal["asking", "answered", "stopped", "failed"] = "asking"
    stage: str = ""
    answer: Answer | None = None
    found: tuple[Found, ...] = ()
    fault: str = ""
    places: Mapping[int, str] = field(default_factory=dict)
    lost: bool = False
    around: Mapping[int, Around] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    unread: str = ""
    unfounded: bool = False


def ask(
    assistant: Assistant, question: str, *, earlier: Sequence[Exchange], scope: Scope
) -> Generator[Exchange, None, None]:
    """Yield the exchange at once, and then after each step of its answer; no `Exception` leaves this function."""
    exchange = Exchange(question, scope)
    yield exchange
    try:
        updates = assistant.stream(question, history(earlier), documents=scope.documents, folders=scope.folders)
        for update in _paced(updates):
            steps = (*exchange.steps, update.message) if update.stage in ("searching", "reading") else exchange.steps
            exchange = replace(exchange, stage=update.message, steps=tuple(dict.fromkeys(steps)))
            if update.answer:
                places = name_pages(assistant.library, update.answer)
                exchange = replace(exchange, answer=update.answer, places=places)
            if update.stage == "writing":  # the answer in the documents' words is whole
                exchange = _with_sources(assistant.library, exchange)
            if update.stage != "done":
                yield exchange
        found = _found(assistant.library, exchange.answer)
        around = surroundings(assistant.library, exchange.answer) if exchange.answer else {}
    except Exception as error:
        if not isinstance(error, PinciteError):
            logger.exception("a question failed")
        yield fail(exchange, error)
    else:
        answer = exchange.answer and replace(exchange.answer, hits=())  # they are in what was found
        exchange = replace(exchange, state="answered", answer=answer, found=found, around=around)
        yield _with_reasons(assistant.library, exchange) if answer and answer.kind == "refusal" else exchange


def wait(exchange: Exchange, ahead: int) -> Exchange:
    """Return the exchange as it waits, with so many questions before it."""
    return replace(exchange, stage=f"Waiting: {ahead} question{'' if ahead == 1 else 's'} before yours")


def fail(exchange: Exchange, error: Exception) -> Exchange:
    """Return the exchange as failed, with what it has so far."""
    fault = str(error) if isinstance(error, PinciteError) else f"Something failed: {str(error) or type(error).__name__}"
    return replace(exchange, state="failed", fault=fault[:1].upper() + fault[1:])


def lose(exchange: Exchange) -> Exchange:
    """Return the exchange as failed because the server has forgotten the conversation that the page shows."""
    fault = "Pincite was started again, or this page was left alone for long, and the conversation is no longer held."
    return replace(exchange, state="failed", fault=fault, lost=True)


def stop(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Return the exchanges with the last one stopped, if it was still being answered.

    One whose answer in the documents' words was there is answered: only the model's words end.
    """
    if not exchanges or exchanges[-1].state != "asking":
        return tuple(exchanges)
    last = exchanges[-1]
    if last.answer is None or last.answer.written is None:
        return (*exchanges[:-1], replace(last, state="stopped"))
    written = last.answer.written
    note = "; ".join(filter(None, (written.note, CUT_SHORT)))
    cut = replace(written, draft="", state="stopped", note=note)
    answer = replace(last.answer, hits=(), written=cut)
    return (*exchanges[:-1], replace(last, state="answered", answer=answer))


def before(exchanges: Sequence[Exchange], question: str) -> tuple[Exchange, ...]:
    """Return the exchanges that a question comes after; one that failed or broke off and is asked again gives way."""
    if exchanges and exchanges[-1].question == question and exchanges[-1].state in ("asking", "failed"):
        return tuple(exchanges[:-1])
    return stop(exchanges)


def history(exchanges: Sequence[Exchange]) -> list[Turn]:
    """Return the turns that a question after these leans on."""
    answers = [exchange.answer for exchange in exchanges if exchange.state == "answered" and exchange.answer]
    return [Turn(answer.standalone_question, answer.text if answer.grounded else "") for answer in answers]


def _paced(updates: Iterator[Update]) -> Iterator[Update]:
    """Leave out steps of what a language model writes that come sooner than anyone sees."""
    told = 0.0
    for update in updates:
        if update.stage != "writing" or time.monotonic() - told >= PACE:
            told = time.monotonic()
            yield update


def _with_sources(library: Library, exchange: Exchange) -> Exchange:
    """Look up what was found, and what is around the citations, while more of them may come."""
    answer = exchange.answer
    if answer is None:
        return exchange
    known = exchange.around.keys() == {citation.number for citation in answer.citations}
    around = exchange.around if known else surroundings(library, answer)
    return replace(exchange, found=exchange.found or _found(library, answer), around=around)


def _with_reasons(library: Library, exchange: Exchange) -> Exchange:
    """Say of a refusal whether there was any document, and what was not searched."""
    counts = library.counts()
    return replace(exchange, unread=_unread(counts), unfounded=not counts.documents)


def _unread(counts: Counts) -> str:
    """Say what of the library is not searched (yet), "" if all of it is."""
    said = []
    waiting = counts.passages - counts.embedded
    if waiting > 0:
        said.append(f"{waiting:,} {'passage is' if waiting == 1 else 'passages are'} still being read.")
    if counts.rejected:
        said.append(f"{counts.rejected:,} file{' ' if counts.rejected == 1 else 's '}could not be read.")
    return " ".join(said)


def _found(library: Library, answer: Answer | None) -> tuple[Found, ...]:
    """Look up the words of the passages behind an answer; one whose document went away meanwhile is left out."""
    found = []
    for hit in answer.hits if answer else ():
        passage = hit.passage
        try:
            document = library.document(passage.doc_id)
        except PinciteError:
            continue
        text = document.text[passage.start : passage.end]
        page = page_name(document, passage.page)
        found.append(Found(passage.doc_id, document.title, page, passage.start, passage.end, text, hit.score))
    return tuple(found)
