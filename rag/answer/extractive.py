"""The extractive answerer: every sentence is one of the documents', chosen by the reader and put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index import Hit, Snapshot, content_words, document_name, split_words
from rag.answer.agreement import find_differing
from rag.answer.cells import cells_asked_for
from rag.answer.citations import answering_words, check_citations, cite
from rag.answer.compose import Selected, compare, compose, join_parts, without_repetition
from rag.answer.extract import PASSAGES_COMPARED, PASSAGES_READ, Candidate, Extraction, extract, statements_of
from rag.answer.extremes import find_extreme
from rag.answer.filters import OF_SURE, rows_that_pass
from rag.answer.fitting import is_of_the_day, put_fitting_first
from rag.answer.protocol import Answerer, Asked
from rag.answer.regression import at_most_partly, refuse_below
from rag.answer.rows import in_range_first, is_held, is_row_that_fits
from rag.answer.siblings import asks_for_another
from rag.answer.wording import as_written
from rag.choices import Refusal
from rag.conversation.leaning import points_back
from rag.naming import said_about
from rag.question import Question, read_question
from rag.reader.protocol import Reader, Span
from rag.records import Answer, Citation, Sentence, ShortAnswer, Update

TOP_K = 10
_LOOKED_AT = 5  # likeliest sentences, for one that surely answers
_OF_ANOTHER = 0.25  # of the confidence, where one that is asked for is not there, and another is
_NAMES_SOMETHING = 2  # content words from which a question has a subject of its own


@dataclass
class ExtractiveAnswerer(Answerer):
    """Answers in the documents' own words; `refusal` is how much support an answer needs."""

    reader: Reader
    refusal: Refusal = "balanced"
    passages_read: int = PASSAGES_READ

    @property
    def ready(self) -> bool:
        """True once the reader is in memory, or it is known that it can't be."""
        return self.reader.ready

    @property
    def warning(self) -> str:
        """What is wrong with the reader."""
        return self.reader.warning

    def load(self) -> None:
        """Load the reader."""
        self.reader.load()

    def answer(self, asked: Asked) -> Iterator[Update]:
        """Read the best hits, and yield the answer sentence by sentence."""
        yield Update("reading", f"Reading the best {min(len(asked.hits), self.passages_read)}", None)
        asked = self._as_written(asked)
        parts = [] if asked.understood.compared else self._extract_parts(asked)
        found = max(parts, key=lambda part: part.confidence) if parts else self._extract(asked)
        found = _with_sure(asked.understood, replace(found, candidates=_alive(asked.snapshot, found.candidates)))
        selected = self._select(asked, found, parts)
        differing = find_differing(asked.understood, found.candidates) if selected else []
        selected += [Selected(candidate) for candidate in differing if not _is_selected(candidate, selected)]
        selected = [_in_doubt(one) if _is_of_another(asked, one.candidate) else one for one in selected]
        asked.clock.lap("read")

        sentences, citations = cite(selected)
        check_citations(asked.snapshot.now(), sentences, citations)
        shorts = [answering_words(candidate, citations) for candidate in differing]
        whole = _answer(
            asked,
            found,
            sentences,
            citations,
            short=answering_words(with_cell(asked.understood, selected[0].candidate), citations) if selected else None,
            differing=tuple(words for words in shorts if words),
        )
        for number in range(1, len(sentences) + 1):
            yield Update("answering", "Answering", _first_sentences(asked, whole, number))
        yield Update("done", "", replace(whole, timings_ms=asked.clock.read()))

    def rank(self, asked: Asked) -> Sequence[Hit]:
        """Return the hits as the reader ranks them; see `extract.rank_hits`."""
        return self._extract(self._as_written(asked)).hits

    def _extract_parts(self, asked: Asked) -> list[Extraction]:
        """Return what is read for each part of a question in two: of fewer passages, for they were found for both."""
        texts, rarity = asked.understood.parts, asked.snapshot.rarity
        fewer = replace(self, passages_read=2 * self.passages_read // 3)
        return [fewer._extract(replace(asked, understood=read_question(text, rarity))) for text in texts]

    def _as_written(self, asked: Asked) -> Asked:
        """Return what is asked in the dates and amounts of the passages that will be read."""
        hits = asked.hits[: self.passages_read]
        found = [(hit.passage, asked.snapshot.find_document(hit.passage.doc_id)) for hit in hits]
        texts = [document.text[passage.start : passage.end] for passage, document in found if document]
        return replace(asked, understood=as_written(asked.understood, texts, asked.snapshot.rarity))

    def _extract(self, asked: Asked) -> Extraction:
        question = asked.understood
        found = extract(asked.snapshot, self.reader, question, asked.hits, most=self.passages_read)
        fitting = in_range_first(question, put_fitting_first(question, found.candidates))
        found = replace(found, candidates=fitting)
        extreme = find_extreme(question, found.candidates)
        if extreme:
            return _with_first(found, extreme)
        if passing := rows_that_pass(question, found.candidates):
            return _with_first(found, passing[0], confidence=max(found.confidence, passing[0].probability))
        if not asks_for_another(question, found.candidates, lambda word: asked.snapshot.document_frequency(word) > 0):
            return found
        candidates = [replace(c, probability=c.probability * _OF_ANOTHER) for c in found.candidates]
        return replace(found, candidates=candidates, confidence=found.confidence * _OF_ANOTHER)

    def _select(self, asked: Asked, found: Extraction, parts: Sequence[Extraction]) -> list[Selected]:
        """Return the sentences of the answer, none if there is too little support; of two parts, those that have it."""
        enough = refuse_below(self.refusal, by_reader=found.by_reader)
        if found.confidence < enough:
            return []
        if not asked.understood.parts:
            unread = self._unread(asked) if asked.understood.wants_list else ()
            return compose(asked.understood, without_repetition(found.candidates), unread)
        if asked.understood.compared and (both := compare(asked.understood, found.candidates)):
            return both
        selected = []
        for text, part in zip(asked.understood.parts, parts or self._extract_parts(asked), strict=True):
            if part.confidence >= enough:
                alive = _alive(asked.snapshot, part.candidates)
                selected.append(compose(read_question(text, asked.snapshot.rarity), without_repetition(alive)))
        return join_parts(selected) or compose(asked.understood, without_repetition(found.candidates))

    def _unread(self, asked: Asked) -> Sequence[Candidate]:
        """Return the sentences of the hits that may not be read, for what is judged by its wording alone."""
        statements = statements_of(asked.snapshot, asked.hits[PASSAGES_COMPARED:])
        unread = [
            Candidate(s.document, s.hit, s.start, s.end, frozenset(split_words(s.text)), 0.0, None) for s in statements
        ]
        return _alive(asked.snapshot, unread)


def with_cell(question: Question, one: Candidate) -> Candidate:
    """Return a row that was not read, but fits as one that was does, with the one cell asked for as its words."""
    cells = [] if one.span else cells_asked_for(question, one.text)
    if len(cells) != 1:
        return one
    return replace(one, span=Span(one.start + cells[0].start, one.start + cells[0].end, 0.0))


def _with_sure(question: Question, found: Extraction) -> Extraction:
    """Put a sentence first that surely answers, if there is little support for anything.

    It is a row of a table that holds all that is asked, or holds it with the day that is asked for. The reader makes
    little of "name: Ida; team: red" where "who is in the red team" is asked, or of "what happened on 2 May 2021". Or it
    has all words of what is asked about, where the question is no more than what is said about that.
    """
    if found.confidence >= OF_SURE:
        return found
    about = said_about(question.asked)
    for one in found.candidates[:_LOOKED_AT]:
        if (is_held(question, one) and is_row_that_fits(question, one)) or is_of_the_day(question, one):
            return _with_first(found, one)
        if about and about <= one.words:
            return _with_first(found, one)
    return found


def _is_of_another(asked: Asked, one: Candidate) -> bool:
    """Tell whether a sentence may be of what was asked before, not of what is asked now.

    "And when is the rent due?" names something itself, and was read behind a question about the deposit: "half of it is
    due on 25 August" says nothing of the rent. Of "what was it about?", which names nothing, all is a guess.
    """
    if not asked.understood.in_context:
        return False
    own = set(content_words(asked.question))
    if own.issuperset(split_words(asked.question)):  # all are function words, or there is one
        return True
    if len(own) < _NAMES_SOMETHING or points_back(asked.question):
        return False
    above = f"{one.hit.passage.heading} {document_name(one.document)}"
    return not own <= one.words | set(split_words(above))


def _in_doubt(selected: Selected) -> Selected:
    """Return the same, called well supported no longer."""
    one = selected.candidate
    return replace(selected, candidate=replace(one, probability=at_most_partly(one.probability)))


def _with_first(found: Extraction, one: Candidate, *, confidence: float = 0.0) -> Extraction:
    """Put a sentence first that surely answers, or with that confidence."""
    confidence = confidence or max(found.confidence, OF_SURE)
    place = (one.document.doc_id, one.start)
    others = [candidate for candidate in found.candidates if (candidate.document.doc_id, candidate.start) != place]
    return replace(found, candidates=[replace(one, probability=confidence), *others], confidence=confidence)


def _answer(
    asked: Asked,
    found: Extraction,
    sentences: tuple[Sentence, ...],
    citations: tuple[Citation, ...],
    *,
    short: ShortAnswer | None,
    differing: tuple[ShortAnswer, ...],
) -> Answer:
    return Answer(
        question=asked.question,
        standalone_question=asked.understood.text,
        text=" ".join(sentence.text for sentence in sentences),
        sentences=sentences,
        short_answer=short,
        citations=citations,
        hits=found.hits[:TOP_K],
        grounded=bool(sentences),
        confidence=found.confidence,
        differing=differing,
        timings_ms=asked.clock.read(),
    )


def _first_sentences(asked: Asked, whole: Answer, number: int) -> Answer:
    """Return the answer as far as its first `number` sentences, each with the citations of its own."""
    sentences = whole.sentences[:number]
    shown = {n for sentence in sentences for n in sentence.citations}
    return replace(
        whole,
        text=" ".join(sentence.text for sentence in sentences),
        sentences=sentences,
        citations=tuple(citation for citation in whole.citations if citation.number in shown),
        differing=whole.differing if number == len(whole.sentences) else (),
        timings_ms=asked.clock.read(),
    )


def _alive(snapshot: Snapshot, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Leave out the sentences of documents that were deleted or changed meanwhile."""
    if snapshot.is_current():
        return candidates
    now = snapshot.now()
    return [candidate for candidate in candidates if now.holds(candidate.document)]


def _is_selected(candidate: Candidate, selected: Sequence[Selected]) -> bool:
    place = (candidate.document.doc_id, candidate.start)
    chosen = (other for one in selected for other in (one.candidate, *one.corroborating))
    return any(place == (other.document.doc_id, other.start) for other in chosen)
