"""Timelines without a language model: what is asked about goes in, sentences with dates come out, earliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index import Document, Hit, Snapshot, content_words, find_values, split_sentences, split_words
from rag.answer.quoting import Quote, is_heading, quotes_of

MOST_EVENTS = 20
_SEARCHED = 40  # passages
_LEAST_EVENTS = 2  # fewer are no timeline
_LEAST_WORDS = 3
_READ_CHARACTERS = 200_000  # of a document
# A year alone is told from a number by what stands before it.
_YEAR = re.compile(
    r"\b(?:in|since|of|by|until|till|from|before|after|around|about|year|early|late|mid) ((?:1[0-9]|20)[0-9]{2})"
    r"(?![\w/-]|[.,][0-9])",
    re.I,
)


def timeline_of(snapshot: Snapshot, documents: Sequence[Document]) -> list[Quote]:
    """Return the sentences of documents that have a date, in order of time; none if they are too few."""
    quotes = [quote for one in documents for quote in quotes_of(snapshot, one, 0, min(len(one.text), _READ_CHARACTERS))]
    return _in_order(quotes)


def timeline_about(snapshot: Snapshot, about: str, scope: Sequence[str]) -> list[Quote]:
    """Return the sentences with a date that are found for a subject, in order of time; none if they are too few."""
    wanted = set(content_words(about))
    quotes = [
        quote
        for hit in snapshot.search(about, top_k=_SEARCHED, documents=scope)
        for quote in _quotes_in(snapshot, hit)
        if wanted & set(split_words(f"{quote.document.title} {hit.passage.heading} {quote.text}"))
    ]
    return _in_order(quotes)


def _quotes_in(snapshot: Snapshot, hit: Hit) -> list[Quote]:
    document = snapshot.find_document(hit.passage.doc_id)
    if document is None:
        return []
    spans = split_sentences(document.text, hit.passage.start, hit.passage.end)
    return [Quote(document, hit, start, end) for start, end in spans]


def _with_dates(quotes: Sequence[Quote]) -> Iterator[Quote]:
    """Yield the quotes; one that is hardly more than a date goes with the sentence that it stands before."""
    alone: Quote | None = None
    for quote in quotes:
        if alone and alone.hit.passage == quote.hit.passage and alone.document.text[alone.end : quote.start] == " ":
            yield Quote(quote.document, quote.hit, alone.start, quote.end)
            alone = None
        elif len(quote.text.split()) <= _LEAST_WORDS and date_of(quote.text):
            alone = quote
        else:
            alone = None
            yield quote


def _in_order(quotes: Sequence[Quote]) -> list[Quote]:
    """Return the first that have a date and say something, each wording once, in order of time."""
    dated: dict[str, tuple[str, Quote]] = {}
    for quote in _with_dates(quotes):
        date = date_of(quote.text)
        if date and not is_heading(quote) and len(quote.text.split()) > _LEAST_WORDS:
            dated.setdefault(" ".join(quote.text.split()).casefold(), (date, quote))
    chosen = sorted(list(dated.values())[:MOST_EVENTS], key=lambda one: one[0])
    return [quote for _, quote in chosen] if len(chosen) >= _LEAST_EVENTS else []


def date_of(text: str) -> str:
    """Return the first date that a sentence has, as "2022-12-07", "2022-12" or "2022"; "" if it has none."""
    found = [(value.start, min(value.readings)) for value in find_values(text) if value.unit == "date"]
    found += [(year.start(1), year[1]) for year in _YEAR.finditer(text)]
    return min(found)[1] if found else ""
