"""Extraction: the best passages go in, their sentences come out, each with how likely it is to hold the answer.

A sentence is judged by its similarity to the question, by the question's words it holds, by whether it shows the kind
of thing that is asked for, and by its passage. A logistic regression weighs these signs; `tests/quality/fit.py` fits it
and writes `weights.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from index.lexical import split_words
from index.library import Library
from index.records import Document, Hit
from index.sentences import split_sentences
from rag.question import Question, shows_kind

PASSAGES_READ = 5  # of the best passages: embedding their sentences is most of what a question costs
_MOST_SENTENCES = 60
_TITLE_WORDS = 10  # a line of no more words that ends without a full stop is taken for a heading

SENTENCE_SIGNS = (
    "similarity",  # cosine to the question
    "similarity_gap",  # to the most similar sentence
    "coverage",  # share of the question's words that it holds
    "coverage_gap",  # to the sentence that holds most
    "coverage_gained",  # by the sentence before it, which it may lean on
    "coverage_of_passage",
    "shows_kind",  # a date, a number, a name, a place, a cause, as asked
    "lacks_kind",
    "passage_score",
    "passage_gap",  # to the best passage
    "passage_similarity",
    "first_in_passage",
    "length",  # logarithm of its words
)
ANSWER_SIGNS = (
    "chance",
    "margin",
    "similarity",
    "coverage",
    "coverage_of_passage",
    "coverage_anywhere",
    "unknown_words",  # share of the question's words that no document holds
    "passage_score",
    "passage_similarity",
    "shows_kind",
    "lacks_kind",
)


class Statement(NamedTuple):
    """A sentence that may answer: `document.text[start:end]`, in the passage of `hit`; `before` is what it follows on.

    That is the sentence before it in the passage, or the headings of the passage.
    """

    document: Document
    hit: Hit
    start: int
    end: int
    before: str

    @property
    def text(self) -> str:
        """The sentence, character for character."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its span, its signs (see `SENTENCE_SIGNS`), and the chance that it does, 0 to 1."""

    document: Document
    hit: Hit
    start: int
    end: int
    words: frozenset[str]
    signs: NDArray[np.float64]
    chance: float

    @property
    def text(self) -> str:
        """The sentence, character for character."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Regression:
    """A logistic regression on standardised signs."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    def logits(self, signs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds for each row of `signs` [n, len(weights)]."""
        return np.asarray((signs - self.mean) / self.scale @ self.weights + self.bias, dtype=np.float64)


def read_hits(library: Library, question: Question, hits: Sequence[Hit]) -> list[Candidate]:
    """Return the sentences of the best of `hits`, those most likely to hold the answer first."""
    statements = statements_of(library, hits)
    return rank_sentences(statements, sentence_signs(library, question, statements)) if statements else []


def rank_sentences(statements: Sequence[Statement], signs: NDArray[np.float64]) -> list[Candidate]:
    """Return the sentences with the chance that follows from their signs, the likeliest first."""
    candidates = [
        Candidate(s.document, s.hit, s.start, s.end, frozenset(split_words(s.text)), signs[i], float(chance))
        for i, (s, chance) in enumerate(zip(statements, sentence_chances(signs), strict=True))
    ]
    return sorted(candidates, key=lambda c: (-c.chance, c.hit.rank, c.start))


def sentence_chances(signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each sentence the probability that it, of all of them, is the one that answers; they add up to 1.

    A conditional logit (McFadden 1974): the softmax over the sentences that were read for one question.
    """
    return np.asarray(softmax(_regression("sentence").logits(signs)), dtype=np.float64)


def answer_chances(signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each row of signs the probability that there is an answer at all."""
    return np.asarray(expit(_regression("answer").logits(signs)), dtype=np.float64)


def forget_weights() -> None:
    """Read the weights anew at the next use."""
    _regression.cache_clear()


def confidence(library: Library, question: Question, candidates: Sequence[Candidate]) -> float:
    """Return the probability that the documents hold an answer to `question` at all."""
    if not candidates:
        return 0.0
    signs = answer_signs(library, question, candidates)
    return float(answer_chances(signs[None, :])[0])


def sentence_signs(library: Library, question: Question, statements: Sequence[Statement]) -> NDArray[np.float64]:
    """Return the signs of each sentence, float64 [len(statements), len(SENTENCE_SIGNS)]."""
    query = library.encoder.embed_query(question.text)
    similarities = (library.embed_sentences([s.text for s in statements]) @ query).astype(np.float64)
    near = library.similarities(query, [s.hit.passage.passage_id for s in statements])
    words = [set(split_words(s.text)) for s in statements]
    coverages = [question.coverage(held) for held in words]
    passages = {s.hit.rank: question.coverage(_passage_words(s.document, s.hit)) for s in statements}
    best_score = max(s.hit.score for s in statements)
    rows = []
    for i, (_, hit, start, _, before) in enumerate(statements):
        shows = shows_kind(statements[i].text, question.kind)
        rows.append(
            (
                similarities[i],
                float(similarities.max()) - similarities[i],
                coverages[i],
                max(coverages) - coverages[i],
                question.coverage(words[i] | set(split_words(before))) - coverages[i],
                passages[hit.rank],
                float(shows),
                float(question.kind != "other" and not shows),
                hit.score,
                best_score - hit.score,
                near.get(hit.passage.passage_id, 0.0),
                float(start == hit.passage.start),
                math.log(1 + len(words[i])),
            )
        )
    return np.asarray(rows, dtype=np.float64)


def answer_signs(library: Library, question: Question, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    """Return the signs that there is an answer at all, float64 [len(ANSWER_SIGNS)]."""
    best = candidates[0]
    sign = dict(zip(SENTENCE_SIGNS, best.signs.tolist(), strict=True))
    anywhere = set[str]().union(*(candidate.words for candidate in candidates))
    unknown = [word for word in question.rarity if library.document_frequency(word) == 0]
    signs = {
        **sign,
        "chance": best.chance,
        "margin": best.chance - max((c.chance for c in candidates[1:2]), default=0.0),
        "coverage_anywhere": question.coverage(anywhere),
        "unknown_words": len(unknown) / max(1, len(question.rarity)),
        "passage_score": max(candidate.hit.score for candidate in candidates),
    }
    return np.asarray([signs[name] for name in ANSWER_SIGNS], dtype=np.float64)


def statements_of(library: Library, hits: Sequence[Hit]) -> list[Statement]:
    """Return the sentences of the best of `hits`, in the order of the hits; headings and questions answer nothing."""
    statements: list[Statement] = []
    for hit in hits[:PASSAGES_READ]:
        document = library.find_document(hit.passage.doc_id)
        if document is None:  # deleted since it was found
            continue
        before = hit.passage.heading
        for start, end in split_sentences(document.text, hit.passage.start, hit.passage.end):
            if not _is_no_statement(document, start, end):
                statements.append(Statement(document, hit, start, end, before))
            before = document.text[start:end]
    return statements[:_MOST_SENTENCES]


def _is_no_statement(document: Document, start: int, end: int) -> bool:
    """Tell whether a line is a question or a heading: a marked one, or in plain text, a short line without a stop."""
    text = document.text[start:end]
    if text.endswith("?"):
        return True
    if document.media_type != "text/plain":
        return any((heading.start, heading.end) == (start, end) for heading in document.headings)
    if text.endswith((".", "!", "…", "。", "！", '"', "”")) or text.startswith(("-", "*", "•")):
        return False
    return len(text.split()) <= _TITLE_WORDS and not any(c.isdigit() or c in ":;|" for c in text)


def _passage_words(document: Document, hit: Hit) -> set[str]:
    passage = hit.passage
    return set(split_words(f"{document.title}\n{passage.heading}\n{document.text[passage.start : passage.end]}"))


@cache
def _regression(name: str) -> _Regression:
    data = json.loads(resources.files("rag").joinpath("weights.json").read_text(encoding="utf-8"))[name]
    signs = {"sentence": SENTENCE_SIGNS, "answer": ANSWER_SIGNS}[name]
    if tuple(data["signs"]) != signs:
        raise ValueError(f"rag/weights.json is of other signs than {name} has now: run tests/quality/fit.py")
    return _Regression(
        np.asarray(data["mean"]), np.asarray(data["scale"]), np.asarray(data["weights"]), float(data["bias"])
    )
