"""Citations: the chosen sentences go in, numbered citations of the exact words come out, and are checked."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import PinciteError
from index.library import Library
from rag.extract import Candidate
from rag.records import Citation, Sentence


class CitationError(PinciteError):
    """A citation does not quote its document: a fault of the program, which must not reach the screen."""


def cite(chosen: Sequence[Candidate]) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return each candidate as a sentence of the answer, and the citation that it rests on."""
    sentences = []
    citations = []
    for number, candidate in enumerate(chosen, start=1):
        document = candidate.document
        sentences.append(Sentence(_one_line(candidate.text), (number,), round(candidate.chance, 4)))
        citations.append(
            Citation(
                number=number,
                doc_id=document.doc_id,
                path=document.path,
                title=document.title,
                page=document.page_of(candidate.start),
                start=candidate.start,
                end=candidate.end,
                quote=candidate.text,
                score=round(candidate.chance, 4),
            )
        )
    return tuple(sentences), tuple(citations)


def check_citations(library: Library, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> None:
    """Raise `CitationError` unless every quote stands in its document and every sentence rests on a citation."""
    for citation in citations:
        text = library.document(citation.doc_id).text
        if not citation.quote or text[citation.start : citation.end] != citation.quote:
            raise CitationError(
                f"citation {citation.number} does not quote {citation.path}: ask again, and if it stays, "
                "run `pincite verify`"
            )
    numbers = {citation.number for citation in citations}
    for sentence in sentences:
        if not sentence.citations or not numbers.issuperset(sentence.citations):
            raise CitationError("a sentence rests on no citation: report this with the question")


def _one_line(text: str) -> str:
    """Return a sentence as it reads in an answer: the line ends of a hard-wrapped text are spaces."""
    return " ".join(text.split())
