"""What is closest to a question that was refused: never what has nothing to do with it."""

from __future__ import annotations

from index import content_words

CLOSEST = 3  # passages that are shown
CLOSE = 0.05  # a passage that likely is close to what is asked
HELD = 0.5  # share of the question's words: a passage that has as many is close as well


def is_close(question: str, text: str, score: float) -> bool:
    """Tell whether a passage, with its title, is of what is asked: it may answer, or has half of the words."""
    words = set(content_words(question))
    held = len(words & set(content_words(text))) / len(words) if words else 0.0
    return score >= CLOSE or held >= HELD
