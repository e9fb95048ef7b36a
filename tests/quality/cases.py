"""Cases to fit on: questions that were written and of public sets, as they are read, and which sentences are right."""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from index import document_name, split_words
from rag.answer import regression
from rag.answer.extract import (
    PASSAGES_COMPARED,
    PASSAGES_READ,
    read_passages,
    sentence_regression,
    statements_of,
)
from rag.answer.extractive import ExtractiveAnswerer
from rag.answer.features import (
    PASSAGE_FEATURES,
    Features,
    Statement,
    is_like_heading,
    passage_features,
    sentence_features,
    unknown_words,
)
from rag.answer.finding import CANDIDATES
from rag.answer.protocol import Asked
from rag.answer.regression import Matrix
from rag.answer.spoken import spoken_rows
from rag.assistant import Assistant
from rag.conversation.replies import reply
from rag.evaluation.dataset import Query, read_queries
from rag.evaluation.evaluate import open_dataset, relevant_hits
from rag.question import Question, SpokenOf, read_question
from rag.reader.model import open_reader
from rag.reader.protocol import Reader
from rag.reader.training.examples import part_of
from rag.reader.training.gather import change_identifier
from rag.reader.training.written import (
    NAME,
    OWN,
    corpus_of_part,
    rows,
    written_queries,
)
from rag.records import Update

SQUAD, QED, CLAPNQ = "squad2_dev_half", "qed_nq_dev", "clapnq_dev"
HOME = "own"
FOREIGN = "foreign"  # what was written in other languages
LANGUAGES = "languages"
WRITTEN = (NAME, HOME, FOREIGN, LANGUAGES)
FEW = 19  # other documents: of what was written, half the cases are asked of so few, as a household has


@dataclass
class Case:
    """A question, where it may look, and whether an answer is there."""

    query: Query
    scope: list[str]
    kind: str


@dataclass
class Read:
    """A case with the features of its sentences and passages, and which of them hold the answer."""

    case: Case
    features: Features
    holds: Matrix
    passages: Matrix
    relevant: Matrix
    unknown: float
    question: Question
    statements: Sequence[Statement]


def cases_of(folder: Path, documents: Sequence[str]) -> list[Case]:
    """Return the cases of the part of a data set that is there to fit."""
    name = folder.name
    raw = list(rows(folder / "queries.jsonl"))
    near = {row["query_id"]: row.get("near_doc_ids") or row["doc_ids"] for row in raw}
    whole = {row["query_id"]: row.get("rewrite", row["question"]) for row in raw}
    rng = random.Random(7)
    cases = []
    for query in read_queries(folder / "queries.jsonl"):
        unit = near[query.query_id][0] if name in (SQUAD, *WRITTEN) else query.query_id
        part = part_of(NAME if name in WRITTEN else name, unit)
        if part == "test" or (part == "train" and name != LANGUAGES):
            continue
        query = replace(query, question=whole[query.query_id], history=())
        if query.answerable and query.evidence:
            own = {*near[query.query_id], *query.doc_ids}
            others = [doc for doc in documents if doc not in own]
            if name == NAME and rng.random() < 0.5:
                others = rng.sample(others, FEW)
            scope = [] if len(others) > FEW else [*own, *others]
            cases.append(Case(query, scope, "answerable"))
            cases.append(Case(query, others, "elsewhere"))
            other = change_identifier(query.question, query.question, rng) if name in WRITTEN else None
            if other:
                changed = replace(query, question=other, evidence=(), answers=(), answerable=False)
                cases.append(Case(changed, scope, "adversarial"))
        elif not query.answerable:
            cases.append(Case(query, [], "adversarial"))
    return cases


def read_cases(assistant: Assistant, cases: Iterable[Case], reader: Reader) -> list[Read]:
    """Search and read for every case."""
    found, holders = [], _holders(assistant)
    for case in cases:
        snapshot = assistant.library.refresh()
        question = read_question(case.query.question, snapshot.rarity)
        hits = snapshot.search(question.asked, top_k=CANDIDATES, documents=case.scope)
        readings = read_passages(snapshot, reader, question, hits[:PASSAGES_READ])
        read = [hit for hit in hits if hit.rank in readings] or hits[:PASSAGES_COMPARED]
        statements = statements_of(snapshot, read)
        if not readings:
            statements = [s for s in statements if not is_like_heading(s.document, s.start, s.end)]
        if not statements:
            continue
        features = sentence_features(snapshot, question, statements, readings)
        found.append(
            Read(
                case,
                features,
                np.asarray([holds(case.query, s.document.doc_id, s.start, s.end) for s in statements]),
                passage_features(snapshot, question, read, readings) if readings else np.zeros((len(read), 0)),
                np.asarray(relevant_hits(case.query, read)),
                unknown_words(question, partial(_is_held, holders, set(case.scope))),
                question,
                statements,
            )
        )
    return found


def _holders(assistant: Assistant) -> dict[str, set[str]]:
    """Return the documents that hold each word."""
    holders: dict[str, set[str]] = defaultdict(set)
    for entry in assistant.library.entries():
        document = assistant.library.document(entry.doc_id)
        for word in split_words(f"{document_name(document)}\n{document.text}"):
            holders[word].add(document.doc_id)
    return holders


def _is_held(holders: Mapping[str, set[str]], scope: set[str], word: str) -> bool:
    """Tell whether a word stands in any document of a scope, or in any at all where there is no scope."""
    holding = holders.get(word, set())
    return bool(holding & scope if scope else holding)


def holds(query: Query, doc_id: str, start: int, end: int) -> bool:
    return any(e.doc_id == doc_id and e.start < end and e.end > start for e in query.evidence)


@dataclass
class Told:
    """A question after others: whose its sentences and passages are, what they are held for, which are right."""

    sentences: Matrix
    sentence_logits: Matrix
    holds: Matrix
    passages: Matrix
    passage_logits: Matrix
    relevant: Matrix


class Listening(ExtractiveAnswerer):
    """Keeps what is asked first, and answers nothing."""

    def __init__(self) -> None:
        super().__init__(open_reader())
        self.asked: Asked | None = None

    def answer(self, asked: Asked) -> Iterator[Update]:
        """Keep it, if it is the first: a follow-up without an answer is asked once more, as it was typed."""
        self.asked = self.asked or asked
        yield Update("done", "", reply(asked.question, "", asked.clock))


def told_of(arguments: argparse.Namespace) -> Iterator[Told]:
    """Yield follow-ups as they are asked, and a question that stands alone after each third, about something else."""
    folder = arguments.work / HOME
    corpus = corpus_of_part(arguments.shared, folder / "fit.corpus.jsonl", "fit", kinds=OWN)
    written = written_queries(arguments.shared, folder / "queries.jsonl", part="fit", kinds=OWN)
    assistant, queries = open_dataset(arguments.work, [corpus], written)
    listening = Listening()
    assistant.answerer = listening
    right = [query for query in queries if query.answerable and query.evidence]
    rng = random.Random(7)
    following = [query for query in right if query.history]
    following = rng.sample(following, min(len(following), 4 * arguments.questions))
    alone = rng.sample([query for query in right if not query.history], len(following) // 3)
    changed = [replace(one, history=other.history) for one, other in zip(alone, following, strict=False)]
    for query in following + changed:
        listening.asked = None
        assistant.ask(query.question, query.history)
        if listening.asked and listening.asked.understood.spoken_of:
            yield _as_told(query, listening.asked, listening.reader)


def _as_told(query: Query, asked: Asked, reader: Reader) -> Told:
    question, snapshot, hits = asked.understood, asked.snapshot, asked.hits[:PASSAGES_READ]
    readings = read_passages(snapshot, reader, question, hits)
    statements = statements_of(snapshot, hits)
    features = sentence_features(snapshot, question, statements, readings)
    spoken_of = question.spoken_of or SpokenOf("", 0, 0, 0.0, frozenset())
    sentences = [(s.document.doc_id, s.start, s.end) for s in statements]
    passages = [(hit.passage.doc_id, hit.passage.start, hit.passage.end) for hit in hits]
    return Told(
        spoken_rows(spoken_of, sentences),
        sentence_regression(features).logits(features.rows),
        np.asarray([holds(query, *place) for place in sentences]),
        spoken_rows(spoken_of, passages),
        regression.regression("passage", PASSAGE_FEATURES).logits(passage_features(snapshot, question, hits, readings)),
        np.asarray([holds(query, *place) for place in passages]),
    )
