"""Exchanges as they are kept: to JSON and back. What can't be read back, by this version or at all, is left out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from index import Conversation, Conversations, Judgement, PinciteError
from rag import Answer, CheckedSentence, Citation, Group, Sentence, ShortAnswer, Written
from ui.web.guard.bodies import write_json
from ui.web.state.around import Around
from ui.web.state.exchange import Exchange, Found, Pick, Scope

logger = logging.getLogger(__name__)

_VERSION = 1
PRIVATE = "private"  # the conversation that is kept nowhere, as private.js has it
LONGEST_NAME = 120
MOST = 1_000_000  # conversations: all of them
PAGE = 30  # conversations that are listed, and how many more at a time
_NOT_KEPT = "a conversation can't be kept: %s"
_BROKE_OFF = "The page was left, or Pincite ended, before the answer was there."


def to_json(exchange: Exchange) -> str:
    """Return an exchange as it is kept."""
    answer = exchange.answer and replace(exchange.answer, hits=())  # they are in what was found
    row = asdict(replace(exchange, answer=answer))
    for numbered in ("places", "around"):
        row[numbered] = {str(number): value for number, value in row[numbered].items()}
    return write_json({"version": _VERSION, **row}).decode()


def from_json(body: str) -> Exchange:
    """Return an exchange that was kept; one that was still being answered has failed.

    Raises `ValueError`, `TypeError` or `KeyError` if it is none that this version keeps.
    """
    row: dict[str, Any] = dict(json.loads(body))
    if row.pop("version") != _VERSION:
        raise ValueError("kept by another version")
    row["scope"] = _scope(row["scope"])
    row["found"] = tuple(Found(**found) for found in row["found"])
    row["answer"] = _answer(row["answer"]) if row["answer"] else None
    row["places"] = {int(number): name for number, name in row["places"].items()}
    around = row.get("around", {})  # older ones have none
    row["around"] = {int(number): Around(**words) for number, words in around.items()}
    row["steps"] = tuple(row.get("steps", ()))
    exchange = Exchange(**row)
    return replace(exchange, state="failed", fault=_BROKE_OFF) if exchange.state == "asking" else exchange


class View(NamedTuple):
    """What is listed of the conversations: those that have these words, `most` of them."""

    words: str = ""
    most: int = PAGE

    def more(self) -> View:
        """Return the view that shows more of them."""
        return self._replace(most=self.most + PAGE)


class Keeper:
    """Keeps exchanges in the home folder; without `conversations` it keeps nothing.

    `keeps` says whether new ones are kept, now. What can't be kept, on a full disk say, is told in the log: the answer
    is there all the same.
    """

    def __init__(self, conversations: Conversations | None, *, keeps: Callable[[], bool] = lambda: True) -> None:
        self._kept = conversations
        self._keeps = keeps

    def newest(self, view: View) -> list[Conversation]:
        """Return the conversations of a view, newest first; one more than it shows if there are more."""
        try:
            return self._kept.newest(view.most + 1, words=view.words) if self._kept else []
        except PinciteError as error:
            logger.warning("the conversations can't be read: %s", error)
            return []

    def name(self, here: str) -> str:
        """Return the name of a conversation, "" if there is none."""
        try:
            found = self._kept.find(here) if self._kept and here else None
        except PinciteError as error:
            logger.warning("a conversation can't be read: %s", error)
            return ""
        return found.name if found else ""

    def begin(self, here: str, exchange: Exchange, number: int) -> str:
        """Keep a question that is about to be answered; return its conversation's id, a new one's if there is none.

        What is `PRIVATE` is not kept, and has no id.
        """
        if self._kept is None or here == PRIVATE:
            return ""
        try:
            if not here or self._kept.find(here) is None:
                if not self._keeps():
                    return ""
                here = self._kept.begin(name_of(exchange.question))
        except PinciteError as error:
            logger.warning(_NOT_KEPT, error)
            return ""
        self.save(here, exchange, number)
        return here

    def save(self, here: str, exchange: Exchange, number: int) -> None:
        """Keep an exchange as the one of that number, and none after it."""
        if self._kept is None or not here:
            return
        try:
            self._kept.save(here, number, to_json(exchange), words=words_of(exchange))
        except PinciteError as error:
            logger.warning(_NOT_KEPT, error)

    def read(self, here: str) -> tuple[Exchange, ...]:
        """Return the exchanges of a conversation, empty if there is none."""
        found: list[Exchange] = []
        try:
            bodies = self._kept.turns(here) if self._kept and here else []
        except PinciteError as error:
            logger.warning("a conversation can't be read: %s", error)
            return ()
        for body in bodies:
            try:
                found.append(from_json(body))
            except (ValueError, TypeError, KeyError) as error:
                logger.warning("a turn of a conversation can't be read (%s): it is left out", error)
        return tuple(found)

    def catch_up(self, here: str, exchanges: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        """Return the exchanges that a page shows, or the kept ones if something was asked in another tab since.

        Or asked again: the question is the same then, and the answer may not be.
        """
        kept = self.read(here)
        shown = exchanges[: len(kept)]
        is_as_kept = len(shown) == len(kept) and all(map(_is_same, kept, shown))
        return exchanges if is_as_kept else kept

    def rename(self, here: str, name: str) -> None:
        """Give a conversation another name."""
        if self._kept:
            self._kept.rename(here, name)

    def pin(self, here: str, *, pinned: bool) -> None:
        """Keep a conversation above the others, or no longer."""
        if self._kept:
            self._kept.pin(here, pinned=pinned)

    def judge(self, here: str, number: int, judgement: Judgement | None) -> None:
        """Keep what a person said of a turn, or nothing any more."""
        if self._kept:
            self._kept.judge(here, number, judgement)

    def judgements(self, here: str) -> dict[int, Judgement]:
        """Return what a person said of the turns of a conversation, by their numbers."""
        return self._kept.judgements(here) if self._kept else {}

    def delete(self, here: str) -> None:
        """Delete a conversation for good."""
        if self._kept:
            self._kept.delete(here)


def _is_same(kept: Exchange, shown: Exchange) -> bool:
    """Tell whether a page shows a question and its answer as they are kept, or without an answer the question."""
    if "answered" not in (kept.state, shown.state):
        return kept.question == shown.question
    return (kept.question, kept.state, _sentences(kept)) == (shown.question, shown.state, _sentences(shown))


def _sentences(exchange: Exchange) -> list[str]:
    """Return the sentences of an answer, the documents' and a model's."""
    answer = exchange.answer
    if answer is None:
        return []
    written = answer.written.sentences if answer.written else ()
    return [*(one.text for one in answer.sentences), *(one.text for one in written)]


def name_of(question: str) -> str:
    """Return the name of a conversation that begins with a question."""
    name = " ".join(question.split())
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME].rsplit(maxsplit=1)[0]} …"


def words_of(exchange: Exchange) -> str:
    """Return the words that an exchange is found by: the question's and the answer's."""
    return f"{exchange.question} {exchange.answer.text if exchange.answer else ''}"


def _scope(row: Mapping[str, Any]) -> Scope:
    documents, folders = tuple(row["documents"]), tuple(row["folders"])
    # An earlier version kept no picks, of which there was one.
    one = [(f"document:{documents[0]}" if documents else f"folder:{folders[0]}", row["label"])] if row["label"] else []
    return Scope(row["label"], documents, folders, tuple(Pick(*pick) for pick in row.get("picks", one)))


def _answer(row: Mapping[str, Any]) -> Answer:
    short = row["short_answer"]
    return Answer(
        **{
            **row,
            "sentences": tuple(Sentence(**{**one, "citations": tuple(one["citations"])}) for one in row["sentences"]),
            "short_answer": ShortAnswer(**short) if short else None,
            "citations": tuple(Citation(**one) for one in row["citations"]),
            "hits": (),
            "differing": tuple(ShortAnswer(**one) for one in row["differing"]),
            "written": _written(row["written"]) if row.get("written") else None,
        }
    )


def _written(row: Mapping[str, Any]) -> Written:
    sentences = (CheckedSentence(**{**one, "citations": tuple(one["citations"])}) for one in row["sentences"])
    groups = tuple(Group(*group) for group in row.get("groups", ()))  # older ones have none
    return Written(**{**row, "sentences": tuple(sentences), "groups": groups, "steps": tuple(row.get("steps", ()))})
