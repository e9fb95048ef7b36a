"""Gather the training examples of the reader from question sets that may be trained on.

    python -m rag.reader.training.gather --shared ../shared --out results/reader/pool

The sets and their parts are in `examples.py`. Each question comes with every passage that it may be asked of, and in
other words: as keywords, misspelt, in lower case, politely, or as somebody said it who corrected themselves (Disfl-QA).
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
from dataclasses import replace
from pathlib import Path
from typing import Any

from index import Snapshot
from index.models import Encoder
from index.records import Document
from index.text.function_words import FUNCTION_WORDS
from index.text.passages import split_document
from index.text.sentences import split_sentences
from rag.conversation.followup import behind
from rag.evaluation.dataset import Query, read_corpus
from rag.evaluation.evaluate import open_dataset
from rag.reader.training.examples import Example, TrainingQuestion, part_of, write_examples
from rag.reader.training.public_sets import IN_OTHER_LANGUAGES, asked_of_context, public_sets
from rag.reader.training.written import ENGLISH, NAME, OTHER_LANGUAGES, OWN, rows, written_corpora, written_queries
from rag.records import Turn

_POLITE = (
    "could you please tell me {}", "can you tell me {}", "i would like to know {}", "please tell me {}",
    "hi, i was wondering {}", "do you know {}", "i have a question: {}", "tell me {}",
)  # fmt: skip
_NAMED = (
    "january february march april june july august september october november december".split(),
    "monday tuesday wednesday thursday friday saturday sunday".split(),
)
_IDENTIFIER = re.compile(rf"\b(?:[\w-]*\d[\w.-]*\w|\d|{'|'.join(name for names in _NAMED for name in names)})\b", re.I)
_VARIANTS = 5  # other words that are tried for a question
_WITHOUT_SENTENCE = 0.25  # share of the questions whose right passage is also read without the sentence that answers
_AFTER_ANOTHER = 0.2  # share of the questions that are also asked after one about something else
_MOST_WRONG = 10  # passages without the answer
_SEARCHED = 12  # passages of which those without the answer are taken as hard negatives


def squad(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
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
    snapshot = assistant.library.refresh()
    for query in queries:
        place = rows[query.query_id]["passage"][0]
        doc_id = place["doc_id"]
        if doc_id in kept_apart:
            continue
        asked = TrainingQuestion(query.question, name, variants=disfluent[query.query_id])
        document = documents[doc_id]
        near = [(s, e) for s, e in passages[doc_id] if s < place["end"] and e > place["start"]]
        asked.right = _right(query, document, near, name)
        if query.answerable:
            asked.wrong = _found_wrong(snapshot, query, name, without=kept_apart)
        else:
            asked.wrong = [_wrong(query.question, document, span, name) for span in near]
        yield asked
    assistant.close()


def qed(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield the training questions of qed_nq_dev; their answers are looked for within the sentences that hold them."""
    yield from _by_document(shared, work, encoder, "qed_nq_dev")


def clapnq(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield the training questions of clapnq_dev, whose answers are whole sentences."""
    yield from _by_document(shared, work, encoder, "clapnq_dev")


def _by_document(shared: Path, work: Path, encoder: Encoder, name: str) -> Iterator[TrainingQuestion]:
    folder = shared / "eval" / name
    near = {row["query_id"]: row.get("near_doc_ids") or row["doc_ids"] for row in _lines(folder / "queries.jsonl")}
    assistant, queries = open_dataset(work, [folder / "corpus.jsonl"], folder / "queries.jsonl")
    documents = {d.doc_id: d for d in read_corpus(folder / "corpus.jsonl")}
    snapshot = assistant.library.refresh()
    for query in queries:
        if part_of(name, query.query_id) != "train":
            continue
        asked = TrainingQuestion(query.question, name)
        for doc_id in near[query.query_id]:
            spans = _passages(documents[doc_id], encoder)
            asked.right += _right(query, documents[doc_id], spans, name)
            if not query.answerable:
                asked.wrong += [_wrong(query.question, documents[doc_id], span, name) for span in spans]
        if query.answerable:
            asked.wrong = _found_wrong(snapshot, query, name, without=set())
        yield asked
    assistant.close()


def covid(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield the questions of covid_qa, each of the passages of its own paper."""
    for row in rows(shared / "train" / "covid_qa.jsonl"):
        yield asked_of_context({"title": "", "source": "covid_qa", "answerable": True, **row}, [], encoder)


def sets(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield the questions of the public sets."""
    yield from public_sets(shared, encoder)


def languages(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield the questions of the public sets in other languages."""
    for asked in public_sets(shared, encoder, IN_OTHER_LANGUAGES):
        yield replace(asked, varies=False)


def written(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield the training questions that were written for this project; follow-ups as they were made to stand alone."""
    yield from _written(shared, work, encoder, ENGLISH)


def own(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield those of them that lie beside this file."""
    yield from _written(shared, work, encoder, OWN)


def foreign(shared: Path, work: Path, encoder: Encoder) -> Iterator[TrainingQuestion]:
    """Yield those in other languages, of both places."""
    for kind in OTHER_LANGUAGES:
        for asked in _written(shared, work, encoder, (kind,)):
            yield replace(asked, varies=False)


def _written(shared: Path, work: Path, encoder: Encoder, kinds: tuple[str, ...]) -> Iterator[TrainingQuestion]:
    corpora = written_corpora(shared, kinds)
    path = written_queries(shared, work / "written.jsonl", part="train", kinds=kinds)
    raw = {row["query_id"]: row for row in rows(path)}
    assistant, queries = open_dataset(work, corpora, path)
    documents = {d.doc_id: d for corpus in corpora for d in read_corpus(corpus)}
    kept_apart = {doc_id for doc_id in documents if part_of(NAME, doc_id) != "train"}
    passages = {doc_id: _passages(document, encoder) for doc_id, document in documents.items()}
    snapshot = assistant.library.refresh()
    rng = random.Random(len(queries))
    other: TrainingQuestion | None = None
    for query in rng.sample(queries, len(queries)):
        query = replace(query, question=raw[query.query_id].get("rewrite", query.question))
        asked = TrainingQuestion(query.question, NAME)
        for doc_id in query.doc_ids:
            asked.right += _right(query, documents[doc_id], passages[doc_id], NAME)
        asked.wrong = _found_wrong(snapshot, query, NAME, without=kept_apart)[:_MOST_WRONG]
        yield asked
        if query.history:  # a follow-up is also read as it was typed, behind the question that it follows on
            whole = behind(raw[query.query_id]["question"], Turn(query.history[-1].question))
            yield replace(asked, question=whole, varies=False)
        elif other and rng.random() < _AFTER_ANOTHER:
            yield after_another(other, asked)
        other = asked
    assistant.close()


def pool_of(asked: Iterable[TrainingQuestion], *, seed: int) -> Iterator[Example]:
    """Yield every passage that each question may be asked of.

    With the question come other words for it; without an answer are also the right passage less the sentence that
    answers, for a quarter, and what asks for a number, month or day that the right passage doesn't hold.
    """
    for number, one in enumerate(asked):
        rng = random.Random(f"{seed} {number} {one.question}")
        variants = dict.fromkeys(vary(one.question, one.variants, rng) for _ in range(_VARIANTS)) if one.varies else {}
        group, others = str(number), tuple(words for words in variants if words != one.question)
        passages = [*one.right, *one.wrong]
        if one.right and one.varies:
            right = rng.choice(one.right)
            if rng.random() < _WITHOUT_SENTENCE:
                passages.append(_without_answer(right))
            other = change_identifier(one.question, right.passage, rng)
            if other:
                yield replace(right, question=other, spans=(), kind="none", group=f"{group} changed")
        for example in passages:
            yield replace(example, question=one.question, group=group, variants=others)


def change_identifier(question: str, passage: str, rng: random.Random) -> str | None:
    """Return `question` with a number, month or day that `passage` holds changed to one that it doesn't; else None."""
    for found in _IDENTIFIER.finditer(question):
        old = found[0]
        if not re.search(rf"\b{re.escape(old)}\b", passage, re.I):
            continue
        group = next((names for names in _NAMED if old.lower() in names), None)
        new = rng.choice(group) if group else "".join(rng.choice("123456789") if c.isdigit() else c for c in old)
        if not re.search(rf"\b{re.escape(new)}\b", passage, re.I):
            return question[: found.start()] + (new.capitalize() if old[0].isupper() else new) + question[found.end() :]
    return None


def vary(question: str, variants: Sequence[str], rng: random.Random) -> str:
    """Return `question` as it is, half of the time, or as people also type it."""
    way = rng.random()
    bare = question.rstrip("? ").lower()
    if way < 0.5:
        return question
    if way < 0.65 and variants:
        return rng.choice(variants)
    if way < 0.72:
        return keywords(question)
    if way < 0.79:
        return rng.choice(_POLITE).format(bare)
    if way < 0.88:
        return misspell(question, rng)
    return bare


def keywords(question: str) -> str:
    """Return `question` as it is typed into a search box."""
    bare = question.rstrip("? ").lower()
    return " ".join(word for word in bare.split() if word not in FUNCTION_WORDS) or bare


def misspell(question: str, rng: random.Random) -> str:
    """Return `question` with a slip of the finger in one or two of its longer words."""
    words = question.split()
    long = [i for i, word in enumerate(words) if len(word) > 4]
    for i in rng.sample(long, min(len(long), rng.randint(1, 2))):
        word = words[i]
        at = rng.randrange(1, len(word) - 2)
        slip = rng.random()
        if slip < 0.4:
            words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip < 0.7:
            words[i] = word[:at] + word[at + 1 :]
        else:
            words[i] = word[:at] + word[at] + word[at:]
    return " ".join(words)


def after_another(other: TrainingQuestion, asked: TrainingQuestion) -> TrainingQuestion:
    """Return what is asked behind a question about something else, whose passages don't answer it."""
    wrong = [replace(example, spans=(), kind="none") for example in other.right]
    whole = behind(asked.question, Turn(other.question))
    return replace(asked, question=whole, wrong=[*wrong, *asked.wrong[: len(wrong)]], varies=False)


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


def _found_wrong(snapshot: Snapshot, query: Query, source: str, *, without: set[str]) -> list[Example]:
    """Return the best passages of the search that hold neither the evidence nor the words of an answer."""
    wrong = []
    answers = [answer.lower() for answer in query.answers]
    for hit in snapshot.search(query.question, top_k=_SEARCHED):
        passage = hit.passage
        document = snapshot.find_document(passage.doc_id)
        if document is None:
            continue
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
    """Write the pools of the sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, default=Path("results/eval"), help="where the sets' indexes are kept")
    parser.add_argument("--out", type=Path, required=True, help="folder of the pools, a file a set")
    parser.add_argument("--only", nargs="+", choices=[gather.__name__ for gather in SETS])
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    encoder = Encoder()
    for gather in SETS:
        if not arguments.only or gather.__name__ in arguments.only:
            questions = gather(arguments.shared, arguments.work, encoder)
            number = write_examples(arguments.out / f"{gather.__name__}.jsonl", pool_of(questions, seed=arguments.seed))
            print(f"{gather.__name__}: {number} examples", flush=True)


SETS = (own, foreign, written, sets, languages, covid, clapnq, qed, squad)


if __name__ == "__main__":
    main()
