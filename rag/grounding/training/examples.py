"""What the entailment head learns from: claims, each with words of a source, and whether these support it.

Public pairs (`../shared/train/sets/entailment*.jsonl.gz`); claims written for this project, one at a time (`data`);
what questions and answers say together, right and wrong; and sentences of documents, reworded by rules, with one thing
changed in half of them. Whole documents, and a share of the public pairs, are kept apart to fit and to test.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from index import content_words, split_sentences
from rag.grounding.training.changes import change, names_in
from rag.grounding.training.rewording import reword, statement
from rag.reader.training.examples import Part, part_of
from rag.reader.training.written import ENGLISH, NAME, OTHER_LANGUAGES, OWN, folder_of, part_of_row, rows

Label = Literal["supported", "contradicted", "unsupported"]
LABELS: tuple[Label, ...] = ("supported", "contradicted", "unsupported")
DATA = Path(__file__).with_name("data")
_LEAST_WORDS, _MOST_WORDS = 5, 45  # of a sentence that a claim is made of
_SPLIT = (224, 240)  # where the parts of the public pairs end, in 256ths of the hashes of their names
_SHARES = {
    "mnli": 0.4,
    "snli": 0.3,
    "med": 0.3,
    "jnli": 0.25,
    "klue_nli": 0.4,
    "qamr": 0.1,
    "afriqa_pivot": 0.2,
    "covid_qa": 0.3,
}  # of public sets that are unlike what is checked
_WINDOWS = 3  # that a claim written by hand is seen in


@dataclass(frozen=True, slots=True)
class Example:
    """A claim, the words of a source that may support it (under the source's title), and whether they do."""

    source: str
    kind: str
    claim: str
    title: str
    evidence: str
    label: Label


def read_examples(shared: Path, part: Part, rng: random.Random) -> Iterator[Example]:
    """Yield the examples that train, that thresholds are fitted on, or that test."""
    yield from _public(shared, part, rng)
    yield from _claims(part, rng)
    for kind in (*OWN, *ENGLISH, *OTHER_LANGUAGES):
        yield from _answers(shared, kind, part, rng)
        yield from _sentences(shared, kind, part, rng)
    if part == "train":
        yield from _encyclopaedia(shared, rng)
        yield from _questions(shared, rng)


def part_of_pair(name: str) -> Part:
    """Tell what a public pair is for."""
    digest = hashlib.sha256(name.encode()).digest()[0]
    return "train" if digest < _SPLIT[0] else "fit" if digest < _SPLIT[1] else "test"


def _public(shared: Path, part: Part, rng: random.Random) -> Iterator[Example]:
    for name in ("entailment", "entailment_multi"):
        for row in _packed(shared, name):
            source = row.get("source") or name
            if part_of_pair(row["evidence"]) == part and rng.random() < _SHARES.get(source, 1.0):
                yield Example(source, source, _detached(row["claim"]), "", _detached(row["evidence"]), row["label"])


def _detached(text: str) -> str:
    """Put punctuation back that stands apart, as in "27 points , 6 rebounds"."""
    text = re.sub(r" ([,.;:!?%)\]]|'s\b|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", re.sub(r"(\w) - (\w)", r"\1-\2", text))


def _claims(part: Part, rng: random.Random) -> Iterator[Example]:
    """Yield the claims that were written one at a time; several times where they train, each in another window."""
    documents = {row["doc_id"]: row for kind in OWN for row in rows(folder_of(Path(), kind) / "corpus.jsonl")}
    for path in sorted(DATA.glob("*.jsonl")):
        for row in rows(path):
            if part_of(NAME, row["doc_id"]) != part:
                continue
            document = documents[row["doc_id"]]
            at = document["text"].index(row["quote"])
            for _ in range(_WINDOWS if part == "train" else 1):
                evidence = _around(document["text"], at, at + len(row["quote"]), rng)
                yield Example("claims", row["kind"], row["claim"], document["title"], evidence, row["label"])


def _answers(shared: Path, kind: str, part: Part, rng: random.Random) -> Iterator[Example]:
    """Yield what questions and their answers say, and the same with another answer of the document."""
    folder = folder_of(shared, kind)
    documents = {row["doc_id"]: row for row in rows(folder / "corpus.jsonl")}
    asked = [row for row in rows(folder / "raw.jsonl") if part_of_row(row) == part and row["kind"] != "yesno"]
    answers: dict[str, list[str]] = defaultdict(list)
    for row in asked:
        if row["answerable"] and len(row["answer"].split()) <= 8:
            answers[row["doc_id"]].append(row["answer"])
    for row in asked:
        document = documents.get(row.get("doc_id") or row.get("near_doc") or "")
        if document is None or (part == "train" and rng.random() < 0.5):
            continue
        made = _answered if row["answerable"] else _unanswered
        yield from made(row, document, answers[document["doc_id"]], rng)


def _unanswered(
    row: dict[str, Any], document: dict[str, str], answers: Sequence[str], rng: random.Random
) -> Iterator[Example]:
    """Yield a question that nothing answers with an answer to another."""
    question = row.get("rewrite") or row["question"]
    sentence = _nearest(question, document["text"], "")
    if answers and sentence and rng.random() < 0.7:
        evidence = _around(document["text"], *sentence, rng)
        claim = statement(question, rng.choice(answers))
        yield Example("answers", "near miss", claim, document["title"], evidence, "unsupported")


def _answered(
    row: dict[str, Any], document: dict[str, str], answers: Sequence[str], rng: random.Random
) -> Iterator[Example]:
    """Yield a question with its answer, with another one, or with another sentence."""
    question, answer, text = row.get("rewrite") or row["question"], row["answer"], document["text"]
    at = text.find(row["quote"])
    if at < 0 or len(answer.split()) > 12:
        return
    evidence = _around(text, at, at + len(row["quote"]), rng)
    others = [other for other in answers if _alike(other, answer) and other.lower() not in row["quote"].lower()]
    drawn, claim = rng.random(), statement(question, answer)
    if drawn < 0.45 or not others:
        yield Example("answers", "answer", claim, document["title"], evidence, "supported")
        return
    if drawn < 0.75:
        claim = statement(question, rng.choice(others))
        yield Example("answers", "other answer", claim, document["title"], evidence, "contradicted")
        return
    found = _nearest(f"{question} {answer}", text, row["quote"])
    if found and answer not in text[slice(*found)]:
        yield Example("answers", "other sentence", claim, document["title"], text[slice(*found)], "unsupported")


def _sentences(shared: Path, kind: str, part: Part, rng: random.Random) -> Iterator[Example]:
    for document in rows(folder_of(shared, kind) / "corpus.jsonl"):
        if part_of(NAME, document["doc_id"]) == part:
            yield from made_of(document["title"], document["text"], 14, "sentences", rng)


def _encyclopaedia(shared: Path, rng: random.Random) -> Iterator[Example]:
    """Yield what is made of Wikipedia's articles, without those of SQuAD's development part."""
    folder = shared / "eval" / "squad2_dev_half"
    kept_apart = set((shared / "train" / "squad_dev_articles.txt").read_text(encoding="utf-8").splitlines())
    kept_apart |= {row["title"] for row in rows(folder / "corpus.jsonl")}
    apart = {re.sub(r"[^a-z0-9]", "", title.lower()) for title in kept_apart}
    for article in rows(folder / "corpus_distractors.jsonl"):
        if re.sub(r"[^a-z0-9]", "", article["title"].lower()) not in apart:
            yield from made_of(article["title"], article["text"], 26, "encyclopaedia", rng)


def _questions(shared: Path, rng: random.Random) -> Iterator[Example]:
    """Yield what public questions and their answers say, with the sentence of the answer."""
    for name in ("qamr", "nq_open_dev_gold", "afriqa_pivot", "quotesum", "covid_qa"):
        path = shared / "train" / "covid_qa.jsonl"
        found = list(_packed(shared, name)) if name != "covid_qa" else list(rows(path)) if path.exists() else []
        kept = [
            row for row in found if row.get("answers") and row.get("context") and rng.random() < _SHARES.get(name, 0.5)
        ]
        pool = [row["answers"][0]["text"] for row in kept if isinstance(row["answers"][0], dict)]
        for row in kept:
            if row.get("language", "en") != "en" or not isinstance(row["answers"][0], dict):
                continue
            answer, at = row["answers"][0]["text"], row["answers"][0]["start"]
            if len(answer.split()) > 10:
                continue
            evidence = _around(row["context"], at, at + len(answer), rng, whole=True)
            others = [
                a
                for a in rng.sample(pool, min(30, len(pool)))
                if _alike(a, answer) and a.lower() not in evidence.lower()
            ]
            wrong = others and rng.random() < 0.5
            claim = statement(row["question"], others[0] if wrong else answer)
            yield Example(
                "questions", name, claim, row.get("title") or "", evidence, "contradicted" if wrong else "supported"
            )


def made_of(title: str, text: str, most: int, source: str, rng: random.Random) -> Iterator[Example]:
    """Yield up to `most` claims that are made of the sentences of a document, half of them true."""
    spans = [(s, e) for s, e in split_sentences(text) if _LEAST_WORDS <= len(text[s:e].split()) <= _MOST_WORDS]
    names = names_in(text)
    for start, end in rng.sample(spans, min(most, len(spans))):
        sentence, drawn = " ".join(text[start:end].split()), rng.random()
        claim = reword(sentence, rng) if rng.random() < 0.75 else sentence
        if drawn < 0.4:
            kind = "same" if claim == sentence else "reworded"
            yield Example(source, kind, claim, title, _around(text, start, end, rng), "supported")
        elif drawn < 0.75:
            if changed := change(claim, names, rng):
                evidence = _around(text, start, end, rng)
                yield Example(source, changed.kind, changed.text, title, evidence, changed.label)  # type: ignore[arg-type]
        elif drawn < 0.9:
            if other := _nearest(sentence, text, text[start:end]):
                yield Example(source, "other sentence", claim, title, text[slice(*other)], "unsupported")
        else:
            yield from _joined(title, text, (start, end), claim, source, spans, rng)


def _joined(
    title: str,
    text: str,
    one: tuple[int, int],
    claim: str,
    source: str,
    spans: Sequence[tuple[int, int]],
    rng: random.Random,
) -> Iterator[Example]:
    """Yield a claim of two sentences, with both of them or one."""
    following = [span for span in spans if one[1] <= span[0] < one[1] + 3]
    if not following or not claim.endswith("."):
        return
    second = " ".join(text[slice(*following[0])].split())
    first_letter = second[:1] if second.split()[0] in names_in(f"x {second}") else second[:1].lower()
    joined = f"{claim[:-1]}{rng.choice((', and ', ' and ', '; ', ', while '))}{first_letter}{second[1:]}"
    if rng.random() < 0.5:
        yield Example(source, "both", joined, title, text[one[0] : following[0][1]], "supported")
    else:
        kept = rng.choice((one, following[0]))
        yield Example(source, "half", joined, title, text[slice(*kept)], "unsupported")


def _around(text: str, start: int, end: int, rng: random.Random, *, whole: bool = False) -> str:
    """Return the sentences of a place, and by chance those beside it, as they are put before the network."""
    spans = split_sentences(text[max(0, start - 1500) : end + 1500])
    offset = max(0, start - 1500)
    spans = [(s + offset, e + offset) for s, e in spans]
    inside = [i for i, (s, e) in enumerate(spans) if s < end and e > start]
    if not inside:
        return text[start:end]
    first, last = inside[0], inside[-1]
    if rng.random() < 0.6:
        first = max(0, first - rng.choice((0, 1, 1)))
        last = min(len(spans) - 1, last + rng.choice((0, 1, 1)))
    begin = spans[first][0] if first < inside[0] or whole else min(start, spans[inside[0]][0])
    return text[begin : max(end, spans[last][1])]


def _nearest(words: str, text: str, but: str) -> tuple[int, int] | None:
    """Return the sentence that shares most content words with some, and is not in `but`."""
    wanted = set(content_words(words))
    best, found = 0.0, None
    for start, end in split_sentences(text):
        sentence = text[start:end]
        if sentence in but or (but in sentence and but) or len(sentence.split()) < _LEAST_WORDS:
            continue
        held = set(content_words(sentence))
        shared = len(wanted & held) / (4 + len(held))
        if shared > best:
            best, found = shared, (start, end)
    return found


def _alike(one: str, other: str) -> bool:
    """Tell whether two answers are of one sort: both with a number or neither, names or none."""
    sorts = [
        (bool(re.search(r"\d", text)), bool(re.match(r"[A-ZÀ-Þ]", text)), len(text.split()) > 3)
        for text in (one, other)
    ]
    return one.lower() != other.lower() and sorts[0] == sorts[1]


def _packed(shared: Path, name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(shared / "train" / "sets" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
