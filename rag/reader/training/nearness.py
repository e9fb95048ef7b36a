"""Gather questions with the passages of a document that answer them, for the embedding model to learn from.

    python -m rag.reader.training.nearness --shared ../shared --out results/encoder/pool

Writes written.jsonl (what was written for this project, in English), one file for each of squad2_dev_half, qed_nq_dev
and clapnq_dev, and public.jsonl, each of the part that trains, as `index.models.making.tune` reads them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index import Document
from index.models import Encoder
from index.store.records import indexed_text
from index.text.passages import split_document
from rag.evaluation.dataset import Evidence, read_corpus, read_queries
from rag.reader.training.examples import part_of
from rag.reader.training.public_sets import TAKEN, rows_of_set
from rag.reader.training.written import ENGLISH, NAME, OWN, corpus_of_part, rows, written_queries

_PUBLIC = 5000  # passages of the public sets
_LONGEST = 60  # passages of an article there


@dataclass
class Asked:
    """The passages of a document, or of several of one title, and its questions with the numbers of what answers."""

    passages: list[str] = field(default_factory=list)
    questions: list[tuple[str, list[int]]] = field(default_factory=list)
    _spans: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)  # of a text: start, end, number

    def add(self, document: Document, encoder: Encoder) -> None:
        """Add the passages that the index would make of a document, once."""
        if document.doc_id in self._spans:
            return
        drafts = list(split_document(document, encoder.token_starts))
        begin, text = len(self.passages), document.text
        self._spans[document.doc_id] = [(d.start, d.end, begin + i) for i, d in enumerate(drafts)]
        self.passages += [indexed_text(document.title, d.heading, text[d.start : d.end]) for d in drafts]

    def ask(self, question: str, evidence: Iterable[Evidence]) -> None:
        """Add a question, if any of its evidence is in the passages."""
        right = {
            number
            for place in evidence
            for start, end, number in self._spans.get(place.doc_id, ())
            if start < place.end and end > place.start
        }
        if right:
            self.questions.append((question, sorted(right)))


def of_documents(corpus: Path, queries: Path, encoder: Encoder, whole: Mapping[str, str]) -> list[Asked]:
    """Return the documents of a question set; `whole` has other wordings of questions, by id: of follow-ups."""
    asked: dict[str, Asked] = defaultdict(Asked)
    for document in read_corpus(corpus):
        asked[document.doc_id].add(document, encoder)
    for query in read_queries(queries):
        for doc_id in dict.fromkeys(place.doc_id for place in query.evidence):
            if doc_id in asked and (not query.history or query.query_id in whole):
                asked[doc_id].ask(whole.get(query.query_id, query.question), query.evidence)
    return list(asked.values())


def written(shared: Path, work: Path, encoder: Encoder) -> list[Asked]:
    """Return what was written for this project."""
    kinds = (*OWN, *ENGLISH)
    corpus = corpus_of_part(shared, work / "written_corpus.jsonl", "train", kinds=kinds)
    queries = written_queries(shared, work / "written_queries.jsonl", part="train", kinds=kinds)
    whole = {row["query_id"]: row["rewrite"] for row in rows(queries) if row.get("rewrite")}
    return of_documents(corpus, queries, encoder, whole)


def evaluated(shared: Path, work: Path, name: str, encoder: Encoder) -> list[Asked]:
    """Return the part that trains of a set of `../shared/eval`."""
    folder, queries = shared / "eval" / name, work / f"{name}_queries.jsonl"
    with queries.open("w", encoding="utf-8") as file:
        for row in rows(folder / "queries.jsonl"):
            by_article = name == "squad2_dev_half"
            if row["answerable"] and part_of(name, row["doc_ids"][0] if by_article else row["query_id"]) == "train":
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return of_documents(folder / "corpus.jsonl", queries, encoder, {})


def public(shared: Path, encoder: Encoder, rng: random.Random) -> Iterator[Asked]:
    """Yield some articles of the public sets, none of SQuAD's development part."""
    articles: dict[tuple[str, str], Asked] = defaultdict(Asked)
    for name, count in TAKEN.items():
        found = [row for row in rows_of_set(shared, name) if row["answerable"] and row["language"] == "en"]
        for row in rng.sample(found, min(count, len(found))):
            _add(articles[name, row["title"] or row["context"]], row, encoder)
    left = _PUBLIC
    for article in rng.sample(list(articles.values()), len(articles)):
        if left > 0 and len(article.passages) <= _LONGEST:
            left -= len(article.passages)
            yield article


def _add(article: Asked, row: Mapping[str, Any], encoder: Encoder) -> None:
    text = row["context"]
    article.add(Document(text, text, row["title"], "text/plain", text, {}, (), "", 0.0), encoder)
    places = [Evidence(text, one["start"], one["start"] + len(one["text"])) for one in row["answers"]]
    article.ask(row["question"], places)


def _write(path: Path, documents: Iterable[Asked]) -> None:
    kept: Sequence[Asked] = [one for one in documents if one.questions]
    with path.open("w", encoding="utf-8") as file:
        for one in kept:
            row = {"passages": one.passages, "questions": one.questions}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    passages, questions = (sum(len(getattr(one, name)) for one in kept) for name in ("passages", "questions"))
    print(f"{path.name}: {len(kept):,} documents, {passages:,} passages, {questions:,} questions", flush=True)


def main() -> None:
    """Gather from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    work, encoder = options.out / "work", Encoder()
    work.mkdir(parents=True, exist_ok=True)
    _write(options.out / f"{NAME}.jsonl", written(options.shared, work, encoder))
    for name in ("squad2_dev_half", "qed_nq_dev", "clapnq_dev"):
        _write(options.out / f"{name}.jsonl", evaluated(options.shared, work, name, encoder))
    _write(options.out / "public.jsonl", public(options.shared, encoder, random.Random(4)))


if __name__ == "__main__":
    main()
