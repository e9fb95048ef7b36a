"""Split texts whose sentences are known, and print how many ends are found, and how many of those found are ends.

    python tests/quality/sentences.py [--show]

In `sentences.jsonl` a "‖" stands where a sentence ends: 118 texts of law, papers, filings, lists, dialogue and so on,
in several languages, marked before anything was measured. Faults are looked for in every other one only ("seen"), the
rest is kept apart. Ours are compared with each library that is installed; these get our paragraphs, without their line
ends, and the rules of the text's language if they have them. The end of a text counts for nothing.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from index import split_sentences
from index.text.sentences import paragraph_starts

TEXTS = Path(__file__).with_name("sentences.jsonl")
END = "‖"
Splitter = Callable[[str, str], list[str]]  # a paragraph and its language go in, its sentences come out


@dataclass(frozen=True)
class Text:
    """A text, and where its sentences end: after how many characters that are no white space."""

    kind: str
    language: str
    kept: bool
    text: str
    ends: frozenset[int]


@dataclass
class Counts:
    """How many ends there are, how many were found, how many of those are ends, and the seconds that it took."""

    there: int = 0
    found: int = 0
    right: int = 0
    seconds: float = 0.0
    characters: int = 0

    def add(self, text: Text, found: frozenset[int], seconds: float) -> None:
        """Count what was found in a text."""
        self.there += len(text.ends)
        self.found += len(found)
        self.right += len(text.ends & found)
        self.seconds += seconds
        self.characters += len(text.text)

    def __str__(self) -> str:
        precision, recall = self.right / max(self.found, 1), self.right / max(self.there, 1)
        both = 2 * precision * recall / ((precision + recall) or 1)
        return f"{precision:.3f} {recall:.3f} {both:.3f}"


@dataclass
class Measured:
    """What a splitter makes of the texts, by half; of those that are seen also by kind, and what it has wrong."""

    halves: dict[bool, Counts] = field(default_factory=lambda: {False: Counts(), True: Counts()})
    kinds: dict[str, Counts] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, text: Text, sentences: list[str], seconds: float) -> None:
        """Count the sentences of a text."""
        found = ends(sentences)
        self.halves[text.kept].add(text, found, seconds)
        if text.kept:
            return
        self.kinds.setdefault(text.kind, Counts()).add(text, found, seconds)
        if found != text.ends:
            self.wrong.append(f"{text.kind}: " + f" {END} ".join(" ".join(s.split()) for s in sentences))


def read_texts() -> list[Text]:
    """Return the texts of `sentences.jsonl`."""
    rows = map(json.loads, TEXTS.read_text("utf-8").splitlines())
    return [
        Text(row["kind"], row["language"], row["kept"], row["text"].replace(END, ""), ends(row["text"].split(END)))
        for row in rows
    ]


def ends(sentences: list[str]) -> frozenset[int]:
    """Return where each sentence but the last ends: libraries differ in the white space that they keep."""
    found, at = set(), 0
    for sentence in sentences:
        at += len("".join(sentence.split()))
        found.add(at)
    return frozenset(found - {0, at})


def ours(text: str, language: str) -> list[str]:
    """Split a text by our own rules."""
    return [text[start:end] for start, end in split_sentences(text)]


def in_our_paragraphs(split: Splitter) -> Splitter:
    """Return a splitter of texts that splits each of our paragraphs, as what took the place of our rules would."""

    def split_text(text: str, language: str) -> list[str]:
        starts = [*paragraph_starts(text), len(text)]
        paragraphs = [" ".join(text[a:b].split()) for a, b in pairwise(starts)]
        return [sentence for paragraph in paragraphs for sentence in split(paragraph, language)]

    return split_text


def libraries() -> Iterator[tuple[str, Splitter]]:
    """Yield the libraries that are installed, by name."""
    makers = {"pysbd": _pysbd, "syntok": _syntok, "nltk": _nltk, "spacy": _spacy, "blingfire": _blingfire}
    for name, make in (makers | {"sentencex": _sentencex}).items():
        if importlib.util.find_spec(name):
            yield name, make()


def _pysbd() -> Splitter:
    pysbd = importlib.import_module("pysbd")
    known = set(importlib.import_module("pysbd.languages").LANGUAGE_CODES)

    def split(text: str, language: str) -> list[str]:
        code = language if language in known else "en"
        return list(pysbd.Segmenter(language=code, clean=False).segment(text))

    return split


def _syntok() -> Splitter:
    analyze = importlib.import_module("syntok.segmenter").analyze

    def split(text: str, language: str) -> list[str]:
        sentences = (sentence for paragraph in analyze(text) for sentence in paragraph)
        return ["".join(token.spacing + token.value for token in sentence) for sentence in sentences]

    return split


def _nltk() -> Splitter:
    tokenizer = importlib.import_module("nltk.tokenize").PunktSentenceTokenizer()  # untrained: its data is no package
    return lambda text, language: list(tokenizer.tokenize(text))


def _spacy() -> Splitter:
    pipeline = importlib.import_module("spacy").blank("xx")
    pipeline.add_pipe("sentencizer")
    return lambda text, language: [sentence.text for sentence in pipeline(text).sents]


def _blingfire() -> Splitter:
    blingfire = importlib.import_module("blingfire")
    return lambda text, language: str(blingfire.text_to_sentences(text)).split("\n")


def _sentencex() -> Splitter:
    sentencex = importlib.import_module("sentencex")
    return lambda text, language: list(sentencex.segment("en" if language == "xx" else language, text))


def measure(split: Splitter, texts: list[Text]) -> Measured:
    """Split all texts, each twice: the first time may load rules."""
    measured = Measured()
    for text in texts:
        split(text.text, text.language)
        begun = time.perf_counter()
        sentences = split(text.text, text.language)
        measured.add(text, sentences, time.perf_counter() - begun)
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what of the half that is seen ours splits wrongly")
    wanted = parser.parse_args()
    texts = read_texts()
    print(f"{'':10} seen: precision, recall, F1 | kept apart | ms for 1000 characters")
    for name, split in [("ours", ours), *((name, in_our_paragraphs(split)) for name, split in libraries())]:
        measured = measure(split, texts)
        counts = measured.halves.values()
        pace = 1e6 * sum(one.seconds for one in counts) / sum(one.characters for one in counts)
        print(f"{name:10} {measured.halves[False]} | {measured.halves[True]} | {pace:.3f}")
        if name == "ours":
            first = measured
    print("\nours, seen, by kind")
    for kind, one in first.kinds.items():
        print(f"{kind:14} {one}  ({one.there} ends)")
    print(*first.wrong if wanted.show else [], sep="\n")


if __name__ == "__main__":
    main()
