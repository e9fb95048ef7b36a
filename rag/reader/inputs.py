"""Inputs: a question and a passage go in, the tokens that the network reads come out, and where each stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from index import whole_characters

MOST_QUESTION_TOKENS = 64
_MOST_HEADER_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Inputs:
    """<s> question </s> header : passage </s>, as token ids and types (0 for the question, 1 for the rest).

    `places[i]` are the characters of the passage at which token `first + i` stands.
    """

    ids: list[int]
    types: list[int]
    first: int
    places: list[tuple[int, int]]

    def tokens(self, start: int, end: int) -> list[int]:
        """Return which of the passage's tokens hold some of its characters `start:end`; none if it was cut off."""
        return [token for token, (s, e) in enumerate(self.places) if s < end and e > start]


def encode(
    tokenizer: Tokenizer,
    pairs: Sequence[tuple[str, str, str]],
    *,
    max_tokens: int,
    most_asked: int = MOST_QUESTION_TOKENS,
) -> list[Inputs]:
    """Return the inputs of (question, header, passage) each.

    What is beyond `most_asked` tokens of a question is cut off, and what is beyond `max_tokens` together of a passage.
    """
    cls, sep, colon = (int(tokenizer.token_to_id(token) or 0) for token in ("<s>", "</s>", ":"))
    texts = [_compatible(whole_characters(text)) for pair in pairs for text in pair]
    encodings = tokenizer.encode_batch([text for text, _ in texts], add_special_tokens=False)
    inputs = []
    for i in range(0, len(encodings), 3):
        question, header, passage = encodings[i : i + 3]
        asked = [cls, *question.ids[:most_asked], sep]
        above = [*header.ids[:_MOST_HEADER_TOKENS], colon] if header.ids else []
        room = max_tokens - len(asked) - len(above) - 1
        ids = [*asked, *above, *passage.ids[:room], sep]
        types = [0] * len(asked) + [1] * (len(ids) - len(asked))
        read, origins = texts[i + 2]
        places = [_without_space(read, *place) for place in passage.offsets[:room]]
        if origins:
            places = [(origins[start], origins[end - 1] + 1) for start, end in places]
        inputs.append(Inputs(ids, types, len(asked) + len(above), places))
    return inputs


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a token, which SentencePiece begins with the space before it, without that."""
    while start < end - 1 and text[start].isspace():
        start += 1
    return start, end


def _compatible(text: str) -> tuple[str, list[int] | None]:
    """Return `text` with ligatures, wide letters and the like as the letters that they stand for (Unicode's NFKC).

    With it comes of which character each one is, or None if nothing was changed.
    """
    if unicodedata.is_normalized("NFKC", text):
        return text, None
    letters = [unicodedata.normalize("NFKC", character) for character in text]
    return "".join(letters), [i for i, found in enumerate(letters) for _ in found]
