"""Evidence: where the words may stand that support a claim, in texts, in what was found, or in a whole library."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from index import Document, Hit, Snapshot, cells_of, content_words, document_name, split_sentences, split_words

NEAR = 8  # places that are looked at for a claim
_FOUND = 12  # passages that are searched for it
_MOST_ASKED = 1000  # characters of a claim, by which it is searched
_MOST_AROUND = 2000  # characters that are read of a place
_BESIDE = 300  # characters of the sentence before and of the one behind, at most
_MOST_SAYING = 3  # sentences that say a claim
_ADDS, _SHARE_ADDED = 2, 0.25  # words of a claim that another sentence has to add, at least, and share of all
_OF_SENTENCE = 0.7  # of how well a place fits is the sentence itself, the rest what stands around it


@dataclass(frozen=True, eq=False)
class SourcePlace:
    """A sentence of a document, `document.text[start:end]`, in what stands around it, `[first:last]`."""

    document: Document
    start: int
    end: int
    first: int
    last: int
    heading: str = ""

    @property
    def header(self) -> str:
        """What stands above it: the document's name and the headings."""
        name = document_name(self.document) if self.document.path else self.document.title
        return f"{name}\n{self.heading}".strip()

    @property
    def sentence(self) -> str:
        """The sentence, character for character."""
        return self.document.text[self.start : self.end]

    @property
    def around(self) -> str:
        """The sentence with the one before it and the one behind; of what is longer, the beginning."""
        return self.document.text[self.first : min(self.last, self.first + _MOST_AROUND)]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the sentence."""
        return frozenset(split_words(self.sentence))

    @cached_property
    def near_words(self) -> frozenset[str]:
        """The words around it and above it."""
        return frozenset(split_words(f"{self.header}\n{self.around}"))


class Sources(Protocol):
    """Where evidence is looked for."""

    def near(self, claim: str) -> Sequence[SourcePlace]:
        """Return the places that most likely support a claim, the likeliest first; at most `NEAR`."""


class Texts:
    """Documents of which every sentence is looked at."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._places = [place for one in documents for place in places_in(one, 0, len(one.text))]
        counts = Counter(word for place in self._places for word in place.words)
        total = len(self._places)
        self._rarity = {word: math.log(1 + total / count) for word, count in counts.items()}
        self._unknown = math.log(1 + total)

    def near(self, claim: str) -> Sequence[SourcePlace]:
        """Return the places that hold most of a claim's words."""
        return nearest(claim, self._places, lambda word: self._rarity.get(word, self._unknown))


class Found:
    """What was found for a question."""

    def __init__(self, snapshot: Snapshot, hits: Sequence[Hit]) -> None:
        self._snapshot = snapshot
        self._places = _places_of(snapshot, hits)

    def near(self, claim: str) -> Sequence[SourcePlace]:
        """Return the places that hold most of a claim's words, then the first that were found."""
        return nearest(claim, self._places, self._snapshot.rarity)


class Everything:
    """A library, in which each claim is searched for."""

    def __init__(self, snapshot: Snapshot, documents: Sequence[str] = (), folders: Sequence[str] = ()) -> None:
        self._snapshot = snapshot
        self._documents, self._folders = documents, folders

    def near(self, claim: str) -> Sequence[SourcePlace]:
        """Return the places of what is found for a claim that hold most of its words."""
        hits = self._snapshot.search(
            claim[:_MOST_ASKED], top_k=_FOUND, documents=self._documents, folders=self._folders
        )
        return nearest(claim, _places_of(self._snapshot, hits), self._snapshot.rarity)


def places_in(document: Document, start: int, end: int, heading: str = "") -> list[SourcePlace]:
    """Return the sentences of `document.text[start:end]`, each with those beside it, inside of these bounds or not.

    A row of a table stands alone: what is beside it says the same of something else.
    """
    low, high = max(0, start - _BESIDE), min(len(document.text), end + _BESIDE)
    spans = [(s + low, e + low) for s, e in split_sentences(document.text[low:high])]
    rows = {span for span in spans if cells_of(document.text[slice(*span)])}
    places = []
    for before, (s, e), behind in zip([None, *spans], spans, [*spans[1:], None], strict=False):
        if s >= end or e <= start:
            continue
        beside = [one for one in (before, behind) if one and not rows & {one, (s, e)}]
        first = min([s, *(one[0] for one in beside if s - one[0] <= _BESIDE)])
        last = max([e, *(one[1] for one in beside if one[1] - e <= _BESIDE)])
        places.append(SourcePlace(document, s, e, first, last, heading))
    return places


def nearest(claim: str, places: Iterable[SourcePlace], rarity: Callable[[str], float]) -> list[SourcePlace]:
    """Return the places that hold most of a claim's words, rare ones counting more; of equal ones the first."""
    wanted = {word: max(0.0, rarity(word)) for word in content_words(claim)}
    fits = [(_coverage(wanted, place), -number, place) for number, place in enumerate(places)]
    fits.sort(key=lambda one: one[:2], reverse=True)
    return [place for _, _, place in fits[:NEAR]]


def saying(claim: str, places: Sequence[SourcePlace]) -> tuple[SourcePlace, ...]:
    """Return which sentences of what stands around places say a claim: the one with most of its words, and what adds.

    What was read is a sentence with those beside it, and any of them may be the one that says it.
    """
    wanted = set(content_words(claim))
    around = [near for place in places for near in places_in(place.document, place.first, place.last, place.heading)]
    chosen: dict[tuple[str, int], SourcePlace] = {}
    while len(chosen) < _MOST_SAYING:
        best = max(around, key=lambda place: len(wanted & place.words))
        added = wanted & best.words
        if chosen and len(added) < max(_ADDS, _SHARE_ADDED * len(set(content_words(claim)))):
            break
        chosen.setdefault((best.document.doc_id, best.start), best)
        wanted -= best.words
        if not added:
            break
    return tuple(sorted(chosen.values(), key=lambda place: (place.document.doc_id, place.start)))


def _coverage(wanted: dict[str, float], place: SourcePlace) -> float:
    """Return how much of the words a place holds, 0 to 1, by their rarity: in the sentence, and around it."""
    whole = sum(wanted.values()) or 1.0
    own = sum(weight for word, weight in wanted.items() if word in place.words)
    near = sum(weight for word, weight in wanted.items() if word in place.words or word in place.near_words)
    return (_OF_SENTENCE * own + (1 - _OF_SENTENCE) * near) / whole


def _places_of(snapshot: Snapshot, hits: Sequence[Hit]) -> list[SourcePlace]:
    places: dict[tuple[str, int], SourcePlace] = {}
    for hit in hits:
        document = snapshot.find_document(hit.passage.doc_id)
        for place in places_in(document, hit.passage.start, hit.passage.end, hit.passage.heading) if document else ():
            places.setdefault((place.document.doc_id, place.start), place)
    return list(places.values())
