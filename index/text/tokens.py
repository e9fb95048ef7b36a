"""Tokens: texts go in, where each of their tokens begins comes out. It needs a tokenizer's JSON, and no model."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tokenizers import Tokenizer


class Tokenizing:
    """A tokenizer that is made of its JSON alone, so that it can be used in another process than its model.

    The offsets count characters; the special tokens have none. Any number of threads may use it; they wait for each
    other.
    """

    def __init__(self, tokenizer_json: str) -> None:
        self._tokenizer = whole_tokenizer(tokenizer_json)
        self._using = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """Return for each text the offsets at which its tokens begin."""
        whole = [whole_characters(text) for text in texts]
        with self._using:
            encodings = self._tokenizer.encode_batch(whole, add_special_tokens=False)
        return [[start for start, _ in encoding.offsets] for encoding in encodings]


def whole_tokenizer(tokenizer_json: str) -> Tokenizer:
    """Return the tokenizer, without truncation and padding."""
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def whole_characters(text: str) -> str:
    """Return `text` with a question mark for half a surrogate pair, which no tokenizer takes; the length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")
