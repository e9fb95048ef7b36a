"""Fit the regressions that weigh what the reader found, and choose below which confidence an answer is refused.

    python tests/quality/fit.py --shared ../shared

Fitted on the parts of squad2_dev_half (among its distractors), qed_nq_dev and clapnq_dev that the reader was not
trained on and that no figure is reported on: see `part_of` in rag/reader/training/examples.py. Unanswerable are squad's
adversarial questions, and answerable ones asked of all documents but their own.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    PASSAGE_SIGNS,
    READER_ANSWER_SIGNS,
    READER_SIGNS,
    Signs,
    Statement,
    answer_signs,
    passage_signs,
    sentence_signs,
)
from rag.answer.regression import Matrix
from rag.assistant import CANDIDATES, Assistant
from rag.evaluation.dataset import Query, read_queries
from rag.evaluation.evaluate import open_dataset, relevant_hits
from rag.question import Question, read_question
from rag.reader.model import open_reader
from rag.reader.training.examples import part_of

PENALTY = 1.0  # of the squared weights
ANSWER_FREEDOM = 0.03  # inverse of the penalty, as scikit-learn has it
WEIGHTS = Path(regression.__file__).with_name("weights.json")
# (whose questions, of which documents, which kinds): questions about other documents are asked where no other article
# can hold their answer by chance, so not among squad's distractors.
SQUAD, QED, CLAPNQ = "squad2_dev_half", "qed_nq_dev", "clapnq_dev"
SETTINGS = (
    (SQUAD, (SQUAD, "corpus.jsonl", "corpus_distractors.jsonl"), ("answerable", "adversarial")),
    (SQUAD, (SQUAD, "corpus.jsonl"), ("answerable", "adversarial", "elsewhere")),
    (SQUAD, (QED, "corpus.jsonl"), ("elsewhere",)),
    (QED, (QED, "corpus.jsonl"), ("answerable", "elsewhere")),
    (QED, (SQUAD, "corpus.jsonl"), ("elsewhere",)),
    (CLAPNQ, (CLAPNQ, "corpus.jsonl"), ("answerable", "adversarial", "elsewhere")),
)
# What is asked, as it is assumed: half of it can be answered, and most of the rest is about something else altogether.
SHARES = {"answerable": 0.5, "elsewhere": 0.375, "adversarial": 0.125}
WRONG_REFUSALS = {"strict": 0.15, "balanced": 0.03, "eager": 0.005}  # shares of the answerable questions


@dataclass
class Case:
    """A question, where it may look, and whether an answer is there."""

    query: Query
    scope: list[str]
    kind: str


@dataclass
class Read:
    """A case with the signs of its sentences and passages, and which of them hold the answer."""

    case: Case
    signs: Signs
    holds: Matrix
    passages: Matrix
    relevant: Matrix
    snapshot: Snapshot
    question: Question
    statements: Sequence[Statement]


def cases_of(folder: Path, documents: Sequence[str]) -> list[Case]:
    """Return the cases of the part of a data set that is there to fit."""
    name = folder.name
    raw = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    near = {row["query_id"]: row.get("near_doc_ids") or row["doc_ids"] for row in raw}
    cases = []
    for query in read_queries(folder / "queries.jsonl"):
        unit = near[query.query_id][0] if name == SQUAD else query.query_id
        if part_of(name, unit) != "fit":
            continue
        if query.answerable and query.evidence:
            own = set(near[query.query_id])
            cases.append(Case(query, [], "answerable"))
            cases.append(Case(query, [doc for doc in documents if doc not in own], "elsewhere"))
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
        signs = sentence_signs(snapshot, question, statements, readings)
        found.append(
            Read(
                case,
                signs,
                np.asarray([_holds(case.query, s.document.doc_id, s.start, s.end) for s in statements]),
                passage_signs(snapshot, question, read, readings),
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
    """Fit the conditional logit: the probability that one of the right rows is chosen, for each (signs, right)."""
    useful = [(signs, right) for signs, right in rows if right.any() and not right.all()]
    scaler = StandardScaler().fit(np.concatenate([signs for signs, _ in useful]))
    scaled = [(scaler.transform(signs), right) for signs, right in useful]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, gradient = 0.5 * PENALTY * float(weights @ weights), PENALTY * weights
        for signs, right in scaled:
            logits = signs @ weights
            total -= float(logsumexp(logits[right]) - logsumexp(logits))
            gradient = gradient - signs[right].T @ softmax(logits[right]) + signs.T @ softmax(logits)
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
        "signs": list(names),
        "mean": [round(float(v), 6) for v in scaler.mean_],
        "scale": [round(float(v), 6) for v in scaler.scale_],
        "weights": [round(float(v), 6) for v in weights],
        "bias": round(bias, 6),
    }


def answer_rows(reads: Sequence[Read]) -> Matrix:
    """Return the signs that there is an answer, a row a case, by the sentences' chances as they are fitted now."""
    rows = []
    for read in reads:
        chances = sentence_regression(read.signs).choice(read.signs.rows)
        rows.append(answer_signs(read.snapshot, read.question, read.statements, read.signs, chances))
    return np.asarray(rows)


def main() -> None:
    """Fit, write rag/answer/weights.json, and print what was learned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, default=Path("results/eval"))
    parser.add_argument("--questions", type=int, default=400, help="cases of each kind and set at most (default 400)")
    arguments = parser.parse_args()
    reads: list[Read] = []
    for name, (documents_of, *corpora), kinds in SETTINGS:
        folder, documents = arguments.shared / "eval" / name, arguments.shared / "eval" / documents_of
        assistant, _ = open_dataset(arguments.work, [documents / c for c in corpora], folder / "queries.jsonl")
        cases = cases_of(folder, [entry.doc_id for entry in assistant.library.entries()])
        chosen = [case for kind in kinds for case in _some(cases, kind, arguments.questions)]
        reads += read_cases(assistant, chosen)
        print(f"{name} of {documents_of}, {', '.join(corpora)}: {len(chosen)} cases", flush=True)
    weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    right = [read for read in reads if read.case.kind == "answerable"]
    weights["sentence_by_reader"] = fit_choice(READER_SIGNS, [(read.signs.rows, read.holds) for read in right])
    weights["passage"] = fit_choice(PASSAGE_SIGNS, [(read.passages, read.relevant) for read in right])
    _write(weights)
    rows, kinds = answer_rows(reads), [read.case.kind for read in reads]
    weights["answer_by_reader"] = fit_answer(READER_ANSWER_SIGNS, rows, kinds)
    _write(weights)
    chances = regression.regression("answer_by_reader", READER_ANSWER_SIGNS).chances(rows)
    answerable = chances[np.asarray(kinds) == "answerable"]
    weights["refuse_below"]["by_reader"] = {
        refusal: round(float(np.quantile(answerable, share)), 3) for refusal, share in WRONG_REFUSALS.items()
    }
    _write(weights)
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
