"""Self-made training examples: questions made from sentences of plain documents, without people or language models.

    python -m rag.reader.training.selfmade --corpus articles.jsonl --out selfmade.jsonl

A span that looks like an answer (a name, a date, a number, a noun phrase, a reason) is taken out of a sentence, and
what is left of the sentence around a question word asks for it. The passage to read is the one of the sentence itself,
or, better, another one of the same document where the span recurs: recurring span selection (Ram et al. 2021, "Few-shot
question answering by pretraining span selection") with the question templates of Fabbri et al. 2020 ("Template-based
question generation from retrieved sentences"). A third of the examples have no answer in their passage.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from index.models import Encoder
from index.records import Document
from index.text.function_words import FUNCTION_WORDS
from index.text.passages import split_document
from index.text.sentences import split_sentences
from rag.evaluation.dataset import read_corpus
from rag.reader.training.examples import Example, write_examples

_NAME = r"[A-Z][\w'’-]+(?:(?: (?:of|the|de|von|van|and|for|on|in) (?=[A-Z]))|[ -]?(?=[A-Z])[A-Z][\w'’.-]*| [A-Z]\.)*"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:1\d{3}|20\d{2})"
_DATE = rf"(?:\d{{1,2}} {_MONTH} {_YEAR}|{_MONTH} \d{{1,2}}, {_YEAR}|{_MONTH} {_YEAR}|(?:the )?{_YEAR}s?)"
_NUMBER = (
    r"(?:[$€£] ?)?\d[\d,.]*\d?%?(?: (?:percent|per cent|million|billion|thousand|hundred|years?|days?|months?|hours?"
    r"|kilometers?|kilometres?|km|miles?|metres?|meters?|feet|people|tons?|tonnes|degrees?))?|\b(?:two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|twenty|hundreds|thousands|millions)\b"
)
_PHRASE = r"\b(?:the|a|an|its|their|his|her) (?:[a-z][\w-]+ ){0,2}[a-z][\w-]{3,}(?: of (?:the |a )?[a-z][\w-]+)?"
_REASON = r"(?<=because )[^,.;]{15,120}|(?<=in order )to [^,.;]{10,100}|(?<=due to )[^,.;]{8,100}"
_KINDS = {
    "date": re.compile(_DATE),
    "number": re.compile(_NUMBER),
    "reason": re.compile(_REASON),
    "name": re.compile(_NAME),
    "phrase": re.compile(_PHRASE),
}
_ASKING = {
    "date": ("when", "what year", "in what year", "on what date", "when"),
    "number": ("how many", "how much", "what number of", "how many", "what"),
    "reason": ("why", "why", "for what reason", "what is the reason"),
    "phrase": ("what", "what", "what", "which", "what kind of thing"),
    "person": ("who", "who", "whom", "which person", "what"),
    "place": ("where", "where", "in what place", "what city", "what country"),
    "name": ("what", "which", "what", "who", "what is the name of what"),
}
_PLACE_BEFORE = re.compile(r"\b(?:in|at|from|near|to|of|across) (?:the )?$")
_PERSON_AFTER = re.compile(
    r"^,? (?:who|was born|said|wrote|argued|married|became|believed|claimed|led|died|proposed|discovered|founded)\b"
)
_PERSON_BEFORE = re.compile(
    r"\b(?:by|king|queen|emperor|president|general|sir|dr\.|professor|pope|author|singer) $", re.I
)
_LEAST_WORDS, _MOST_WORDS = 4, 14  # of the fragments around the question word
_WORD = re.compile(r"\w+")


class _Span(NamedTuple):
    """A span that looks like an answer: where it is in the document, its passage, its sentence, and its kind."""

    start: int
    end: int
    passage: int
    sentence: tuple[int, int]
    kind: str


def make_examples(document: Document, passages: Sequence[tuple[int, int]], *, count: int, seed: int) -> list[Example]:
    """Return about `count` examples from one document; `passages` are the spans that a reader is given to read."""
    rng = random.Random(f"{seed} {document.doc_id}")
    spans = [span for number, passage in enumerate(passages) for span in _find_spans(document.text, number, passage)]
    places: dict[str, list[_Span]] = defaultdict(list)
    for span in spans:
        places[document.text[span.start : span.end].lower()].append(span)
    words = [_content(document.text[start:end]) for start, end in passages]
    rng.shuffle(spans)
    made: list[Example] = []
    recurring = 0
    for span in spans:
        if len(made) >= count:
            break
        same = places[document.text[span.start : span.end].lower()]
        if len({other.passage for other in same}) > max(6, len(passages) // 3):
            continue  # the subject of the document: anything can be asked for with it
        question = _ask(document.text, span, rng)
        if question is None:
            continue
        target = _recurrence(span, same, words, _content(question))
        if target is None and len(made) - recurring > count // 2:
            continue  # enough whose own sentence is in the passage
        recurring += target is not None
        made.append(_example(document, passages, span if target is None else target, question))
        if rng.random() < 0.5:
            none = _without(document, passages, span, question, words)
            if none is not None:
                made.append(none)
    return made


def _find_spans(text: str, number: int, passage: tuple[int, int]) -> Iterator[_Span]:
    for sentence in split_sentences(text, *passage):
        taken: list[tuple[int, int]] = []
        for kind, pattern in _KINDS.items():
            for match in pattern.finditer(text, *sentence):
                start, end = match.span()
                while text[end - 1] in ".,' ’-":
                    end -= 1
                opens = kind == "name" and start == sentence[0] and " " not in text[start:end]
                if end - start < 2 or opens or any(s < end and start < e for s, e in taken):
                    continue
                taken.append((start, end))
                yield _Span(start, end, number, sentence, _kind_of_name(text, start, end) if kind == "name" else kind)


def _kind_of_name(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 30) : start], text[end : end + 30]
    if _PERSON_AFTER.search(after) or _PERSON_BEFORE.search(before):
        return "person"
    return "place" if _PLACE_BEFORE.search(before) else "name"


def _ask(text: str, span: _Span, rng: random.Random) -> str | None:
    """Make a question for `span` of what stands around it: "wh B A", "A wh B" or "wh A B", cropped and thinned out."""
    before = text[span.sentence[0] : span.start].split()
    after = text[span.end : span.sentence[1]].rstrip(".!;: ").split()
    if "," in " ".join(after) and rng.random() < 0.6:  # the clause of the span
        after = " ".join(after).split(",")[0].split() or after
    before, after = before[-rng.randint(4, _MOST_WORDS) :], after[: rng.randint(4, _MOST_WORDS)]
    if span.kind == "date" and before and before[-1].lower() in ("in", "on", "since", "during"):
        before = before[:-1]
    if span.kind == "place" and before and before[-1].lower() in ("in", "at", "near", "the"):
        before = before[:-1]
    thinning = rng.choice((0.0, 0.1, 0.25))
    before = [word for word in before if rng.random() >= thinning]
    after = [word for word in after if rng.random() >= thinning]
    if len(before) + len(after) < _LEAST_WORDS or len(_content(" ".join(before + after))) < 2:
        return None
    asking = rng.choice(_ASKING[span.kind]).split()
    order = rng.random()
    if order < 0.5:
        words = asking + after + before
    elif order < 0.75:
        words = before + asking + after
    else:
        words = asking + before + after
    question = " ".join(words)
    answer = text[span.start : span.end].lower()
    if answer in question.lower():
        return None
    return question + ("?" if rng.random() < 0.7 else "")


def _recurrence(span: _Span, same: Sequence[_Span], words: Sequence[set[str]], asked: set[str]) -> _Span | None:
    """Return the span's occurrence in the other passage that has most of the question's words, at least two."""
    others = [other for other in same if other.passage != span.passage]
    best = max(others, key=lambda other: len(asked & words[other.passage]), default=None)
    return best if best is not None and len(asked & words[best.passage]) >= 2 else None


def _example(document: Document, passages: Sequence[tuple[int, int]], span: _Span, question: str) -> Example:
    start, end = passages[span.passage]
    answer, passage = document.text[span.start : span.end], document.text[start:end]
    if passage.lower().count(answer.lower()) > 1:
        inside = [(span.start - start, span.end - start)]
        sentence = document.text[span.sentence[0] : span.sentence[1]]
        at = span.sentence[0] - start
        inside += [(at + m.start(), at + m.end()) for m in re.finditer(re.escape(answer), sentence)]
        spans = tuple(dict.fromkeys(inside))
    else:
        spans = ((span.start - start, span.end - start),)
    return Example(question, document.title, passage, spans, "words", "selfmade")


def _without(
    document: Document, passages: Sequence[tuple[int, int]], span: _Span, question: str, words: Sequence[set[str]]
) -> Example | None:
    """Return the question with the passage that has most of its words but not the answer."""
    answer, asked = document.text[span.start : span.end].lower(), _content(question)
    others = [i for i, (start, end) in enumerate(passages) if answer not in document.text[start:end].lower()]
    if not others:
        return None
    start, end = passages[max(others, key=lambda i: len(asked & words[i]))]
    return Example(question, document.title, document.text[start:end], (), "none", "selfmade")


def _content(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if word not in FUNCTION_WORDS}


def main() -> None:
    """Write the examples of a corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="documents, as `pincite eval` reads them")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=110, help="examples of each document (default 110)")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    token_starts = Encoder().token_starts

    def examples() -> Iterator[Example]:
        for document in read_corpus(arguments.corpus):
            passages = [(draft.start, draft.end) for draft in split_document(document, token_starts)]
            yield from make_examples(document, passages, count=arguments.each, seed=arguments.seed)

    number = write_examples(arguments.out, examples())
    print(f"{number} examples written to {arguments.out}")


if __name__ == "__main__":
    main()
