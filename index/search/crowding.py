"""Crowding: hits go in, best first; the same come out, so that no document and no text takes all the places.

Otherwise a document that repeats a question a hundred times, or a hundred files of one wording, are all that is read
and shown. Nothing is judged here: what is set aside comes after the others, and is there when nothing else is.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

from index.records import Hit, Passage
from index.search.near_duplicates import Wording, are_alike, say_the_same, wording

# Passages of one document that come before those of others; further down, its share of all places so far. Among the
# first twelve, which are read at most, a right passage is for .987 of 300 questions of new_wiki, .980 of 300 of
# squad2_dev_half and .875 of 40 on filings of hundreds of pages; .980, .977 and .825 with 6 and no share, .990, .980
# and .875 without a bound.
PER_DOCUMENT = 7
SHARE_OF_DOCUMENT = 0.8
PER_TEXT = 3  # and of one wording: as many as a sentence of an answer is cited with
_MUCH_WORSE = 0.4  # of the best score

WordsOf = Callable[[Passage], Sequence[str]]


def _unnamed(_passage: Passage) -> Sequence[str]:
    return ()


def spread(
    hits: Sequence[Hit], words_of: WordsOf, *, asked: Set[str], top_k: int, named: WordsOf = _unnamed
) -> tuple[list[Hit], list[Hit]]:
    """Return the hits that come first and those that come after them, each best first: at least `top_k`, if there are.

    First come at most `PER_DOCUMENT` of a document, or `SHARE_OF_DOCUMENT` of the places so far, unless others are much
    worse, and `PER_TEXT` of texts that are alike but for numbers and dates. Of texts that say the same, one of a
    document is kept, and `PER_TEXT` of all. Texts that hold different ones of the words `asked` for, or have them in
    what they are `named`, are never alike.
    """
    within, beyond = _by_document(hits)
    texts = _Texts(asked, named)
    first = texts.keep(within, words_of, most=top_k)
    others = texts.keep(beyond, words_of, most=top_k - len(first))
    return first, others + texts.aside


def is_crowded(hits: Sequence[Hit], first: Sequence[Hit], *, top_k: int) -> bool:
    """Tell whether too few come first although not even the last of `hits` is much worse: better look further down."""
    return len(first) < top_k and bool(hits) and not _is_much_worse(hits[-1], hits[0])


def in_falling_order(hits: Sequence[Hit]) -> list[Hit]:
    """Return `hits` with their ranks; none has a higher score than the one before it."""
    ranked: list[Hit] = []
    for rank, hit in enumerate(hits, start=1):
        ranked.append(Hit(hit.passage, min(hit.score, ranked[-1].score) if ranked else hit.score, rank))
    return ranked


class _Text(NamedTuple):
    """A passage's text: of which document, how it is worded, and which of the words asked for it holds."""

    doc_id: str
    wording: Wording
    asked: Set[str]


class _Texts:
    """The texts that were kept, and the hits that are of too many alike."""

    def __init__(self, asked: Set[str], named: WordsOf) -> None:
        self.aside: list[Hit] = []
        self._asked = asked
        self._named = named
        self._known: list[_Text] = []

    def keep(self, hits: Sequence[Hit], words_of: WordsOf, *, most: int) -> list[Hit]:
        """Return the first `most` of `hits` that are not of too many alike."""
        kept: list[Hit] = []
        for hit in hits:
            if len(kept) >= most:
                break
            words = words_of(hit.passage)
            text = _Text(hit.passage.doc_id, wording(words), self._asked & {*words, *self._named(hit.passage)})
            alike = [one for one in self._known if one.asked == text.asked and are_alike(one.wording, text.wording)]
            same = [one.doc_id for one in alike if say_the_same(one.wording, text.wording)]
            if text.doc_id in same or len(same) >= PER_TEXT:
                continue
            self._known.append(text)
            (kept if len(alike) < PER_TEXT else self.aside).append(hit)
        return kept


def _by_document(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Return the hits in an order in which no document has too many places, and those for which there is none so."""
    counts: Counter[str] = Counter()
    within: list[Hit] = []
    waiting: dict[str, deque[Hit]] = {}
    fitting = [hit for hit in hits if not _is_much_worse(hit, hits[0])]
    for hit in fitting:
        waiting.setdefault(hit.passage.doc_id, deque()).append(hit)
        while free := [doc_id for doc_id in waiting if counts[doc_id] < _most(len(within) + 1)]:
            doc_id = min(free, key=lambda doc_id: waiting[doc_id][0].rank)
            within.append(waiting[doc_id].popleft())
            counts[doc_id] += 1
            if not waiting[doc_id]:
                del waiting[doc_id]
    left = sorted((hit for queue in waiting.values() for hit in queue), key=lambda hit: hit.rank)
    return within, [*left, *hits[len(fitting) :]]


def _most(places: int) -> int:
    """Return how many of the first `places` a document may have."""
    return max(PER_DOCUMENT, int(SHARE_OF_DOCUMENT * places))


def _is_much_worse(hit: Hit, best: Hit) -> bool:
    return hit.score < _MUCH_WORSE * best.score
