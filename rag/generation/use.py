"""What a language model is used for, as a person has set it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.records import Unsupported


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a language model is used for.

    With `writes` it answers in words of its own, with `even_if_refused` also where the documents seem to hold no
    answer. With `leads` that stands above the documents' words. `unsupported` says what becomes of sentences that the
    documents don't support, and `prompt` is a person's own text of what it is told. `searches` is how often is searched
    for one question, at most: the model says for what. With `rewrites` it makes follow-ups stand alone.
    """

    writes: bool = True
    even_if_refused: bool = False
    leads: bool = False
    unsupported: Unsupported = "mark"
    prompt: Path | None = None
    searches: int = 1
    rewrites: bool = False


AS_USUAL = ModelUse()
