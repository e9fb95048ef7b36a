"""Rewriting: a follow-up and the conversation go in, the question as it stands alone comes out, if it is believable."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from index import content_words, split_words
from rag.generation.prompt import Passage, read_prompt
from rag.generation.speaking import Speaker
from rag.records import Turn

_PROMPT = Path(__file__).with_name("rewrite.md")
_TURNS = 3  # that are told
_LONGEST = 400  # characters
_OF_ANSWER = 600  # characters of an answer that are told
_TOKENS = 96
_SECONDS = 20.0  # that a person waits for it at most, between two pieces
_MOST_STRANGE = 1  # words that nobody has said


def rewrite(speaker: Speaker, question: str, turns: Sequence[Turn]) -> Generator[str, None, str]:
    """Return the question as a model makes it stand alone, "" if that can't be believed; yield what is going on.

    Raises `PinciteError` for whatever goes wrong.
    """
    said = [Passage(turn.question, "", turn.answer[:_OF_ANSWER] or "(no answer)") for turn in turns[-_TURNS:]]
    hasty = Speaker(replace(speaker.server, patience=min(speaker.server.patience, _SECONDS)), speaker.use)
    told = "Asking the language model what the question means"
    written = yield from hasty.reply(read_prompt(_PROMPT), question, said, told, most_tokens=_TOKENS)
    return written if is_believable(written, question, turns[-_TURNS:]) else ""


def is_believable(written: str, question: str, turns: Sequence[Turn]) -> bool:
    """Tell whether it asks what was asked: what is special in the question is there, and hardly anything strange."""
    if not written.strip() or len(written) > max(_LONGEST, 2 * len(question)):
        return False
    words = set(split_words(written))
    heard = [question, *(text for turn in turns for text in (turn.question, turn.answer))]
    known = {word for text in heard for word in split_words(text)}
    strange = [word for word in content_words(written) if word not in known]
    if len(strange) > _MOST_STRANGE or any(map(_is_special, _as_written(written, strange))):
        return False
    special = [word for word in re.findall(r"[\w'’-]+", question)[1:] if _is_special(word)]
    return all(set(split_words(word)) <= words for word in special)


def _is_special(word: str) -> bool:
    """Tell whether a word is a name or a number."""
    return any(c.isdigit() for c in word) or (word[:1].isupper() and word not in ("I", "I'm", "I’m"))


def _as_written(text: str, words: Sequence[str]) -> list[str]:
    return [found for found in re.findall(r"[\w'’-]+", text)[1:] if set(split_words(found)) & set(words)]
