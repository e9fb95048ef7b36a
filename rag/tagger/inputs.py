"""Inputs: a question and the conversation before it go in, the tokens that the tagger reads come out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from index import content_words, split_words, whole_characters
from rag.records import Turn

MAX_TOKENS = 192
_MOST_QUESTION_TOKENS = 48
_LAST_TURNS = 3  # of the conversation, and the first question of all: it often has the topic
_ANSWER_WORDS, _EARLIER_ANSWER_WORDS = 60, 25  # of the last answer, and of those before it
_MOST_CHARACTERS = 800  # of a question, and of an answer: words can be long
_LEAST_ROOM = 8  # tokens, for a turn to be read
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of what was said: its form, lower case and without "'s", and where it stands.

    `start:end` are characters of the turn's text, `turns_ago` is 0 for the last turn, `first:last` are its tokens;
    `is_content` tells that it is no function word.
    """

    form: str
    is_content: bool
    turns_ago: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """<s> question </s> last turn </s> the turn before it </s> ..., as token ids and types (0 for the question).

    `texts` are the turns as they are read, the last first, and `words` the words in them.
    """

    ids: list[int]
    types: list[int]
    texts: tuple[str, ...]
    words: tuple[Word, ...]


def form_of(word: str) -> str:
    """Return a word in lower case, without the "'s" of an owner."""
    return _POSSESSIVE.sub("", word.lower())


def forms_in(text: str) -> set[str]:
    """Return the forms of the words of a text."""
    return {form_of(found.group()) for found in _WORD.finditer(text)}


def encode(tokenizer: Tokenizer, question: str, turns: Sequence[Turn]) -> Inputs:
    """Return the inputs of `question` after `turns` (oldest first); of what is too long the oldest is left out."""
    cls, sep = (int(tokenizer.token_to_id(token) or 0) for token in ("<s>", "</s>"))
    asked = tokenizer.encode(whole_characters(question[:_MOST_CHARACTERS]), add_special_tokens=False).ids[
        :_MOST_QUESTION_TOKENS
    ]
    ids = [cls, *asked, sep]
    types = [0] * len(ids)
    texts, words = [], []
    for turns_ago, text in enumerate(_as_read(turns)):
        room = MAX_TOKENS - len(ids) - 1
        if room < _LEAST_ROOM:
            break
        encoding = tokenizer.encode(text, add_special_tokens=False)
        places = encoding.offsets[:room]
        content = set(content_words(text))
        for found in _WORD.finditer(text):
            inside = [
                i for i, (s, e) in enumerate(places) if s < found.end() and e > found.start() and text[s:e].strip()
            ]
            if inside:
                first, last = len(ids) + inside[0], len(ids) + inside[-1] + 1
                form = form_of(found.group())
                is_content = not content.isdisjoint(split_words(form))
                words.append(Word(form, is_content, turns_ago, found.start(), found.end(), first, last))
        texts.append(text)
        ids += [*encoding.ids[:room], sep]
        types += [1] * (len(places) + 1)
    return Inputs(ids, types, tuple(texts), tuple(words))


def _as_read(turns: Sequence[Turn]) -> list[str]:
    """Return the texts of the turns that are read, the last first: "question? answer", the answer cut."""
    read = []
    for number, turn in reversed(list(enumerate(turns))):
        turns_ago = len(turns) - 1 - number
        if turns_ago >= _LAST_TURNS and number > 0:
            continue
        limit = _ANSWER_WORDS if turns_ago == 0 else _EARLIER_ANSWER_WORDS if turns_ago < _LAST_TURNS else 0
        answer = " ".join(turn.answer[:_MOST_CHARACTERS].split()[:limit])
        question = turn.question[:_MOST_CHARACTERS].strip()
        read.append(whole_characters(f"{question.rstrip('?')}? {answer}" if answer else question))
    return read
