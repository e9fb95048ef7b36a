"""Fit the regressions that weigh what the reader found, and choose below which confidence an answer is refused.

    python tests/quality/fit.py --shared ../shared

Fitted on the parts of squad2_dev_half, qed_nq_dev, clapnq_dev and of what was written for this
project that the reader was not trained on and that no figure is reported on: see `part_of` in
rag/reader/training/examples.py. Unanswerable are squad's adversarial questions, near misses, questions of which a
number or date was changed, and answerable ones asked of all documents but their own.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from index.search.snapshot import Snapshot
from rag.answer import regression
from rag.answer.extract import PASSAGES_READ, read_passages, sentence_regression, statements_of
from rag.answer.features import (
    PASSAGE_FEATURES,
    READER_ANSWER_FEATURES,
    READER_FEATURES,
    Features,
    Statement,
    answer_features,
    passage_features,
    sentence_features,
)
from rag.answer.regression import Matrix
from rag.assistant import CANDIDATES, Assistant
from rag.evaluation.dataset import Query, read_queries
from rag.evaluation.evaluate import open_dataset, relevant_hits
from rag.question import Question, read_question
from rag.reader.model import open_reader
from rag.reader.training.examples import part_of
from rag.reader.training.gather import change_identifier
from rag.reader.training.written import NAME, rows, written_corpora, written_queries

PENALTY = 1.0  # of the squared weights
ANSWER_FREEDOM = 0.03  # inverse of the penalty, as scikit-learn has it
WEIGHTS = Path(regression.__file__).with_name("weights.json")
# (whose questions, of which documents, which kinds): questions about other documents are asked where no other article
# can hold their answer by chance, so not among squad's distractors.
SQUAD, QED, CLAPNQ = "squad2_dev_half", "qed_nq_dev", "clapnq_dev"
SETTINGS = (
    (NAME, (NAME,), ("answerable", "adversarial", "elsewhere")),
    (SQUAD, (SQUAD, "corpus.jsonl"), ("answerable", "adversarial", "elsewhere")),
    (SQUAD, (QED, "corpus.jsonl"), ("elsewhere",)),
    (QED, (QED, "corpus.jsonl"), ("answerable", "elsewhere")),
    (QED, (SQUAD, "corpus.jsonl"), ("elsewhere",)),
    (CLAPNQ, (CLAPNQ, "corpus.jsonl"), ("answerable", "adversarial", "elsewhere")),
)
EVERYDAY = {NAME: 2}  # of what people ask most, so many times as many
# What is asked, as it is assumed: half of it can be answered, and most of the rest is about something else altogether.
SHARES = {"answerable": 0.6, "elsewhere": 0.2, "adversarial": 0.2}
# Shares of the answers on cases that nothing was fitted on that must be right to be called well or partly supported.
LEVELS = {"well": 0.95, "partly": 0.75}
WRONG_REFUSALS = {"strict": 0.15, "balanced": 0.03, "eager": 0.005}  # shares of the answerable questions


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
    snapshot: Snapshot
    question: Question
    statements: Sequence[Statement]


def cases_of(folder: Path, documents: Sequence[str]) -> list[Case]:
    """Return the cases of the part of a data set that is there to fit."""
    name = folder.name
    raw = list(rows(folder / "queries.jsonl"))
    near = {row["query_id"]: row.get("near_doc_ids") or row["doc_ids"] for row in raw}
    whole = {row["query_id"]: row.get("rewrite", row["question"]) for row in raw}
    chance = random.Random(7)
    cases = []
    for query in read_queries(folder / "queries.jsonl"):
        unit = near[query.query_id][0] if name in (SQUAD, NAME) else query.query_id
        if part_of(name, unit) != "fit":
            continue
        query = replace(query, question=whole[query.query_id], history=())
        if query.answerable and query.evidence:
            own = set(near[query.query_id])
            cases.append(Case(query, [], "answerable"))
            cases.append(Case(query, [doc for doc in documents if doc not in own], "elsewhere"))
            other = change_identifier(query.question, query.question, chance) if name == NAME else None
            if other:
                changed = replace(query, question=other, evidence=(), answers=(), answerable=False)
                cases.append(Case(changed, [], "adversarial"))
        elif not query.answerable:
            cases.append(Case(query, [], "adversarial"))
    return cases


def read_cases(assistant: Assistant, cases: Iterable[Case]) -> list[Read]:
    """Search and read for every case."""
    found, reader = [], open_reader()
    for case in cases:
        snapshot = assistant.library.refresh()
        question = read_question(case.query.question, snapshot.rarity)
        hits = snapshot.search(question.asked, top_k=CANDIDATES, documents=case.scope)
        readings = read_passages(snapshot, reader, question, hits[:PASSAGES_READ])
        read = [hit for hit in hits if hit.rank in readings]
        statements = statements_of(snapshot, read)
        if not statements:
            continue
        features = sentence_features(snapshot, question, statements, readings)
        found.append(
            Read(
                case,
                features,
                np.asarray([_holds(case.query, s.document.doc_id, s.start, s.end) for s in statements]),
                passage_features(snapshot, question, read, readings),
                np.asarray(relevant_hits(case.query, read)),
                snapshot,
                question,
                statements,
            )
        )
    return found


def _holds(query: Query, doc_id: str, start: int, end: int) -> bool:
    return any(e.doc_id == doc_id and e.start < end and e.end > start for e in query.evidence)


def fit_choice(names: Sequence[str], rows: Sequence[tuple[Matrix, Matrix]]) -> dict[str, object]:
    """Fit the conditional logit: the probability that one of the right rows is chosen, for each (features, right)."""
    useful = [(features, right) for features, right in rows if right.any() and not right.all()]
    scaler = StandardScaler().fit(np.concatenate([features for features, _ in useful]))
    scaled = [(scaler.transform(features), right) for features, right in useful]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, gradient = 0.5 * PENALTY * float(weights @ weights), PENALTY * weights
        for features, right in scaled:
            logits = features @ weights
            total -= float(logsumexp(logits[right]) - logsumexp(logits))
            gradient = gradient - features[right].T @ softmax(logits[right]) + features.T @ softmax(logits)
        return total / len(scaled), gradient / len(scaled)

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return _regression(names, scaler, found.x, 0.0)


def fit_answer(names: Sequence[str], rows: Matrix, kinds: Sequence[str]) -> dict[str, object]:
    """Fit the probability that there is an answer, if questions come as `SHARES` says."""
    labels = np.asarray(kinds) == "answerable"
    weights = np.asarray([SHARES[kind] / np.mean(np.asarray(kinds) == kind) for kind in kinds])
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=ANSWER_FREEDOM, max_iter=5000).fit(
        scaler.transform(rows), labels, sample_weight=weights
    )
    return _regression(names, scaler, model.coef_[0], float(model.intercept_[0]))


def _regression(names: Sequence[str], scaler: StandardScaler, weights: Matrix, bias: float) -> dict[str, object]:
    return {
        "features": list(names),
        "mean": [round(float(v), 6) for v in scaler.mean_],
        "scale": [round(float(v), 6) for v in scaler.scale_],
        "weights": [round(float(v), 6) for v in weights],
        "bias": round(bias, 6),
    }


def answer_rows(reads: Sequence[Read]) -> Matrix:
    """Return the features that there is an answer, a row a case, by the sentences' probabilities as fitted now."""
    rows = []
    for read in reads:
        probabilities = sentence_regression(read.features).choice(read.features.rows)
        rows.append(answer_features(read.snapshot, read.question, read.statements, read.features, probabilities))
    return np.asarray(rows)


def levels(reads: Sequence[Read], confidences: Matrix, refused: float) -> dict[str, float]:
    """Return for each of `LEVELS` the least support from which so large a share of the first sentences is right.

    The cases count as `SHARES` says; what would be refused is no answer.
    """
    kinds = [read.case.kind for read in reads]
    share = {kind: SHARES[kind] / kinds.count(kind) for kind in set(kinds)}
    rated = []
    for read, confidence in zip(reads, confidences, strict=True):
        probabilities = sentence_regression(read.features).choice(read.features.rows)
        best = int(np.argmax(probabilities))
        right = read.case.kind == "answerable" and bool(read.holds[best])
        if confidence >= refused:
            rated.append((float(probabilities[best] * confidence), right, share[read.case.kind]))
    rated.sort(reverse=True)
    support, rights, weight = (np.asarray(column, dtype=float) for column in zip(*rated, strict=True))
    precision = np.cumsum(rights * weight) / np.cumsum(weight)
    found = {}
    for level, least in LEVELS.items():
        enough = np.flatnonzero(precision >= least)
        found[level] = round(float(support[enough[-1]]) if len(enough) else 1.0, 3)
    return found


def main() -> None:
    """Fit, write rag/answer/weights.json, and print what was learned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, default=Path("results/eval"))
    parser.add_argument("--questions", type=int, default=80, help="cases of each kind and set at most (default 80)")
    arguments = parser.parse_args()
    reads: list[Read] = []
    for name, (documents_of, *corpora), asked in SETTINGS:
        folder, documents = arguments.shared / "eval" / name, arguments.shared / "eval" / documents_of
        paths = [documents / corpus for corpus in corpora]
        if name == NAME:
            folder, paths = arguments.work / NAME, written_corpora(arguments.shared)
            written_queries(arguments.shared, folder / "queries.jsonl")
        assistant, _ = open_dataset(arguments.work, paths, folder / "queries.jsonl")
        cases = cases_of(folder, [entry.doc_id for entry in assistant.library.entries()])
        chosen = [case for kind in asked for case in _some(cases, kind, arguments.questions * EVERYDAY.get(name, 1))]
        reads += read_cases(assistant, chosen)
        print(f"{name} of {documents_of}, {', '.join(corpora)}: {len(chosen)} cases", flush=True)
    weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    right = [read for read in reads if read.case.kind == "answerable"]
    weights["sentence_by_reader"] = fit_choice(READER_FEATURES, [(read.features.rows, read.holds) for read in right])
    weights["passage"] = fit_choice(PASSAGE_FEATURES, [(read.passages, read.relevant) for read in right])
    _write(weights)
    features, kinds = answer_rows(reads), [read.case.kind for read in reads]
    weights["answer_by_reader"] = fit_answer(READER_ANSWER_FEATURES, features, kinds)
    _write(weights)
    probabilities = regression.regression("answer_by_reader", READER_ANSWER_FEATURES).probabilities(features)
    answerable = probabilities[np.asarray(kinds) == "answerable"]
    weights["refuse_below"]["by_reader"] = {
        refusal: round(float(np.quantile(answerable, share)), 3) for refusal, share in WRONG_REFUSALS.items()
    }
    weights["support"] = levels(reads, probabilities, weights["refuse_below"]["by_reader"]["balanced"])
    _write(weights)
    print(weights["support"])
    print(json.dumps({name: weights[name] for name in ("sentence_by_reader", "passage", "answer_by_reader")}, indent=1))
    print(weights["refuse_below"])


def _some(cases: Sequence[Case], kind: str, count: int) -> list[Case]:
    found = [case for case in cases if case.kind == kind]
    return random.Random(7).sample(found, min(count, len(found)))


def _write(weights: dict[str, object]) -> None:
    WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    regression.forget_weights()


if __name__ == "__main__":
    main()
