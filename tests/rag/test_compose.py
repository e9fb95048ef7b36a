"""What an answer is made of: lists, two parts, sources that agree word for word, and sources that differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.sync.sync import add_documents
from rag import Answer, Assistant

OTHER = "The kayak Coot is painted blue."
DOCUMENTS = {
    "council.txt": "The bridge over the Alm was opened in 2019. It was designed by Mara Lindt. It has four lanes.",
    "paper.txt": "After long delays the bridge over the Alm was opened in 2020, the town's paper reports.",
    "brochure.txt": "Our heat pump has a warranty of seven years. It runs at night without a sound.",
    "manual.txt": "Read this manual first. Our heat pump has a warranty of seven years. Keep the filter clean.",
    "record.txt": "The footbridge over the Ammer was opened to walkers on 14 May 2019 by mayor Ingrid Falk.",
    "archive.txt": "News. The footbridge over the Ammer was opened to walkers on 14 May 2019 by mayor Ingrid Falk.",
    "chronicle.txt": (
        "The footbridge over the Ammer was opened to walkers on 3 June 2020, after a winter of repairs, and the "
        "ferryman rang the bell one last time."
    ),
    "charter.txt": (
        "The club has three organs.\n\n- The general assembly elects the board.\n- The board leads the club.\n"
        "- The auditors check the books.\n\nMeetings take place in Graz."
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    library = Library(tmp_path_factory.mktemp("home"), Encoder())
    add_documents(library, [_document(name, text) for name, text in DOCUMENTS.items()])
    yield Assistant(library, refusal="eager")
    library.close()


def _document(name: str, text: str) -> Document:
    return Document(name, name, name.removesuffix(".txt"), "text/plain", text, {}, (), name, 0.0)


def _sources(answer: Answer) -> Mapping[str, str]:
    return {citation.doc_id: citation.quote for citation in answer.citations}


def test_sources_that_differ_are_both_shown_and_said_to_differ(assistant: Assistant) -> None:
    answer = assistant.ask("When was the bridge over the Alm opened?")
    assert {"council.txt", "paper.txt"} <= set(_sources(answer))
    found = {words.text: words.citation for words in answer.differing}
    assert {"2019", "2020"} == {year for text in found for year in ("2019", "2020") if year in text}
    for words in answer.differing:
        citation = answer.citations[words.citation - 1]
        assert DOCUMENTS[citation.doc_id][words.start : words.end] == words.text


def test_two_that_agree_do_not_drown_the_one_that_differs(assistant: Assistant) -> None:
    answer = assistant.ask("When was the footbridge over the Ammer opened?")
    assert {words.text for words in answer.differing} == {"14 May 2019", "3 June 2020"}
    assert set(_sources(answer)) == {"record.txt", "archive.txt", "chronicle.txt"}


def test_sources_that_say_the_same_are_cited_together(assistant: Assistant) -> None:
    answer = assistant.ask("How long is the warranty of the heat pump?")
    first = answer.sentences[0]
    assert "seven years" in first.text
    assert {answer.citations[number - 1].doc_id for number in first.citations} == {"brochure.txt", "manual.txt"}
    assert answer.text.count("seven years") == 1
    assert answer.differing == ()


def test_both_parts_of_a_question_are_answered(assistant: Assistant) -> None:
    answer = assistant.ask("When was the bridge over the Alm opened and who designed it?")
    assert "Mara Lindt" in answer.text
    assert "2019" in answer.text or "2020" in answer.text


def test_a_list_is_given_whole_and_in_order(assistant: Assistant) -> None:
    answer = assistant.ask("What are the three organs of the club?")
    places = [answer.text.find(word) for word in ("general assembly", "board leads", "auditors")]
    assert -1 not in places
    assert places == sorted(places)


def test_the_short_answer_stands_in_its_citation(assistant: Assistant) -> None:
    answer = assistant.ask("Who designed the bridge over the Alm?")
    assert answer.short_answer is not None
    citation = answer.citations[answer.short_answer.citation - 1]
    assert citation.start <= answer.short_answer.start < answer.short_answer.end <= citation.end
    assert answer.short_answer.text in citation.quote
    assert "Mara Lindt" in answer.short_answer.text


def test_all_documents_that_say_it_of_another_thing_are_in_the_list(tmp_path: Path) -> None:
    names = (
        "Tern Gull Auk Skua Plover Heron Crane Stork Rook Jay Wren Finch Robin Linnet Siskin Dunlin Knot Teal".split()
    )
    names += "Smew Eider Scaup Garnet Merlin Kestrel Osprey Kite".split()
    with closing(Library(tmp_path, Encoder())) as library:
        texts = {f"{name}.txt": f"The kayak {name} is painted red." for name in names}
        add_documents(library, [_document(name, text) for name, text in {**texts, "blue.txt": OTHER}.items()])
        answer = Assistant(library).ask("Which kayaks are painted red?")
    assert {citation.quote for citation in answer.citations} == set(texts.values())
    assert answer.sentences[-1].text == f"and {len(names) - 24} more"
