"""Words: a text in, its words out as they are searched: lower case, without accents, stemmed."""

from __future__ import annotations

import re
from functools import cache

import tantivy

from index.text.function_words import FUNCTION_WORDS

# Scripts that put no spaces between words: Thai, Lao, Khmer, Burmese, kana, han, hangul is spaced and left alone.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


def split_words(text: str) -> list[str]:
    """Return the words of `text` as they are indexed: lower case, without accents, stemmed."""
    return [word for word in analyzer().analyze(spaced(text)) if word]


def content_words(query: str) -> list[str]:
    """Return the words of `query` that say what is asked, each once; all of them if there are only function words."""
    words = list(dict.fromkeys(split_words(query)))
    return [word for word in words if word not in _function_stems()] or words


@cache
def _function_stems() -> frozenset[str]:
    return frozenset(stem for word in FUNCTION_WORDS for stem in split_words(word))


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
    """Return `text` with every pair of neighbouring letters as a word of its own where the script has no spaces."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSPACED.sub(lambda run: f" {_pairs(run.group())} ", text)


def _pairs(run: str) -> str:
    return " ".join(run[i : i + 2] for i in range(max(1, len(run) - 1)))
