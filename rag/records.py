"""The records that cross the borders of `rag`: answers, their sentences and citations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from index import Hit


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that a sentence rests on: `quote == document.text[start:end]`, always."""

    number: int
    doc_id: str
    path: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, the numbers of the citations it rests on, and how well they support it (0 to 1).

    `origin` tells whether its words are those of the documents, or of a model that wrote them.
    """

    text: str
    citations: tuple[int, ...]
    support: float
    origin: Literal["verbatim", "generated"] = "verbatim"


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The answering words alone: `document.text[start:end]` of the document that citation number `citation` names."""

    text: str
    citation: int
    start: int
    end: int


Verdict = Literal["supported", "partly", "unsupported", "contradicted"]


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of a text, `text[start:end]` of what was checked, and what the sources say to it.

    `support` is the probability, 0 to 1, that they support it. `citations` are the numbers of the words that do, or
    that contradict it; none where it is "unsupported". `why` says in one line what they lack, "" if they support it.
    """

    text: str
    start: int
    end: int
    verdict: Verdict
    support: float
    citations: tuple[int, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A text after the grounding check: its sentences in their order, and the words of the sources for them.

    What claims nothing (a heading, a question, "Here are the main points:") is no sentence of it.
    """

    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Citation, ...]

    @property
    def supported(self) -> int:
        """How many of the sentences are supported."""
        return sum(sentence.verdict == "supported" for sentence in self.sentences)

    @property
    def total(self) -> int:
        """How many sentences there are."""
        return len(self.sentences)


Unsupported = Literal["mark", "hide", "keep"]
UNSUPPORTED: tuple[Unsupported, ...] = ("mark", "hide", "keep")


class Group(NamedTuple):
    """What sentences of a model stand under a title: those from number `first` (from 0) to the next group's."""

    first: int
    title: str


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in a language model's own words, as far as it is written, each finished sentence checked.

    `draft` is the sentence that the model is at, which nothing has checked. `model` is its name, `note` what a person
    should know of it in one line, "" if nothing: why there are no sentences, or how many passages it read. "stopped" is
    what was cut short, "failed" what the server failed in. `hidden` sentences that the documents don't support are left
    out; with `marked` False a person wants no marks at the others. With `leads` it stands above the documents' words.
    `steps` says what was searched for beside the question; of a "comparison" each of the `groups` is a row of a table.
    """

    sentences: tuple[CheckedSentence, ...] = ()
    draft: str = ""
    model: str = ""
    note: str = ""
    state: Literal["writing", "done", "stopped", "failed"] = "writing"
    hidden: int = 0
    marked: bool = True
    leads: bool = False
    kind: Literal["answer", "comparison"] = "answer"
    groups: tuple[Group, ...] = ()
    steps: tuple[str, ...] = ()

    def grouped(self) -> list[tuple[str, tuple[CheckedSentence, ...]]]:
        """Return the sentences by their groups; what stands before the first has the title ""."""
        firsts = [Group(0, ""), *self.groups]
        ends = [group.first for group in self.groups] + [len(self.sentences)]
        found = [(one.title, self.sentences[one.first : end]) for one, end in zip(firsts, ends, strict=True)]
        return [(title, sentences) for title, sentences in found if title or sentences]

    @property
    def supported(self) -> int:
        """How many of the sentences are supported."""
        return sum(sentence.verdict == "supported" for sentence in self.sentences)

    @property
    def total(self) -> int:
        """How many sentences the model wrote, with those that are left out."""
        return len(self.sentences) + self.hidden


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier turn of the conversation: the question as it was understood, and the answer's text (may be empty)."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. A refusal is an ordinary answer: `grounded` is False and there are no citations.

    With `is_reply` it is neither: the assistant speaks of itself or of the library ("15 documents"), and `text` is what
    it says, without sentences and citations.

    `hits` are the passages that were found, best first; with a refusal they are what is closest.
    `confidence` is the probability, 0 to 1, that the documents hold an answer. `differing` holds the answering words of
    each source where sources contradict each other ("2019" here, "2020" there); it is empty where they don't.
    `timings_ms` has at least "total". `written` is the answer in a language model's own words, where one is asked; the
    citations of its sentences are in `citations`, behind the others.
    """

    question: str
    standalone_question: str
    text: str
    sentences: tuple[Sentence, ...]
    short_answer: ShortAnswer | None
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    grounded: bool
    confidence: float
    differing: tuple[ShortAnswer, ...]
    timings_ms: Mapping[str, float]
    is_reply: bool = False
    written: Written | None = None

    @property
    def kind(self) -> Literal["answer", "refusal", "reply"]:
        """Whether the documents answer, they don't, or the assistant spoke of itself or the library."""
        if self.is_reply:
            return "reply"
        return "answer" if self.grounded else "refusal"


@dataclass(frozen=True, slots=True)
class Update:
    """A step of an answer that is being made.

    `stage` says what is going on and `message` says it to a person ("searching 12,408 passages"). `answer` is None
    until there is a first sentence, then the answer so far; with stage "done" it is the whole answer, or a refusal.
    While a language model is "writing", the same update may come again and again.
    """

    stage: Literal["loading", "searching", "reading", "answering", "writing", "done"]
    message: str
    answer: Answer | None
