"""What all models' tokenizers need."""

from __future__ import annotations


def whole_characters(text: str) -> str:
    """Return `text` with a question mark for half a surrogate pair, which no tokenizer takes; the length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")
