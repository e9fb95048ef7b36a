"""Words: a text in, its words out as they are searched: lower case, without accents, stemmed."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import tantivy

from index.text.forms import ACRONYM, asked_forms, normal_forms
from index.text.function_words import LANGUAGES

# Scripts that put no spaces between words: Thai, Lao, Khmer, Burmese, kana, han, hangul is spaced and left alone.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


def split_words(text: str) -> list[str]:
    """Return the words of `text` as they are indexed: in one form, lower case, without accents, stemmed."""
    return list(filter(None, analyzer().analyze(spaced(text))))


def content_words(query: str) -> list[str]:
    """Return the words of `query` that say what is asked, each once; all of them if there are only function words.

    Function words are those of the language that most of them are of: the "den" of an English question is a room. They
    are names where they are written as such: "IT", "Will May".
    """
    words = list(dict.fromkeys(split_words(asked_forms(query))))
    functions = max(_function_stems(), key=lambda stems: sum(word in stems for word in words))
    functions = functions - _named(query)
    acronyms = {word.removesuffix(ACRONYM) for word in words if word.endswith(ACRONYM)}
    return [word for word in words if word not in functions and word not in acronyms] or words


def _named(query: str) -> set[str]:
    """Return the words that have a capital within a sentence, if most others have none."""
    tokens = query.split()
    capitals = [word for word in tokens if word[:1].isupper()]
    if 2 * len(capitals) > len(tokens) + 1:
        return set()
    pairs = pairwise(tokens)
    within = [word for before, word in pairs if word in capitals and not before.endswith((".", "?", "!", ":"))]
    return set(split_words(" ".join(word for word in within if len(word) > 1)))


@cache
def _function_stems() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(stem for word in words for stem in split_words(word)) for words in LANGUAGES)


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Return what makes words of a text that was spaced."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def spaced(text: str) -> str:
    """Return `text` with its words in one form, and spaces between them.

    Where a script has none, every pair of neighbouring letters is a word of its own.
    """
    text = normal_forms(text)
    if text.isascii():
        return text
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSPACED.sub(lambda run: f" {_pairs(run.group())} ", text)


def _pairs(run: str) -> str:
    return " ".join(run[i : i + 2] for i in range(max(1, len(run) - 1)))
