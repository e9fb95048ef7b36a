"""Direct answers: to what the catalog and the texts answer by themselves, without the reader.

What was said goes in (`utterance.py`), a reply, the words of a place or a summary come out, or nothing: then it is a
question of the documents like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from index import Document, Snapshot, content_words, document_name, split_words
from rag.answer.compose import MOST_ITEMS
from rag.answer.extractive import TOP_K
from rag.answer.lists import list_around
from rag.answer.places import find_places, find_section, quote_places
from rag.answer.protocol import Clock, Overview
from rag.answer.quoting import Quote, quoting_answer
from rag.answer.summary import summarize
from rag.answer.timeline import timeline_about, timeline_of
from rag.conversation.replies import documents_about, reply
from rag.conversation.utterance import Utterance
from rag.naming import Name, Names
from rag.records import Answer

_MOST_LOOKED_THROUGH = 60  # documents in which a place is looked for; of more, those that the search finds
_BEGINNING = 1000  # characters of a document that say what it is
_MANY_WORDS = 3  # of a description, of which one may be ours alone
_MOST_OVERVIEW = 10  # documents that a summary of everything has a sentence of


class Direct:
    """Answers from the catalog and the texts of one library at one moment, within a scope."""

    def __init__(self, snapshot: Snapshot, names: Names, documents: Sequence[str], folders: Sequence[str]) -> None:
        self._snapshot = snapshot
        self._finder = names
        self._names = names.within(snapshot, documents, folders)
        self._ids = list(dict.fromkeys(name.doc_id for name in self._names))
        self._scope = self._ids if documents or folders else []  # to search in; [] is everywhere

    def named_in(self, question: str) -> list[Name]:
        """Return the documents of the scope that a question names."""
        return self._within(self._finder.named_in(question))

    def answer(self, utterance: Utterance, question: str, standalone: str, clock: Clock) -> Answer | None:
        """Return the answer to what was said, None if it is to be asked of the documents like any other question.

        What stands in a place that no document has is refused: no other place is told for it.
        """
        if utterance.said == "library" and utterance.about:
            return reply(question, documents_about(utterance.about, self._snapshot, self._names, self._scope), clock)
        quotes: Sequence[Quote] = ()
        if utterance.said == "place":
            quotes = self._place(utterance)
        elif utterance.said == "section":
            quotes = self._section(utterance)
        elif utterance.said == "summary":
            quotes = self._summary(utterance)
        elif utterance.said == "timeline":
            quotes = self._timeline(utterance)
        if quotes:
            return quoting_answer(question, standalone, quotes, self._snapshot, clock)
        return self._no_such_place(question, standalone, clock) if _is_place_alone(utterance) else None

    def _no_such_place(self, question: str, standalone: str, clock: Clock) -> Answer:
        hits = tuple(self._snapshot.search(standalone, top_k=TOP_K, documents=self._scope))
        return Answer(
            question, standalone, "", (), None, (), hits, grounded=False, confidence=0.0, differing=(),
            timings_ms=clock.read(),
        )  # fmt: skip

    def _place(self, utterance: Utterance) -> list[Quote]:
        if utterance.document:
            ids = [name.doc_id for name in self._resolve(utterance.document)] or self._described(utterance.document)
        elif len(self._ids) <= _MOST_LOOKED_THROUGH:
            ids = self._ids
        else:
            query = f"{utterance.noun} {utterance.label} {utterance.about}"
            hits = self._snapshot.search(query, top_k=_MOST_LOOKED_THROUGH, documents=self._scope)
            ids = list(dict.fromkeys(hit.passage.doc_id for hit in hits))
        places = find_places(self._documents(ids), utterance.noun, utterance.label)
        return quote_places(self._snapshot, places, utterance.about)

    def _described(self, about: str) -> list[str]:
        """Return the documents whose name and beginning have the words of a description, of three or more all but one.

        The Sinnott judgment may have the title "issue11913".
        """
        asked = set(content_words(about))
        hits = self._snapshot.search(about, top_k=TOP_K, documents=self._scope) if self._ids else ()
        found = self._documents(list(dict.fromkeys(hit.passage.doc_id for hit in hits)))
        begin = ((d.doc_id, set(split_words(f"{document_name(d)}\n{d.text[:_BEGINNING]}"))) for d in found)
        return [doc_id for doc_id, words in begin if asked and len(asked - words) <= (len(asked) >= _MANY_WORDS)]

    def _section(self, utterance: Utterance) -> list[Quote]:
        named = self._resolve(utterance.document)
        if utterance.document and not named:
            return []
        within = [name.doc_id for name in named] or self._scope
        return find_section(self._snapshot, utterance.about, within) if self._ids else []

    def summarized(self, utterance: Utterance) -> Overview:
        """Return the documents of which a summary is asked for, and of how many."""
        names = self._resolve(utterance.about) if utterance.about else self._names
        ids = list(dict.fromkeys(name.doc_id for name in names))
        return Overview(self._documents(ids[:_MOST_OVERVIEW]), len(ids), utterance.sentences)

    def _summary(self, utterance: Utterance) -> list[Quote]:
        documents = self.summarized(utterance).documents
        quotes = summarize(self._snapshot, documents, utterance.sentences)
        return quotes if utterance.sentences else _whole_list(quotes)

    def _timeline(self, utterance: Utterance) -> list[Quote]:
        """Return what has a date in the documents that are named, or else of what is found for what is named."""
        names = self._resolve(utterance.about) if utterance.about else self._names
        if names or not utterance.about:
            return timeline_of(self._snapshot, self._documents([name.doc_id for name in names[:_MOST_OVERVIEW]]))
        return timeline_about(self._snapshot, utterance.about, self._scope) if self._ids else []

    def _resolve(self, about: str) -> list[Name]:
        return self._within(self._finder.resolve(about)) if about else []

    def _within(self, names: Sequence[Name]) -> list[Name]:
        return [name for name in names if not self._scope or name.doc_id in self._scope] if self._ids else []

    def _documents(self, ids: Sequence[str]) -> list[Document]:
        found = (self._snapshot.find_document(doc_id) for doc_id in ids)
        return [document for document in found if document]


def _is_place_alone(utterance: Utterance) -> bool:
    return utterance.said == "place" and not utterance.about


def _whole_list(quotes: list[Quote]) -> list[Quote]:
    """Return a list whole if the key sentences are nothing but pieces of it; else the key sentences as they are."""
    if len({quote.document.doc_id for quote in quotes}) != 1:
        return quotes
    document = quotes[0].document
    spans = list_around(document, quotes[-1].start)
    if len(spans) > MOST_ITEMS or any((quote.start, quote.end) not in spans for quote in quotes):
        return quotes
    hits = {quote.hit.passage.passage_id: quote.hit for quote in quotes}.values()
    return [
        Quote(document, hit, start, end)
        for start, end in spans
        for hit in hits
        if hit.passage.start <= start < end <= hit.passage.end
    ]
