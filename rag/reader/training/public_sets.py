"""The public question sets of `../shared/train/sets`, each row a question on its own text; READMEs name the licences.

Texts of the same title that share most words with a question and don't hold its answer are what doesn't answer it.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index import Document
from index.models import Encoder
from index.text.function_words import FUNCTION_WORDS
from index.text.passages import split_document
from index.text.words import split_words
from rag.reader.training.examples import Example, TrainingQuestion

# How many questions are taken of each set. qamr has 30 a sentence; squad's unanswerable ones would drown the rest.
TAKEN = {
    "squad1_train_sentences": 11654, "squad2_train_unanswerable": 14000, "squad2_train_sample": 488,
    "selqa_sentences": 2337, "nq_open_dev_gold": 1545, "fairytaleqa": 4000, "quoref_contrast": 1106, "tatqa_text": 705,
    "drop_contrast": 385, "qamr": 5000, "afriqa_pivot": 4000, "quotesum": 225,
}  # fmt: skip
IN_OTHER_LANGUAGES = {
    "piaf_fr": 3815, "norquad_no": 1500, "enelpi_tr": 5563, "faquad_pt": 898, "drcd_zh_hant": 2500,
    "cmrc2018_zh_hans": 2500, "jsquad_ja": 2500, "jaquad_ja": 2500, "arcd_ar": 1389, "heq_he": 1000, "kazqad_kk": 500,
}  # fmt: skip
_SURE_PARAGRAPH = 1.3  # `paragraph_margin` from which the paragraph of an unanswerable question is the right one
_NEAR = 3  # texts of the same title that may be read instead


def public_sets(
    shared: Path, encoder: Encoder, taken: Mapping[str, int] = TAKEN, *, seed: int = 7
) -> Iterator[TrainingQuestion]:
    """Yield so many questions of each set; none on the articles of SQuAD's development part."""
    for name, count in taken.items():
        found = rows_of_set(shared, name)
        rows = [row for row in found if float(row.get("paragraph_margin", 9)) >= _SURE_PARAGRAPH]
        contexts: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            contexts[row["title"]].add(row["context"])
        for row in random.Random(seed).sample(rows, min(count, len(rows))):
            others = contexts[row["title"]] - {row["context"]} if row["title"] else set()
            yield asked_of_context(row, sorted(others), encoder)


def rows_of_set(shared: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a set, none on the articles of SQuAD's development part."""
    kept_apart = set((shared / "train" / "squad_dev_articles.txt").read_text(encoding="utf-8").splitlines()) - {""}
    with gzip.open(shared / "train" / "sets" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            title = (row["title"] or "").replace("_", " ")
            if title not in kept_apart:
                yield {**row, "title": title}


def asked_of_context(row: dict[str, Any], others: list[str], encoder: Encoder) -> TrainingQuestion:
    """Return a row as a question with the passages of its text that answer and those, of it or `others`, that don't."""
    source, title, question = row["source"], row["title"], row["question"]
    kind = "sentences" if row.get("granularity") == "sentence" else "words"
    spans = [(answer["start"], answer["start"] + len(answer["text"])) for answer in row["answers"]]
    texts = [answer["text"].lower() for answer in row["answers"]]
    asked = TrainingQuestion(question, source)
    words = set(split_words(question)) - FUNCTION_WORDS
    near: list[tuple[int, str]] = []
    for start, end in passages_of(row["context"], encoder):
        passage = row["context"][start:end]
        inside = tuple((max(s, start) - start, min(e, end) - start) for s, e in spans if s < end and e > start)
        if inside:
            asked.right.append(Example(question, title, passage, inside, kind, source))  # type: ignore[arg-type]
        elif not any(text in passage.lower() for text in texts):
            near.append((len(words & set(split_words(passage))), passage))
    if row["answerable"]:
        for text in others:
            if not any(answer in text.lower() for answer in texts):
                near.append((len(words & set(split_words(text))), text))
    asked.wrong = [Example(question, title, text, (), "none", source) for _, text in sorted(near)[-_NEAR:]]
    return asked


def passages_of(text: str, encoder: Encoder) -> list[tuple[int, int]]:
    """Return the passages that the index would make of a text."""
    document = Document("", "", "", "text/plain", text, {}, (), "", 0.0)
    return [(draft.start, draft.end) for draft in split_document(document, encoder.token_starts)]
