"""What can be chosen of how questions are answered: the names, and the defaults, that settings are made of."""

from __future__ import annotations

from typing import Literal

Refusal = Literal["strict", "balanced", "eager"]
REFUSALS: tuple[Refusal, ...] = ("strict", "balanced", "eager")
DEFAULT_READER = "pincite"
DEFAULT_CHECKER = "pincite"
MOST_SEARCHES = 3  # for one question, with the first
LONGEST_QUESTION = 2000  # characters; what is longer is a document
