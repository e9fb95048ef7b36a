"""Suggesting: the thread that makes questions of documents while nobody asks, and the route that offers them.

Documents are taken one by one: those that were just quoted first, then the newest. What was found is kept in the
library, and goes with its document. Nothing is made while a question is answered, or documents are being read.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import Response

from index import PinciteError
from rag import Suggestion, nearest, suggest, suggestions_from_json, suggestions_to_json
from ui.web.guard.bodies import DeniedError, read_texts
from ui.web.guard.doors import Door
from ui.web.routes.replies import reply_json
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from rag import Assistant

logger = logging.getLogger(__name__)

AT_FIRST, AFTER_AN_ANSWER = 4, 8  # questions that are offered; the page shows two that were not asked in it
QUIET_SECONDS = 5.0  # after a question, in which the next one is likelier than any other time
LAST_SECONDS = 10.0  # in which what is being asked is at an end
LOOK_SECONDS = 2.0  # between two looks whether there is something to do
MOST_DOCUMENTS = 500  # of which questions are kept: enough to offer some, whatever is asked
_MOST_NAMED, _LONGEST = 10, 2000
_FIGURES = re.compile(r"\d+")
BODY_BYTES = 64 * 1024
DOOR = Door("POST", "/suggestions", BODY_BYTES, read=lambda body: _read(body))


class Suggesting:
    """The questions that the documents answer, made in the background; `busy` says whether somebody asks just now."""

    def __init__(self, assistant: Assistant, indexing: Indexing, *, busy: Callable[[], bool]) -> None:
        self._assistant = assistant
        self._library = assistant.library
        self._indexing = indexing
        self._asking = busy
        self._asked_at = 0.0
        self._wanted: list[str] = []  # documents that were just quoted
        self._failed: set[str] = set()  # documents of which none could be made
        self._known: dict[str, list[Suggestion]] = {}
        self._sequence = self._finished = -1  # the latter is where nothing was left to do
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="pincite-suggesting", daemon=True)

    def start(self) -> None:
        """Begin to make them."""
        self._thread.start()

    def end(self) -> None:
        """Make no more, and wait for the question that is being asked: the library may be closed then."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(LAST_SECONDS)

    def first(self) -> list[str]:
        """Return questions for the first screen, each of another document as far as that goes."""
        lists = [one for one in self._refreshed().values() if one]
        rows = zip_longest(*lists)  # the first of each, then the second of each
        return _varied([one.question for row in rows for one in row if one])[:AT_FIRST]

    def near(
        self,
        question: str,
        documents: Sequence[str],
        at: int | None,
        *,
        answered: bool = False,
        elsewhere: bool = False,
    ) -> list[str]:
        """Return questions that are near to one that was asked, and make more of the documents that were quoted."""
        known = self._refreshed()
        self._wanted = [one for one in documents if one not in known]
        several = [one for some in known.values() for one in some]
        found = nearest(several, question, documents=documents, at=at, answered=answered, elsewhere=elsewhere)
        return _varied([one.question for one in found])[:AFTER_AN_ANSWER]

    def busy(self) -> bool:
        """Tell whether something is going on that must not wait."""
        if self._asking():
            self._asked_at = time.monotonic()
        quiet = time.monotonic() - self._asked_at >= QUIET_SECONDS
        waits = self._indexing.state.running or not self._assistant.ready
        return not quiet or waits or self._ended.is_set()

    def step(self) -> bool:
        """Make questions of one document; return whether there was one of which none were made."""
        doc_id = self._next()
        if doc_id:
            self._failed.add(doc_id)  # until it is made: if it can't be, another has its turn
            self._make(doc_id)
            self._failed.discard(doc_id)
        return bool(doc_id)

    def _work(self) -> None:
        """Make questions of one document after the other, until it is to end."""
        while not self._ended.wait(LOOK_SECONDS):
            try:
                if not self.busy():
                    self.step()
            except PinciteError as error:
                logger.info("no questions are made now: %s", error)  # another writes, say: the next time
            except Exception:
                logger.exception("no questions are made any more")
                return

    def _refreshed(self) -> dict[str, list[Suggestion]]:
        """Return the questions of each document, as they are kept; those of documents that are gone are gone."""
        with self._lock:
            sequence = self._library.sequence()
            if sequence != self._sequence:
                kept = {
                    doc_id: suggestions_from_json(doc_id, body) for doc_id, body in self._library.questions().items()
                }
                self._known = {doc_id: several for doc_id, several in kept.items() if several is not None}
                self._sequence = sequence
            return dict(self._known)

    def _next(self) -> str:
        """Return a document of which no questions were made, "" if there is none until the library changes."""
        known = self._refreshed()
        if len(known) >= MOST_DOCUMENTS or self._sequence == self._finished:
            return ""
        there = dict.fromkeys(entry.doc_id for entry in self._library.entries() if entry.doc_id)
        done = known.keys() | self._failed
        waiting = (one for one in (*self._wanted, *reversed(there)) if one not in done and one in there)
        found = next(waiting, "")
        if not found:
            self._finished = self._sequence
            self._failed.clear()  # once the library has changed, they are tried again
        return found

    def _make(self, doc_id: str) -> None:
        found = suggest(self._assistant, self._library.document(doc_id), busy=self.busy)
        if found is None:
            return  # it is begun anew when nobody asks
        self._library.keep_questions(doc_id, suggestions_to_json(found))
        with self._lock:
            self._sequence = -1  # what is kept is read again: the document may be gone by now


def _varied(questions: Sequence[str]) -> list[str]:
    """Return questions in their order, but those that differ from one before them in figures only behind the others."""
    firsts = {_FIGURES.sub("0", question): question for question in reversed(questions)}
    return sorted(questions, key=lambda question: firsts[_FIGURES.sub("0", question)] != question)


def suggestions_route(suggesting: Suggesting) -> APIRouter:
    """Return the route that offers questions: for the first screen, or near to one that was asked."""
    router = APIRouter()

    @router.post("/suggestions", include_in_schema=False)
    def suggestions(said: dict[str, Any]) -> Response:
        if said["question"]:
            return reply_json(suggesting.near(**said))
        return reply_json(suggesting.first())

    return router


def _read(body: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked for, checked. Raises `DeniedError` if it is not as it must be."""
    question, at = body.get("question", ""), body.get("at")
    if not isinstance(question, str) or len(question) > _LONGEST:
        raise DeniedError(400, "The question is too long.")
    if at is not None and (not isinstance(at, int) or isinstance(at, bool)):
        raise DeniedError(400, "A place is a number.")
    documents = read_texts(body, "documents", longest=_LONGEST)[:_MOST_NAMED]
    about = {name: body.get(name) is True for name in ("answered", "elsewhere")}
    return {"question": question, "at": at, "documents": documents, **about}
