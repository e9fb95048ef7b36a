"""Fit the regressions that weigh what was found, and choose below which confidence an answer is refused.

    python tests/quality/fit.py --shared ../shared

Fitted on the parts of squad2_dev_half, qed_nq_dev, clapnq_dev and of what was written for this project that the reader
was not trained on and that no figure is reported on: see `part_of` in rag/reader/training/examples.py; what lies beside
the training is asked among its own documents of that part, as few as a household's. Those for answers without the
reader are fitted on questions written in other languages, of which only the part for tests is kept apart, and on the
English ones. Unanswerable are squad's adversarial questions, near misses, questions of which a number or date was
changed, and answerable ones asked of all documents but their own. From which support an answer is called well or partly
supported is fitted on whole answers to what was written in English.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cases import CLAPNQ, FOREIGN, HOME, LANGUAGES, QED, SQUAD, Case, Read, cases_of, read_cases, told_of
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from table import first_lands

from rag.answer import regression
from rag.answer.again import AGAIN_FEATURES, READ_AGAIN, again_rows
from rag.answer.extract import (
    answer_regression,
    sentence_regression,
)
from rag.answer.features import (
    PASSAGE_FEATURES,
    READER_ANSWER_FEATURES,
    READER_FEATURES,
    SIMILARITY_ANSWER_FEATURES,
    SIMILARITY_FEATURES,
    answer_features,
)
from rag.answer.regression import Matrix
from rag.answer.spoken import SPOKEN_FEATURES
from rag.conversation.leaning import LEANING_FEATURES, leaning_features
from rag.evaluation.evaluate import evaluate, open_dataset
from rag.reader.model import open_reader
from rag.reader.protocol import Reader
from rag.reader.training.written import (
    ENGLISH,
    NAME,
    OTHER_LANGUAGES,
    OWN,
    corpus_of_part,
    folder_of,
    part_of_row,
    rows,
    written_corpora,
    written_queries,
)

PENALTY = 1.0  # of the squared weights
ANSWER_FREEDOM, LEANING_FREEDOM = 0.03, 0.3  # inverses of the penalty, as scikit-learn has it
WEIGHTS = Path(regression.__file__).with_name("weights.json")
# (whose questions, of which documents, which kinds): questions about other documents are asked where no other article
# can hold their answer by chance, so not among squad's distractors.
SETTINGS = (
    (NAME, (NAME,), ("answerable", "adversarial", "elsewhere")),
    (HOME, (HOME,), ("answerable", "adversarial", "elsewhere")),
    (FOREIGN, (FOREIGN,), ("answerable", "adversarial", "elsewhere")),
    (SQUAD, (SQUAD, "corpus.jsonl"), ("answerable", "adversarial", "elsewhere")),
    (SQUAD, (QED, "corpus.jsonl"), ("elsewhere",)),
    (QED, (QED, "corpus.jsonl"), ("answerable", "elsewhere")),
    (QED, (SQUAD, "corpus.jsonl"), ("elsewhere",)),
    (CLAPNQ, (CLAPNQ, "corpus.jsonl"), ("answerable", "adversarial", "elsewhere")),
)
# The same without the reader: (which of what was written, of how many of each kind).
BY_SIMILARITY = ((LANGUAGES, 160), (NAME, 80))
UNSURE = 0.8  # probability of the likeliest sentence, up to which the likeliest are read again to fit what weighs them
AGAIN = 350  # questions of which the likeliest sentences are read again
ANSWERED = 2000  # questions whose answers say how they are to be called
EVERYDAY = {NAME: 2, HOME: 3}  # of what people ask most, so many times as many
# What is asked, as it is assumed: half of it can be answered, and most of the rest is about something else altogether.
SHARES = {"answerable": 0.6, "elsewhere": 0.2, "adversarial": 0.2}
# Shares of the answers that must be right of those called well supported, and of those called partly supported.
LEVELS = {"well": 0.95, "partly": 0.75}
WRONG_REFUSALS = {"strict": 0.15, "balanced": 0.04, "eager": 0.005}  # shares of the answerable questions
WITHOUT_READER = {"strict": 0.2, "balanced": 0.04, "eager": 0.01}


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
        rows.append(answer_features(read.question, read.statements, read.features, probabilities, read.unknown))
    return np.asarray(rows)


def levels(rated: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """Return for each of `LEVELS` the least support that is called so: of those so called, so large a share is right.

    `rated` are the supports of answers, and whether each is right.
    """
    rated = sorted(rated, reverse=True)
    found = {}
    for level, least in LEVELS.items():
        rights = np.asarray([right for _, right in rated], dtype=float)
        enough = np.flatnonzero(np.cumsum(rights) / np.arange(1, len(rated) + 1) >= least)
        called = int(enough[-1]) + 1 if len(enough) else 0
        found[level] = round(rated[called - 1][0], 3) if called else 1.0
        rated = rated[called:]
    return found


def main() -> None:
    """Fit, write rag/answer/weights.json, and print what was learned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, default=Path("results/eval"))
    parser.add_argument("--questions", type=int, default=80, help="cases of each kind and set at most (default 80)")
    parser.add_argument(
        "--only", choices=("similarity", "reader", "again", "conversation", "levels"), help="what judges the sentences"
    )
    arguments = parser.parse_args()
    weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    fits = {
        "similarity": fit_by_similarity,
        "reader": fit_by_reader,
        "again": fit_again,
        "conversation": fit_conversation,
        "levels": fit_levels,
    }
    for name, fit in fits.items():
        if arguments.only in (None, name):
            fit(arguments, weights)


def fit_by_reader(arguments: argparse.Namespace, weights: dict[str, Any]) -> None:
    """Fit what weighs the reader's findings."""
    reads: list[Read] = []
    for name, (documents_of, *corpora), asked in SETTINGS:
        folder, documents = arguments.shared / "eval" / name, arguments.shared / "eval" / documents_of
        paths = [documents / corpus for corpus in corpora]
        if name == NAME:
            folder, paths = arguments.work / NAME, written_corpora(arguments.shared)
            written_queries(arguments.shared, folder / "queries.jsonl")
        elif name in (HOME, FOREIGN):
            folder, kinds = arguments.work / name, OWN if name == HOME else OTHER_LANGUAGES
            paths = [corpus_of_part(arguments.shared, folder / "fit.corpus.jsonl", "fit", kinds=kinds)]
            written_queries(arguments.shared, folder / "queries.jsonl", part="fit", kinds=kinds)
        count = arguments.questions * EVERYDAY.get(name, 1)
        reads += _reads(arguments.work, folder, paths, asked, count, open_reader())
        print(f"{name} of {documents_of}, {', '.join(corpora)}: {len(reads)} cases", flush=True)
    right = [read for read in reads if read.case.kind == "answerable"]
    weights["sentence_by_reader"] = fit_choice(READER_FEATURES, [(read.features.rows, read.holds) for read in right])
    weights["passage"] = fit_choice(PASSAGE_FEATURES, [(read.passages, read.relevant) for read in right])
    probabilities = _fit_answers(weights, "answer_by_reader", READER_ANSWER_FEATURES, reads)
    weights["refuse_below"]["by_reader"] = _refusals(reads, probabilities, WRONG_REFUSALS)
    _write(weights)
    names = ("sentence_by_reader", "passage", "answer_by_reader", "refuse_below")
    print(json.dumps({name: weights[name] for name in names}, indent=1))


def fit_again(arguments: argparse.Namespace, weights: dict[str, Any]) -> None:
    """Fit what weighs the likeliest sentences that are read once more, on the questions where none is sure."""
    folder, reader = arguments.work / HOME, open_reader()
    corpus = corpus_of_part(arguments.shared, folder / "fit.corpus.jsonl", "fit", kinds=OWN)
    written = written_queries(arguments.shared, folder / "queries.jsonl", part="fit", kinds=OWN)
    assistant, _ = open_dataset(arguments.work, [corpus], written)
    documents = [entry.doc_id for entry in assistant.library.entries()]
    cases = [case for case in cases_of(folder, documents) if case.kind == "answerable"]
    cases = random.Random(11).sample(cases, min(len(cases), AGAIN))
    rows = []
    for read in read_cases(assistant, cases, reader):
        probabilities = sentence_regression(read.features).choice(read.features.rows)
        likeliest = np.argsort(-probabilities, kind="stable")[:READ_AGAIN]
        statements = [read.statements[i] for i in likeliest]
        found = again_rows(reader, read.question, statements, probabilities[likeliest])
        if found is not None and probabilities.max() <= UNSURE:
            rows.append((found, read.holds[likeliest]))
    weights["sentence_again"] = fit_choice(AGAIN_FEATURES, rows)
    _write(weights)
    print(f"{len(cases)} questions, of {len(rows)} none is sure", json.dumps(weights["sentence_again"]["weights"]))


def fit_conversation(arguments: argparse.Namespace, weights: dict[str, Any]) -> None:
    """Fit whether a question leans on what was said, and how much it counts that a place is in that document."""
    raw = [row for kind in (*OWN, *ENGLISH) for row in rows(folder_of(arguments.shared, kind) / "raw.jsonl")]
    raw = [row for row in raw if part_of_row(row) != "test"]
    features = np.asarray([leaning_features(row["question"]) for row in raw])
    leans = np.asarray([bool(row.get("history")) for row in raw])
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=LEANING_FREEDOM, max_iter=5000, class_weight="balanced")
    model.fit(scaler.transform(features), leans)
    weights["leaning"] = _regression(LEANING_FEATURES, scaler, model.coef_[0], float(model.intercept_[0]))
    _write(weights)
    print(f"leaning: {leans.sum():,} of {len(raw):,} questions", flush=True)
    told = list(told_of(arguments))
    print(f"{len(told)} questions after others", flush=True)
    weights["spoken_sentence"] = fit_more([(t.sentences, t.sentence_logits, t.holds) for t in told])
    weights["spoken_passage"] = fit_more([(t.passages, t.passage_logits, t.relevant) for t in told])
    _write(weights)
    print(json.dumps({name: weights[name]["weights"] for name in ("spoken_sentence", "spoken_passage")}))


def fit_more(rows: Sequence[tuple[Matrix, Matrix, Matrix]]) -> dict[str, object]:
    """Fit log-odds that are added to those of `fit_choice`: for each question (features, log-odds, right)."""
    useful = [(features, logits, right) for features, logits, right in rows if right.any() and not right.all()]

    def loss(weights: Matrix) -> float:
        total = 0.5 * PENALTY * float(weights @ weights)
        for features, logits, right in useful:
            added = logits + features @ weights
            total -= float(logsumexp(added[right]) - logsumexp(added))
        return total / len(useful)

    found = minimize(loss, np.zeros(len(SPOKEN_FEATURES)), method="L-BFGS-B")
    scaler = StandardScaler(with_mean=False, with_std=False)
    scaler.mean_, scaler.scale_ = np.zeros(len(SPOKEN_FEATURES)), np.ones(len(SPOKEN_FEATURES))
    return _regression(SPOKEN_FEATURES, scaler, found.x, 0.0)


def fit_levels(arguments: argparse.Namespace, weights: dict[str, Any]) -> None:
    """Fit from which support an answer is called well or partly supported, on answers as they are given."""
    folder, kinds = arguments.work / "levels", (*OWN, *ENGLISH)
    corpus = corpus_of_part(arguments.shared, folder / "corpus.jsonl", "fit", kinds=kinds)
    written = written_queries(arguments.shared, folder / "queries.jsonl", part="fit", kinds=kinds)
    assistant, queries = open_dataset(arguments.work, [corpus], written)
    alone = [query for query in queries if not query.history]
    results = list(evaluate(assistant, random.Random(7).sample(alone, min(len(alone), ANSWERED))))
    rated = [(r.answer.sentences[0].support, first_lands(r)) for r in results if r.answer.sentences]
    weights["support"] = levels(rated)
    _write(weights)
    print(f"{len(results)} questions, {len(rated)} answered", json.dumps(weights["support"]))


def fit_by_similarity(arguments: argparse.Namespace, weights: dict[str, Any]) -> None:
    """Fit what weighs sentences that the reader can't read."""
    reads: list[Read] = []
    for name, count in BY_SIMILARITY:
        folder = arguments.work / name
        kinds = (LANGUAGES,) if name == LANGUAGES else ENGLISH
        written_queries(arguments.shared, folder / "queries.jsonl", kinds=kinds)
        paths = written_corpora(arguments.shared, kinds)
        asked = ("answerable", "adversarial", "elsewhere")
        reads += _reads(arguments.work, folder, paths, asked, count, open_reader("none"))
        print(f"{name} without the reader: {len(reads)} cases", flush=True)
    right = [read for read in reads if read.case.kind == "answerable"]
    weights["sentence"] = fit_choice(SIMILARITY_FEATURES, [(read.features.rows, read.holds) for read in right])
    probabilities = _fit_answers(weights, "answer", SIMILARITY_ANSWER_FEATURES, reads)
    weights["refuse_below"]["by_similarity"] = _refusals(reads, probabilities, WITHOUT_READER)
    _write(weights)
    print(json.dumps({name: weights[name] for name in ("sentence", "answer", "refuse_below")}, indent=1))


def _reads(
    work: Path, folder: Path, paths: Sequence[Path], asked: Sequence[str], count: int, reader: Reader
) -> list[Read]:
    assistant, _ = open_dataset(work, paths, folder / "queries.jsonl")
    cases = cases_of(folder, [entry.doc_id for entry in assistant.library.entries()])
    return read_cases(assistant, [case for kind in asked for case in _some(cases, kind, count)], reader)


def _fit_answers(weights: dict[str, Any], name: str, features: Sequence[str], reads: Sequence[Read]) -> Matrix:
    """Fit that there is an answer by the sentences' probabilities as they are fitted now; return the probabilities."""
    _write(weights)
    rows = answer_rows(reads)
    weights[name] = fit_answer(features, rows, [read.case.kind for read in reads])
    _write(weights)
    return answer_regression(reads[0].features).probabilities(rows)


def _refusals(reads: Sequence[Read], probabilities: Matrix, shares: Mapping[str, float]) -> dict[str, float]:
    answerable = probabilities[[read.case.kind == "answerable" for read in reads]]
    return {refusal: round(float(np.quantile(answerable, share)), 3) for refusal, share in shares.items()}


def _some(cases: Sequence[Case], kind: str, count: int) -> list[Case]:
    found = [case for case in cases if case.kind == kind]
    return random.Random(7).sample(found, min(count, len(found)))


def _write(weights: dict[str, Any]) -> None:
    WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    regression.forget_weights()


if __name__ == "__main__":
    main()
