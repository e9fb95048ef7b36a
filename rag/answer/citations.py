"""Citations: the chosen sentences go in, numbered citations of the exact words come out, and are checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from index import PinciteError, Snapshot
from rag.answer.compose import Selected
from rag.answer.extract import Candidate
from rag.records import Citation, Sentence, ShortAnswer


class CitationError(PinciteError):
    """A citation does not quote its document: a fault of the program, which must not reach the screen."""


def cite(selected: Sequence[Selected]) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return the sentences of the answer, and the citations that they rest on, numbered in the order they appear."""
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for sentence in selected:
        numbers = []
        for candidate in (sentence.candidate, *sentence.corroborating):
            citations.append(_citation(len(citations) + 1, candidate))
            numbers.append(citations[-1].number)
        support = round(sentence.candidate.probability, 4)
        text = sentence.said or _one_line(sentence.candidate.text)
        origin: Literal["verbatim", "generated"] = "generated" if sentence.said else "verbatim"
        sentences.append(Sentence(text, tuple(numbers), support, origin))
    return tuple(sentences), tuple(citations)


def answering_words(candidate: Candidate, citations: Sequence[Citation]) -> ShortAnswer | None:
    """Return the words of a cited sentence that answer, or None if the reader did not find any."""
    if candidate.span is None:
        return None
    for citation in citations:
        if (citation.doc_id, citation.start, citation.end) == (
            candidate.document.doc_id,
            candidate.start,
            candidate.end,
        ):
            return ShortAnswer(candidate.answering, citation.number, candidate.span.start, candidate.span.end)
    return None


def check_citations(snapshot: Snapshot, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> None:
    """Raise `CitationError` unless every quote stands in its document and every sentence rests on a citation."""
    for citation in citations:
        text = snapshot.document(citation.doc_id).text
        if not citation.quote or text[citation.start : citation.end] != citation.quote:
            raise CitationError(
                f"citation {citation.number} does not quote {citation.path}: ask again, and if it stays, "
                "run `pincite verify`"
            )
    numbers = {citation.number for citation in citations}
    for sentence in sentences:
        if not sentence.citations or not numbers.issuperset(sentence.citations):
            raise CitationError("a sentence rests on no citation: report this with the question")


def _citation(number: int, candidate: Candidate) -> Citation:
    document = candidate.document
    return Citation(
        number=number,
        doc_id=document.doc_id,
        path=document.path,
        title=document.title,
        page=document.page_of(candidate.start),
        start=candidate.start,
        end=candidate.end,
        quote=candidate.text,
        score=round(candidate.probability, 4),
    )


def _one_line(text: str) -> str:
    """Return a sentence as it reads in an answer: the line ends of a hard-wrapped text are spaces."""
    return " ".join(text.split())
