"""Suggestions: a document goes in, questions come out that it answers; each was asked, and answered well from there.

They are made of its sentences, and of the headings of its sections.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence, Set
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import zip_longest

from index import Document, content_words, is_english, split_sentences
from rag.answer.regression import support_level
from rag.assistant import Assistant
from rag.records import Answer
from rag.suggestion.headings import question_of_heading
from rag.suggestion.wording import question_of

VERSION = 2
MOST_ASKED, MOST_KEPT = 12, 5  # questions of a document
MOST_CHARACTERS = 200_000  # of a document that are looked through
_LONGEST_SENTENCE = 300  # characters
_PLAIN = re.compile(r"\b[a-z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question and the sentence, or the section, that answers it: `document.text[start:end]`."""

    question: str
    doc_id: str
    start: int
    end: int


def suggest(assistant: Assistant, document: Document, *, busy: Callable[[], bool]) -> list[Suggestion] | None:
    """Return questions that a document answers; None if others are `busy` before that is known."""
    found: list[Suggestion] = []
    for one in candidates(document):
        answered = is_answered(assistant, one, busy=busy)
        if answered is None:
            return None
        if answered:
            found.append(one)
        if len(found) == MOST_KEPT:
            break
    return found


def candidates(document: Document) -> list[Suggestion]:
    """Return questions that an English document may answer, from all its parts; none of another one.

    Those that its sections may answer and those that its sentences may take turns.
    """
    text = document.text[:MOST_CHARACTERS]
    if not is_english(text):
        return []
    plain = set(_PLAIN.findall(text))
    sections, sentences = _of_sections(document, plain), _of_sentences(document.doc_id, text, plain)
    turns = zip_longest(_spread(sections, MOST_ASKED // 2), _spread(sentences, MOST_ASKED))
    found = {one.question.casefold(): one for pair in turns for one in pair if one}
    return list(found.values())[:MOST_ASKED]


def _of_sentences(doc_id: str, text: str, plain: Set[str]) -> list[Suggestion]:
    found: dict[str, Suggestion] = {}
    for start, end in split_sentences(text):
        if end - start <= _LONGEST_SENTENCE and is_english(text[start:end]):
            question = question_of(text[start:end], plain)
            if question:
                found.setdefault(question.casefold(), Suggestion(question, doc_id, start, end))
    return list(found.values())


def _of_sections(document: Document, plain: Set[str]) -> list[Suggestion]:
    """Return what the headings ask; a section ends where the next one of its level, or of a higher one, begins."""
    headings = [heading for heading in document.headings if heading.end < MOST_CHARACTERS]
    found: dict[str, Suggestion] = {}
    for at, heading in enumerate(headings):
        question = question_of_heading(document.text[heading.start : heading.end], plain)
        if question and " ".join(document.text[heading.start : heading.end].split()) != document.title:
            ends = (other.start for other in headings[at + 1 :] if other.level <= heading.level)
            end = next(ends, len(document.text))
            found.setdefault(question.casefold(), Suggestion(question, document.doc_id, heading.end, end))
    return list(found.values())


def _spread(every: Sequence[Suggestion], most: int) -> list[Suggestion]:
    """Return at most so many, from all parts."""
    step = max(1.0, len(every) / most)
    return [every[int(number * step)] for number in range(min(len(every), most))]


def is_answered(assistant: Assistant, suggestion: Suggestion, *, busy: Callable[[], bool]) -> bool | None:
    """Ask a question, and tell whether it is well answered from its place; None if others are `busy` meanwhile."""
    for update in assistant.stream(suggestion.question):
        if busy():
            return None
        if update.stage == "done" and update.answer:
            return _is_from(update.answer, suggestion)
    return False


def nearest(
    known: Sequence[Suggestion],
    question: str,
    *,
    documents: Sequence[str],
    at: int | None,
    answered: bool = False,
    elsewhere: bool = False,
) -> list[Suggestion]:
    """Return the suggestions that are near to a question, nearest first, without itself.

    They share half of its words, or, if it was `answered`, are of the `documents` that were quoted, which are told best
    first; in the first of them what is nearer to the character `at` comes first. What has the same answer is left out.
    Behind them, if they may be `elsewhere`, are those of other documents.
    """
    words = set(content_words(question))
    itself = " ".join(question.casefold().split())
    ranks = {doc_id: rank for rank, doc_id in reversed(list(enumerate(documents)))}

    def nearness(one: Suggestion) -> tuple[int, int, int]:
        away = abs(one.start - at) if at is not None and ranks.get(one.doc_id) == 0 else one.start
        return ranks.get(one.doc_id, len(ranks)), -len(words & _words_of(one.question)), away

    def is_told(one: Suggestion) -> bool:
        return answered and at is not None and ranks.get(one.doc_id) == 0 and one.start <= at < one.end

    def is_near(one: Suggestion) -> bool:
        shared = len(words & _words_of(one.question))
        quoted = answered and (elsewhere or one.doc_id in ranks)
        return quoted or (shared > 0 and 2 * shared >= len(words))

    fit = [one for one in known if is_near(one) and not is_told(one) and one.question.casefold() != itself]
    return sorted(fit, key=nearness)


@lru_cache(maxsize=4096)
def _words_of(question: str) -> frozenset[str]:
    return frozenset(content_words(question))


def suggestions_to_json(suggestions: Sequence[Suggestion]) -> str:
    """Return the suggestions of a document as they are kept."""
    rows = [{**asdict(one), "doc_id": ""} for one in suggestions]
    return json.dumps({"version": VERSION, "questions": rows}, ensure_ascii=False)


def suggestions_from_json(doc_id: str, body: str) -> list[Suggestion] | None:
    """Return the suggestions of a document that were kept, None if another version made them."""
    kept = json.loads(body)
    if kept["version"] != VERSION:
        return None
    return [Suggestion(**{**one, "doc_id": doc_id}) for one in kept["questions"]]


def _is_from(answer: Answer, suggestion: Suggestion) -> bool:
    """Tell whether an answer is well supported, by what the question was made from before all others."""
    if answer.kind != "answer" or answer.differing or support_level(answer.sentences[0].support) != "well":
        return False
    first = answer.citations[0]
    overlaps = first.start < suggestion.end and suggestion.start < first.end
    return first.doc_id == suggestion.doc_id and overlaps
