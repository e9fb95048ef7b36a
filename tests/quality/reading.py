"""Measure the reader alone, given the right passage: short answers, sentences, and whether it sees that there is none.

    python tests/quality/reading.py --shared ../shared [--trained results/reader/trained ...]

Without --trained it is the shipped reader; with it, networks as `rag.reader.training.train` left them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from index.models import Encoder
from index.records import Document
from index.text.passages import split_document
from index.text.sentences import split_sentences
from rag.evaluation.dataset import read_corpus
from rag.evaluation.evaluate import token_scores
from rag.reader.default import ShippedReader
from rag.reader.protocol import Reader, Reading, ToRead
from rag.reader.training.examples import Part, part_of
from rag.reader.training.written import ENGLISH, OWN, corpus_of_part, written_queries

WRITTEN = {"written": ENGLISH, "own": OWN}
SETS = ("squad2_dev_half", "new_wiki", "amazon_reviews", "qed_nq_dev", "coqa", *WRITTEN)
WORK = Path("results/eval")


@dataclass(frozen=True)
class Item:
    """A question with the passage that it is about."""

    question: str
    header: str
    passage: str
    answers: Sequence[str]
    spans: Sequence[tuple[int, int]]
    answerable: bool


def folder_of(shared: Path, name: str, part: Part) -> Path:
    """Return the folder of a set; that of what was written for this project is made, of one part."""
    if name not in WRITTEN:
        return shared / "eval" / name
    folder = WORK / "reading" / part / name
    corpus_of_part(shared, folder / "corpus.jsonl", part, kinds=WRITTEN[name])
    written_queries(shared, folder / "queries.jsonl", part=part, kinds=WRITTEN[name])
    return folder


def items_of(folder: Path, encoder: Encoder, part: Part) -> Iterator[Item]:
    """Yield the questions of one part of a set, each with the passage that holds its answer."""
    name = folder.name
    documents = {document.doc_id: document for document in read_corpus(folder / "corpus.jsonl")}
    passages: dict[str, list[tuple[int, int]]] = {}
    for line in (folder / "queries.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        doc_id = (row["doc_ids"] or row.get("near_doc_ids") or [""])[0]
        if doc_id not in documents or not _is_of(part, name, doc_id, row):
            continue
        document = documents[doc_id]
        if doc_id not in passages:
            passages[doc_id] = [(d.start, d.end) for d in split_document(document, encoder.token_starts)]
        item = _item(row, document, passages[doc_id])
        if item is not None:
            yield item


def _is_of(part: Part, name: str, doc_id: str, row: dict[str, Any]) -> bool:
    if name == "squad2_dev_half":
        return part_of(name, doc_id) == part
    if name in ("qed_nq_dev", "clapnq_dev"):
        return part_of(name, row["query_id"]) == part
    return not row.get("history")


def _item(row: dict[str, Any], document: Document, passages: Sequence[tuple[int, int]]) -> Item | None:
    at = (row.get("evidence") or row.get("passage") or [{"start": 0}])[0]["start"]
    found = [(start, end) for start, end in passages if start <= at < end]
    if not found or (row["answerable"] and not row.get("evidence")):
        return None
    start, end = found[0]
    spans = [(e["start"] - start, e["end"] - start) for e in row["evidence"]]
    text = document.text[start:end]
    return Item(row["question"], document.title, text, row["answers"], spans, row["answerable"])


def measure(reader: Reader, items: Sequence[Item]) -> dict[str, float | int]:
    """Return token F1 and exact matches of the best span, the share of right sentences, and AUROC of answerable."""
    f1, exact, right, scores = [], [], [], []
    for item in items:
        [reading] = reader.read(item.question, [ToRead(item.header, item.passage)]) or [None]
        span = reading.best_span(0, len(item.passage)) if reading else None
        scores.append(span.score if span else -20.0)
        if item.answerable and reading and span:
            words = item.passage[span.start : span.end]
            f1.append(max(token_scores(words, answer)[1] for answer in item.answers))
            exact.append(f1[-1] == 1.0)
            right.append(_sentence_is_right(item, reading))
    found: dict[str, float | int] = {
        "questions": len(f1),
        "f1": _mean(f1),
        "exact": _mean(exact),
        "sentence": _mean(right),
    }
    labels = [item.answerable for item in items]
    if not all(labels):
        found |= {"unanswerable": labels.count(False), "auroc": round(float(roc_auc_score(labels, scores)), 4)}
    return found


def _sentence_is_right(item: Item, reading: Reading) -> bool:
    best = max(split_sentences(item.passage), key=lambda s: getattr(reading.best_span(*s), "score", -99.0))
    return any(start < best[1] and end > best[0] for start, end in item.spans)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


class TrainedReader(ShippedReader):
    """A network as the training left it, in PyTorch."""

    def load(self) -> None:
        if self._network is None:
            import torch

            from rag.networks import open_tokenizer
            from rag.reader.training.network import ReaderNetwork

            network = ReaderNetwork.load(self._folder).eval()
            self._tokenizer = open_tokenizer(self._folder)

            class Network:
                def run(self, batch: dict[str, Any]) -> dict[str, Any]:
                    with torch.inference_mode():
                        found = network(**{name: torch.from_numpy(rows) for name, rows in batch.items()})
                    return {name: logits.numpy() for name, logits in found.items()}

            self._network = Network()


def main() -> None:
    """Print the measures of every set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--trained", type=Path, nargs="*", default=[])
    parser.add_argument("--questions", type=int, default=600, help="of each set at most (default 600)")
    parser.add_argument("--part", default="test", choices=("fit", "test"), help="fit: to choose by; test: to report")
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    arguments = parser.parse_args()
    encoder = Encoder()
    readers = [(str(path), TrainedReader(path)) for path in arguments.trained] or [("shipped", ShippedReader())]
    for name in arguments.sets:
        items = list(items_of(folder_of(arguments.shared, name, arguments.part), encoder, arguments.part))
        items = random.Random(11).sample(items, min(arguments.questions, len(items)))
        for label, reader in readers:
            print(f"{name:16} {label:32}", measure(reader, items), flush=True)


if __name__ == "__main__":
    main()
