"""The prompt: a question and passages go in, the messages to a language model come out, with as many as it can read.

`prompt.md` beside this file is the text of it, of which a person can use a changed copy. What stands above the line
"---" is the instruction, what stands below it the question.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index import Document, Hit, SettingsError, Snapshot, document_name, split_sentences

OWN_PROMPT = Path(__file__).with_name("prompt.md")
NOT_THERE = "NOT IN THE DOCUMENTS"  # what the model is told to write if the passages don't answer
_NEEDED = ("{mark}", "{passages}", "{question}")
_LARGEST = 20_000  # characters of a prompt's text
_LONGEST_NAME = 200  # characters of what stands above a passage
# What a model's template may read as an order of its own: the marks of turns, thoughts and tools.
_OPENING = re.compile(
    r"<(?=[|｜])|<(?=/?(?:s|bos|eos|start_of_turn|end_of_turn|think|thinking|tool_call|tool_response|system|user|assistant|im_start|im_end)\b)"
    r"|\[(?=/?(?:INST|SYS|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS|SYSTEM_PROMPT)\b)|<(?=</?SYS>)",
    re.I,
)
_CLOSING = re.compile(r"(?<=[|｜])>")


@dataclass(frozen=True, slots=True)
class Passage:
    """What the model gets to read of a document: whole sentences, under the document's name and the section's."""

    title: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages for a question, and how many of the passages are in them."""

    messages: tuple[dict[str, str], ...]
    read: int
    of: int

    @property
    def note(self) -> str:
        """What was left out, in a few words; "" if nothing."""
        return f"{self.read} of {self.of} passages were read" if self.read < self.of else ""


def read_prompt(path: Path | None = None) -> str:
    """Return the text of the prompt. Raises `SettingsError` if a person's own lacks what it needs, or can't be read."""
    named = path or OWN_PROMPT
    try:
        text = named.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or "it is no text"
        raise SettingsError(f"prompt {named}: {reason}: name another file with --prompt") from error
    lacking = [name for name in _NEEDED if name not in text]
    if lacking:
        raise SettingsError(f"prompt {named}: {lacking[0]} is not in it: put it where that is to stand")
    if len(text) > _LARGEST:
        raise SettingsError(f"prompt {named}: it has more than {_LARGEST:,} characters: shorten it")
    return text


def passages_of(snapshot: Snapshot, hits: Sequence[Hit]) -> list[Passage]:
    """Return the passages of hits, in their order; of documents that are deleted, none."""
    found = [(hit, snapshot.find_document(hit.passage.doc_id)) for hit in hits]
    return [passage_of(document, hit) for hit, document in found if document]


def write_prompt(
    template: str, question: str, passages: Sequence[Passage], *, count: Callable[[str], int], most_tokens: int
) -> Prompt:
    """Return the messages with as many passages as fit, the best first, none of them cut within a sentence.

    Of the first passage there is at least a sentence. Raises `SettingsError` if not even that fits.
    """
    mark = secrets.token_hex(8)  # of this question alone, so that no document can hold it

    def messages(chosen: Sequence[Passage]) -> tuple[dict[str, str], ...]:
        return _messages(template, question, chosen, mark)

    def fits(chosen: Sequence[Passage]) -> bool:
        return count("\n".join(message["content"] for message in messages(chosen))) <= most_tokens

    number = _most(len(passages), lambda n: fits(passages[:n]))
    if number:
        return Prompt(messages(passages[:number]), number, len(passages))
    for first in _shortened(passages[0]) if passages else ():
        if fits([first]):
            return Prompt(messages([first]), 1, len(passages))
    raise SettingsError(
        f"the model reads too little for a passage ({most_tokens} tokens): serve it with a longer context"
    )


def _messages(template: str, question: str, passages: Sequence[Passage], mark: str) -> tuple[dict[str, str], ...]:
    given = {"mark": mark, "passages": _in_marks(passages, mark), "question": harmless(" ".join(question.split()))}
    instruction, line, rest = template.partition("\n---\n")
    parts = [("system", instruction), ("user", rest)] if line else [("user", template)]
    return tuple({"role": role, "content": _filled(text, given).strip()} for role, text in parts)


def _filled(text: str, given: dict[str, str]) -> str:
    """Put in what is given, once: what looks like a place of it in a passage is text."""
    return re.sub(r"\{(mark|passages|question)\}", lambda found: given[found.group(1)], text)


def _in_marks(passages: Sequence[Passage], mark: str) -> str:
    parts = []
    for number, one in enumerate(passages, start=1):
        above = f"{one.title} / {one.section}" if one.section else one.title
        parts.append(f"[{number}] {mark} {harmless(above)}\n{harmless(one.text)}\n{mark}")
    return "\n\n".join(parts)


def harmless(text: str) -> str:
    """Return text without what a model's template reads as an order: the brackets of such marks become others."""
    return _CLOSING.sub("›", _OPENING.sub("‹", text))


def passage_of(document: Document, hit: Hit) -> Passage:
    """Return the passage of a hit in its document."""
    above = (document_name(document), hit.passage.heading)
    name, section = (" ".join(text.split())[:_LONGEST_NAME] for text in above)
    return Passage(name, section, document.text[hit.passage.start : hit.passage.end].strip())


def _most(number: int, fits: Callable[[int], bool]) -> int:
    """Return the greatest n up to `number` that fits, in few tries."""
    low, high = 0, number
    if number and fits(number):
        return number
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _shortened(one: Passage) -> list[Passage]:
    """Return a passage with fewer and fewer of its sentences: half, a quarter and so on, at last the first."""
    ends = [end for _, end in split_sentences(one.text)]
    found, left = [], len(ends)
    while left > 1:
        left //= 2
        found.append(replace(one, text=one.text[: ends[left - 1]]))
    return found
