"""Gather the training examples of the reader from question sets that may be trained on.

    python -m rag.reader.training.gather --shared ../shared --out results/reader/examples.jsonl

The sets and their parts are in `examples.py`. Each round asks every question once more, of another passage or in other
words: as keywords, misspelt, in lower case, politely, or as somebody said it who corrected themselves (Disfl-QA).
Without an answer are: the passage that an unanswerable question was written about, the best passages of the hybrid
search that don't hold the answer, and the right passage without the sentence that answers.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.text.function_words import FUNCTION_WORDS
from index.text.passages import split_document
from index.text.sentences import split_sentences
from rag.evaluation.dataset import Query, read_corpus
from rag.evaluation.evaluate import open_dataset
from rag.reader.training.examples import Example, part_of, write_examples

_POLITE = (
    "could you please tell me {}", "can you tell me {}", "i would like to know {}", "please tell me {}",
    "hi, i was wondering {}", "do you know {}", "i have a question: {}", "tell me {}",
)  # fmt: skip
_SEARCHED = 12  # passages of which those without the answer are taken as hard negatives


@dataclass
class Asked:
    """A question with everything it may be asked of: passages that answer, and passages that don't."""

    question: str
    source: str
    right: list[Example] = field(default_factory=list)
    wrong: list[Example] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)


def squad(shared: Path, work: Path, encoder: Encoder) -> Iterator[Asked]:
    """Yield the questions on the training articles of squad2_dev_half, searched for among all articles."""
    name = "squad2_dev_half"
    folder = shared / "eval" / name
    rows = {row["query_id"]: row for row in _lines(folder / "queries.jsonl")}
    disfluent: dict[str, list[str]] = defaultdict(list)
    for row in _lines(folder / "queries_disfluent.jsonl"):
        disfluent[row["clean_query_id"]].append(row["question"])
    corpora = [folder / "corpus.jsonl", folder / "corpus_distractors.jsonl"]
    assistant, queries = open_dataset(work, corpora, folder / "queries.jsonl")
    documents = {d.doc_id: d for d in read_corpus(folder / "corpus.jsonl")}
    kept_apart = {doc_id for doc_id in documents if part_of(name, doc_id) != "train"}
    passages = {doc_id: _passages(documents[doc_id], encoder) for doc_id in documents}
    for query in queries:
        place = rows[query.query_id]["passage"][0]
        doc_id = place["doc_id"]
        if doc_id in kept_apart:
            continue
        asked = Asked(query.question, name, variants=disfluent[query.query_id])
        document = documents[doc_id]
        near = [(s, e) for s, e in passages[doc_id] if s < place["end"] and e > place["start"]]
        asked.right = _right(query, document, near, name)
        if query.answerable:
            asked.wrong = _found_wrong(assistant.library, query, name, without=kept_apart)
        else:
            asked.wrong = [_wrong(query.question, document, span, name) for span in near]
        yield asked
    assistant.close()


def qed(shared: Path, work: Path, encoder: Encoder) -> Iterator[Asked]:
    """Yield the training questions of qed_nq_dev; their answers are looked for within the sentences that hold them."""
    yield from _by_document(shared, work, encoder, "qed_nq_dev")


def clapnq(shared: Path, work: Path, encoder: Encoder) -> Iterator[Asked]:
    """Yield the training questions of clapnq_dev, whose answers are whole sentences."""
    yield from _by_document(shared, work, encoder, "clapnq_dev")


def _by_document(shared: Path, work: Path, encoder: Encoder, name: str) -> Iterator[Asked]:
    folder = shared / "eval" / name
    near = {row["query_id"]: row.get("near_doc_ids") or row["doc_ids"] for row in _lines(folder / "queries.jsonl")}
    assistant, queries = open_dataset(work, [folder / "corpus.jsonl"], folder / "queries.jsonl")
    documents = {d.doc_id: d for d in read_corpus(folder / "corpus.jsonl")}
    for query in queries:
        if part_of(name, query.query_id) != "train":
            continue
        asked = Asked(query.question, name)
        for doc_id in near[query.query_id]:
            spans = _passages(documents[doc_id], encoder)
            asked.right += _right(query, documents[doc_id], spans, name)
            if not query.answerable:
                asked.wrong += [_wrong(query.question, documents[doc_id], span, name) for span in spans]
        if query.answerable:
            asked.wrong = _found_wrong(assistant.library, query, name, without=set())
        yield asked
    assistant.close()


def covid(shared: Path, work: Path, encoder: Encoder) -> Iterator[Asked]:
    """Yield the questions of covid_qa, each of the passages of its own paper."""
    for row in _lines(shared / "train" / "covid_qa.jsonl"):
        text = row["context"]
        document = Document(row["id"], "", "", "text/plain", text, {}, (), "", 0.0)
        spans = [(answer["start"], answer["start"] + len(answer["text"])) for answer in row["answers"]]
        asked = Asked(row["question"], "covid_qa")
        words = _content(row["question"])
        others = []
        for start, end in _passages(document, encoder):
            inside = tuple((max(s, start) - start, min(e, end) - start) for s, e in spans if s < end and e > start)
            if inside:
                asked.right.append(
                    Example(row["question"], document.title, text[start:end], inside, "words", "covid_qa")
                )
            elif not any(answer["text"].lower() in text[start:end].lower() for answer in row["answers"]):
                others.append((len(words & _content(text[start:end])), start, end))
        asked.wrong = [
            _wrong(row["question"], document, (start, end), "covid_qa") for _, start, end in sorted(others)[-4:]
        ]
        yield asked


def examples_of(asked: Iterable[Asked], *, rounds: int, seed: int) -> Iterator[Example]:
    """Yield the examples of every round."""
    questions = list(asked)
    for number in range(rounds):
        for one in questions:
            chance = random.Random(f"{seed} {number} {one.question}")
            question = one.question if number == 0 else vary(one.question, one.variants, chance)
            chosen: list[Example] = []
            if one.right:
                chosen.append(chance.choice(one.right))
                if one.wrong and chance.random() < 0.6:
                    chosen.append(chance.choice(one.wrong))
                if chance.random() < 0.15:
                    chosen.append(_without_answer(chosen[0]))
            elif one.wrong and chance.random() < 0.8:
                chosen.append(chance.choice(one.wrong))
            for example in chosen:
                header = example.header if chance.random() < 0.75 else ""
                yield replace(example, question=question, header=header)


def vary(question: str, variants: Sequence[str], chance: random.Random) -> str:
    """Return `question` as it is, half of the time, or as people also type it."""
    way = chance.random()
    bare = question.rstrip("? ").lower()
    if way < 0.5:
        return question
    if way < 0.65 and variants:
        return chance.choice(variants)
    if way < 0.72:
        return keywords(question)
    if way < 0.79:
        return chance.choice(_POLITE).format(bare)
    if way < 0.88:
        return misspell(question, chance)
    return bare


def keywords(question: str) -> str:
    """Return `question` as it is typed into a search box."""
    bare = question.rstrip("? ").lower()
    return " ".join(word for word in bare.split() if word not in FUNCTION_WORDS) or bare


def misspell(question: str, chance: random.Random) -> str:
    """Return `question` with a slip of the finger in one or two of its longer words."""
    words = question.split()
    long = [i for i, word in enumerate(words) if len(word) > 4]
    for i in chance.sample(long, min(len(long), chance.randint(1, 2))):
        word = words[i]
        at = chance.randrange(1, len(word) - 2)
        slip = chance.random()
        if slip < 0.4:
            words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip < 0.7:
            words[i] = word[:at] + word[at + 1 :]
        else:
            words[i] = word[:at] + word[at] + word[at:]
    return " ".join(words)


def _right(query: Query, document: Document, spans: Sequence[tuple[int, int]], source: str) -> list[Example]:
    """Return the passages that hold evidence, with the answering words where the evidence has them verbatim."""
    found = []
    for start, end in spans:
        passage = document.text[start:end]
        words: list[tuple[int, int]] = []
        sentences: list[tuple[int, int]] = []
        for evidence in query.evidence:
            if evidence.doc_id != document.doc_id or evidence.start >= end or evidence.end <= start:
                continue
            at, upto = max(evidence.start, start) - start, min(evidence.end, end) - start
            sentences.append((at, upto))
            for answer in query.answers:
                words += [(at + m.start(), at + m.end()) for m in re.finditer(re.escape(answer), passage[at:upto])]
        if words:
            found.append(Example(query.question, document.title, passage, tuple(dict.fromkeys(words)), "words", source))
        elif sentences:
            found.append(Example(query.question, document.title, passage, tuple(sentences), "sentences", source))
    return found


def _found_wrong(library: Library, query: Query, source: str, *, without: set[str]) -> list[Example]:
    """Return the best passages of the search that hold neither the evidence nor the words of an answer."""
    wrong = []
    answers = [answer.lower() for answer in query.answers]
    for hit in library.search(query.question, top_k=_SEARCHED):
        passage = hit.passage
        document = library.document(passage.doc_id)
        text = document.text[passage.start : passage.end]
        holds = any(
            e.doc_id == passage.doc_id and e.start < passage.end and e.end > passage.start for e in query.evidence
        )
        if not holds and passage.doc_id not in without and not any(answer in text.lower() for answer in answers):
            wrong.append(_wrong(query.question, document, (passage.start, passage.end), source))
    return wrong


def _wrong(question: str, document: Document, span: tuple[int, int], source: str) -> Example:
    return Example(question, document.title, document.text[slice(*span)], (), "none", source)


def _without_answer(example: Example) -> Example:
    """Return the example with the sentences that hold the answer taken out of its passage."""
    kept = [
        example.passage[start:end]
        for start, end in split_sentences(example.passage)
        if not any(s < end and e > start for s, e in example.spans)
    ]
    return replace(example, passage=" ".join(kept), spans=(), kind="none")


def _passages(document: Document, encoder: Encoder) -> list[tuple[int, int]]:
    return [(draft.start, draft.end) for draft in split_document(document, encoder.token_starts)]


def _content(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if word not in FUNCTION_WORDS}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def main() -> None:
    """Write the examples of the sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, default=Path("results/eval"), help="where the sets' indexes are kept")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    encoder = Encoder()

    def asked() -> Iterator[Asked]:
        for gather in (covid, clapnq, qed, squad):
            number = 0
            for number, one in enumerate(gather(arguments.shared, arguments.work, encoder), start=1):  # noqa: B007
                yield one
            print(f"{gather.__name__}: {number} questions", flush=True)

    number = write_examples(arguments.out, examples_of(asked(), rounds=arguments.rounds, seed=arguments.seed))
    print(f"{number} examples written to {arguments.out}")


if __name__ == "__main__":
    main()
