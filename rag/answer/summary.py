"""Summaries without a language model: documents go in, their own key sentences come out, in their order.

A sentence is central if it is like the others (the mean cosine, as in LexRank, Erkan and Radev 2004); the beginning of
a document and of a section counts for more, and what was said already for less (maximal marginal relevance, Carbonell
and Goldstein 1998).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index import Document, Snapshot, split_words
from rag.answer.quoting import Quote, is_heading, quotes_of

SENTENCES = 5
_MOST_SENTENCES = 20
_SAMPLED = 80  # sentences that are embedded in all, and compared
_LEAST_SAMPLED = 8  # of a document
_SAMPLED_CHARACTERS = 200_000
_LEAD, _OPENS_SECTION, _TITLE, _LEANS = 0.15, 0.04, 0.1, 0.1
_REPETITION = 0.6
_WORDS = range(5, 50)
_LEANING = re.compile(
    r"^(?:however|but|also|and|or|this|that|these|those|it|its|he|she|they|thus|therefore|moreover|furthermore"
    r"|for example|e\.g|instead|otherwise|then|so|such|here|there)\b",
    re.I,
)


def summarize(snapshot: Snapshot, documents: Sequence[Document], sentences: int = 0) -> list[Quote]:
    """Return the key sentences of the documents, as many as asked for in all, each document's in its order."""
    most = min(sentences or max(SENTENCES, len(documents)), _MOST_SENTENCES)
    chosen: list[Quote] = []
    for i, document in enumerate(documents[:most]):
        share = most // min(len(documents), most) + (i < most % min(len(documents), most))
        sampled = max(_SAMPLED // min(len(documents), most), _LEAST_SAMPLED)
        chosen += _key_sentences(snapshot, document, share, sampled)
    return chosen


def _key_sentences(snapshot: Snapshot, document: Document, number: int, sampled: int) -> list[Quote]:
    quotes = list(quotes_of(snapshot, document, 0, min(len(document.text), _SAMPLED_CHARACTERS)))
    statements = (
        [quote for quote in quotes if _is_statement(quote)] or [q for q in quotes if not is_heading(q)] or quotes
    )
    if len(statements) > sampled:
        places = np.unique(np.linspace(0, len(statements) - 1, sampled).astype(int))
        statements = [statements[i] for i in places]
    if len(statements) <= number:
        return statements
    embeddings = snapshot.embed_sentences([quote.text for quote in statements])
    likeness = snapshot.encoder.likeness(embeddings @ embeddings.T)
    return [statements[i] for i in sorted(_central(document, statements, likeness, number))]


def _central(document: Document, statements: Sequence[Quote], likeness: NDArray[np.float32], number: int) -> list[int]:
    weights = likeness.mean(axis=1) + np.asarray([_position(document, statements, i) for i in range(len(statements))])
    chosen: list[int] = []
    while len(chosen) < number:
        said = likeness[:, chosen].max(axis=1) if chosen else np.zeros(len(statements), dtype=np.float32)
        left = weights - _REPETITION * np.maximum(said - 0.3, 0.0)
        left[chosen] = -np.inf
        chosen.append(int(left.argmax()))
    return chosen


def _position(document: Document, statements: Sequence[Quote], i: int) -> float:
    """Return what the place of a sentence adds: first of the document or of a section, with the title's words."""
    quote = statements[i]
    opens = any(h.end <= quote.start < h.end + 5 for h in document.headings)
    title = set(split_words(document.title))
    shared = len(title & set(split_words(quote.text))) / len(title) if title else 0.0
    leaning = _LEANING.match(quote.text) is not None
    return _LEAD * (i == 0) + _OPENS_SECTION * opens + _TITLE * shared - _LEANS * (leaning and i > 0)


def _is_statement(quote: Quote) -> bool:
    text = quote.text.strip()
    return not is_heading(quote) and len(text.split()) in _WORDS and text[-1] in ".!…。”\"'" and not text.endswith("?")
