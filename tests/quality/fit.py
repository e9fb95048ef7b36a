"""Fit the two regressions of rag/extract.py on questions that may be trained on, and print what they are worth.

    python tests/quality/fit.py --shared ../shared

Trains on half of the articles of squad2_dev_half and half of qed_nq_dev, in the order of a hash of their ids; the other
halves are the test, on which every printed figure is measured. Unanswerable are the sets' own unanswerable questions,
and answerable ones asked of all documents but their own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from index.encoder import Encoder
from index.library import Library
from index.sync import add_documents
from rag import extract
from rag.assistant import REFUSE_BELOW, TOP_K
from rag.dataset import Query, read_corpus, read_queries
from rag.question import read_question

PENALTY = 1.0  # of the squared weights
WEIGHTS = Path(extract.__file__).with_name("weights.json")


@dataclass
class Example:
    """A question, where it may look, and whether an answer is there."""

    query: Query
    scope: list[str]
    answerable: bool
    kind: str


def is_training(name: str) -> bool:
    """Tell whether an article or question is in the training half; the same on every machine."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def squad_examples(folder: Path, count: int) -> tuple[list[Example], list[Example]]:
    docs = [document.doc_id for document in read_corpus(folder / "corpus.jsonl")]
    halves: dict[bool, list[Example]] = {True: [], False: []}
    raw = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    near = {row["query_id"]: (row["doc_ids"] or row["near_doc_ids"])[0] for row in raw}
    for query in read_queries(folder / "queries.jsonl"):
        article = near[query.query_id]
        halves[is_training(article)].append(
            Example(query, docs, query.answerable, "answerable" if query.answerable else "adversarial")
        )
        if query.answerable:
            elsewhere = [doc for doc in docs if doc != article]
            halves[is_training(article)].append(Example(query, elsewhere, False, "elsewhere"))
    return _balanced(halves[True], count), _balanced(halves[False], count)


def qed_examples(folder: Path, count: int) -> tuple[list[Example], list[Example]]:
    docs = [document.doc_id for document in read_corpus(folder / "corpus.jsonl")]
    halves: dict[bool, list[Example]] = {True: [], False: []}
    for query in read_queries(folder / "queries.jsonl"):
        if query.answerable:
            elsewhere = [doc for doc in docs if doc not in query.doc_ids]
            halves[is_training(query.query_id)] += [
                Example(query, docs, True, "answerable"), Example(query, elsewhere, False, "elsewhere")
            ]  # fmt: skip
    return _balanced(halves[True], count), _balanced(halves[False], count)


def _balanced(examples: Sequence[Example], count: int) -> list[Example]:
    """Return `count` answerable ones and as many others."""
    chosen = random.Random(7)
    yes = [e for e in examples if e.answerable]
    no = [e for e in examples if not e.answerable]
    return chosen.sample(yes, min(count, len(yes))) + chosen.sample(no, min(count, len(no)))


@dataclass
class Read:
    """An example with the signs of its sentences, and which of them hold the answer."""

    example: Example
    statements: list[extract.Statement]
    signs: NDArray[np.float64]
    holds: NDArray[np.bool_]


def read_examples(library: Library, examples: Sequence[Example]) -> list[Read]:
    found = []
    for example in examples:
        question = read_question(example.query.question, library.rarity)
        hits = library.search(example.query.question, top_k=TOP_K, documents=example.scope)
        statements = extract.statements_of(library, hits)
        if not statements:
            continue
        signs = extract.sentence_signs(library, question, statements)
        holds = [
            any(e.doc_id == d.doc_id and e.start < end and e.end > start for e in example.query.evidence)
            for d, _, start, end, _ in statements
        ]
        found.append(Read(example, statements, signs, np.asarray(holds)))
    return found


def fit_answers(signs: NDArray[np.float64], labels: NDArray[np.bool_]) -> dict[str, object]:
    scaler = StandardScaler().fit(signs)
    model = LogisticRegression(max_iter=2000).fit(scaler.transform(signs), labels)
    return _regression(extract.ANSWER_SIGNS, scaler, model.coef_[0], float(model.intercept_[0]))


def _regression(
    names: Sequence[str], scaler: StandardScaler, weights: NDArray[np.float64], bias: float
) -> dict[str, object]:
    return {
        "signs": list(names),
        "mean": [round(float(v), 6) for v in scaler.mean_],
        "scale": [round(float(v), 6) for v in scaler.scale_],
        "weights": [round(float(v), 6) for v in weights],
        "bias": round(bias, 6),
    }


def fit_sentences(reads: Iterable[Read]) -> dict[str, object]:
    """Fit the conditional logit: the probability that one of the sentences that hold the answer is chosen."""
    useful = [read for read in reads if read.example.answerable and read.holds.any() and not read.holds.all()]
    scaler = StandardScaler().fit(np.concatenate([read.signs for read in useful]))
    rows = [(scaler.transform(read.signs), read.holds) for read in useful]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = 0.5 * PENALTY * float(weights @ weights), PENALTY * weights
        for signs, holds in rows:
            logits = signs @ weights
            total -= float(logsumexp(logits[holds]) - logsumexp(logits))
            gradient = gradient - signs[holds].T @ softmax(logits[holds]) + signs.T @ softmax(logits)
        return total / len(rows), gradient / len(rows)

    found = minimize(loss, np.zeros(len(extract.SENTENCE_SIGNS)), jac=True, method="L-BFGS-B")
    return _regression(extract.SENTENCE_SIGNS, scaler, found.x, 0.0)


def answer_rows(library: Library, reads: Iterable[Read]) -> NDArray[np.float64]:
    rows = []
    for read in reads:
        question = read_question(read.example.query.question, library.rarity)
        candidates = extract.rank_sentences(read.statements, read.signs)
        rows.append(extract.answer_signs(library, question, candidates))
    return np.asarray(rows)


def first_sentence_rate(reads: Iterable[Read], column: str | None = None) -> tuple[float, int]:
    """Return how often the first sentence holds the answer, by chance or by one sign alone, and of how many."""
    right = []
    for read in reads:
        if read.example.answerable:
            order = (
                extract.sentence_chances(read.signs)
                if column is None
                else read.signs[:, extract.SENTENCE_SIGNS.index(column)]
            )
            right.append(bool(read.holds[int(np.argmax(order))]))
    return float(np.mean(right)), len(right)


def report(library: Library, name: str, reads: Sequence[Read]) -> None:
    for column in (None, "similarity", "coverage"):
        rate, number = first_sentence_rate(reads, column)
        print(f"{name}: first sentence holds the answer, by {column or 'all signs'}: {rate:.3f} of {number}")
    chances = extract.answer_chances(answer_rows(library, reads))
    labels = np.asarray([read.example.answerable for read in reads])
    kinds = np.asarray([read.example.kind for read in reads])
    for kind in sorted(set(kinds) - {"answerable"}):
        some = labels | (kinds == kind)
        auroc = roc_auc_score(labels[some], chances[some])
        refused = (chances[kinds == kind] < REFUSE_BELOW).mean()
        print(
            f"{name}: answerable or {kind}: AUROC {auroc:.3f}; "
            f"refused below {REFUSE_BELOW}: {refused:.3f} of {sum(kinds == kind)}"
        )
    print(
        f"{name}: wrong refusals below {REFUSE_BELOW}: {(chances[labels] < REFUSE_BELOW).mean():.3f} of {labels.sum()}"
    )
    for share in (0.02, 0.05, 0.1):
        print(f"{name}: {share:.0%} of the answerable are below {np.quantile(chances[labels], share):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, default=Path("results/fit"))
    parser.add_argument("--questions", type=int, default=700, help="answerable ones of each set and half")
    arguments = parser.parse_args()
    sets = {"squad2_dev_half": squad_examples, "qed_nq_dev": qed_examples}
    encoder = Encoder()
    training: list[tuple[Library, list[Read]]] = []
    testing: list[tuple[str, Library, list[Read]]] = []
    for name, examples in sets.items():
        library = Library(arguments.work / name, encoder)
        add_documents(library, read_corpus(arguments.shared / "eval" / name / "corpus.jsonl"))
        train, test = examples(arguments.shared / "eval" / name, arguments.questions)
        training.append((library, read_examples(library, train)))
        testing.append((name, library, read_examples(library, test)))
        print(f"{name}: {len(train)} questions to train on, {len(test)} to test", flush=True)
    weights: dict[str, object] = {"sentence": fit_sentences(read for _, reads in training for read in reads)}
    _write(weights | {"answer": None})
    rows = np.concatenate([answer_rows(library, reads) for library, reads in training])
    labels = np.asarray([read.example.answerable for _, reads in training for read in reads])
    weights["answer"] = fit_answers(rows, labels)
    _write(weights)
    for name, library, reads in testing:
        report(library, name, reads)


def _write(weights: dict[str, object]) -> None:
    WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    extract.forget_weights()


if __name__ == "__main__":
    main()
