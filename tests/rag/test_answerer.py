"""Another answerer has its place: it is one file and one line, here the one of `tests/toys/`, and is asked for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from toys.answerer import BestDocument

from index.library import Library
from index.records import Document, Page
from index.sync.sync import add_documents
from rag.answer.protocol import Asked, Overview
from rag.assistant import Assistant
from rag.records import Answer, Turn, Update

TEXTS = {
    "heron": "The heron of the mill is called Bartholomew. In May 2019 it came to the weir. It left on 3 June 2021.",
    "reed": "Reed grows by the water.",
}


@dataclass
class Eager(BestDocument):
    """Notes which summaries and timelines it is offered, and makes one sentence of each."""

    offered: list[Overview | None] = field(default_factory=list)

    def retell(self, asked: Asked, found: Answer, overview: Overview | None) -> Iterator[Update]:
        self.offered.append(overview)
        yield Update("writing", "Writing", found)
        yield Update("done", "", replace(found, sentences=found.sentences[:1]))


@pytest.fixture
def library(library: Library) -> Library:
    """A library of the two documents."""
    add_documents(library, [Document(k, k, k, "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])
    return library


def test_another_answerer_takes_the_place_of_ours(library: Library) -> None:
    assistant = Assistant(library, answerer=BestDocument())
    updates = list(assistant.stream("What is the heron called?", [Turn("Who is there?")]))
    assert [update.stage for update in updates if update.stage != "loading"] == ["searching", "answering", "done"]
    answer = updates[-1].answer
    assert answer
    assert answer.text == "After 1 turns heron is best."
    assert [sentence.origin for sentence in answer.sentences] == ["generated"]
    assert [hit.passage.doc_id for hit in assistant.search("heron")][-1] == "heron"


@pytest.mark.parametrize(("question", "summarized"), [("Summarize heron", ["heron"]), ("Timeline of heron", None)])
def test_a_summary_and_a_timeline_are_offered_to_whatever_answers(
    library: Library, question: str, summarized: list[str] | None
) -> None:
    plain = Assistant(library, answerer=BestDocument()).ask(question)
    assert len(plain.sentences) > 1, "an answerer that has nothing to add gives it back whole"
    assert all(sentence.origin == "verbatim" for sentence in plain.sentences)
    eager = Eager()
    stages = [update.stage for update in Assistant(library, answerer=eager).stream(question)]
    assert stages[-3:] == ["answering", "writing", "done"]
    (overview,) = eager.offered
    assert (overview and [document.doc_id for document in overview.documents]) == summarized
    assert Assistant(library, answerer=eager).ask(question).sentences == plain.sentences[:1]


def test_other_answers_that_are_there_already_are_offered_to_none(library: Library) -> None:
    text = "An otter swims. It dives."
    pages = {1: Page(0, len(text))}
    add_documents(library, [Document("otter", "otter", "otter", "text/plain", text, pages, (), "otter", 0.0)])
    eager = Eager()
    answer = Assistant(library, answerer=eager).ask("What does page 1 of otter say?")
    assert answer.text == text
    assert eager.offered == []


def test_an_answerer_that_was_given_stays_when_settings_change(library: Library) -> None:
    assistant = Assistant(library, answerer=BestDocument())
    assistant.set_up(reader="none", refusal="eager")
    assert assistant.ask("What is the heron called?").text == "After 0 turns heron is best."


def test_an_answerer_that_finds_nothing_refuses(library: Library) -> None:
    answer = Assistant(library, answerer=BestDocument()).ask("What is the heron called?", folders=["/nowhere"])
    assert (answer.kind, answer.hits, answer.sentences) == ("refusal", (), ())
