"""Names of documents in questions: which they name, and which they don't."""

from __future__ import annotations

import pytest

from index import Document, Library, add_documents
from rag import Assistant
from rag.answer.filters import OF_SURE
from rag.naming import Names, list_names, said_about, to_look_in, without_names

FILES = {
    "minutes-april.md": "Minutes",
    "minutes-march.md": "Minutes",
    "HolmLease.txt": "Lease",
    "bees.md": "Bee report",
    "garden notes.md": "Garden notes",
    "final_report_v2.txt": "",
    "the-tides.pdf": "The tides: a guide",
}


@pytest.fixture
def names(library: Library) -> Names:
    documents = [
        Document(file, f"/docs/{file}", title, "text/plain", f"It is of {file}.", {}, (), file, 0.0)
        for file, title in FILES.items()
    ]
    add_documents(library, documents)
    found = Names()
    found.all(library.look())
    return found


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("In minutes-march.md, who was the chair?", ["minutes-march.md"]),
        ("Who was the chair in the April minutes?", ["minutes-april.md"]),
        ("According to HolmLease, are pets allowed?", ["HolmLease.txt"]),
        ("How much is the rent in the lease of Mr Holm?", ["HolmLease.txt"]),
        ("What does the April document say about parking?", ["minutes-april.md"]),
        ("Which bridge is in final report v2?", ["final_report_v2.txt"]),
        ("How many hives does the bee report count?", ["bees.md"]),
        ("Who takes the minutes?", []),
        ("Do bees sleep?", []),
        ("When does the lease end?", []),
        ("When are the tides highest?", []),
        ("What happened in April?", []),
        ("Is there a final report?", []),
    ],
)
def test_a_question_names_a_document_by_all_words_of_its_name(names: Names, question: str, named: list[str]) -> None:
    assert [name.file for name in names.named_in(question)] == named


@pytest.mark.parametrize(
    ("question", "looks"),
    [
        ("In minutes-march.md, who was the chair?", True),
        ("According to HolmLease, are pets allowed?", True),
        ("How many hives does the bee report count?", True),
        ("Which bridge is in final report v2?", True),
        ("What is said in the tides guide about springs?", True),
        ("What does the optic nerve say about crossing?", True),
        ("Wo kreuzt sich der optic nerve, und warum?", True),
        ("Where does the optic nerve cross?", False),
        ("What is the function of the optic nerve?", False),
    ],
)
def test_a_title_may_be_the_subject_of_a_question_and_no_place_to_look_in(
    library: Library, names: Names, question: str, *, looks: bool
) -> None:
    page = Document("optic", "/docs/optic.html", "Optic nerve", "text/plain", "It is a nerve.", {}, (), "optic", 0.0)
    add_documents(library, [page])
    anew = Names()
    anew.all(library.look())
    named = anew.named_in(question)
    assert named
    assert (to_look_in(question, named) == named) is looks


def test_what_a_page_is_titled_is_looked_for_in_other_documents_too(library: Library) -> None:
    texts = {
        "Optic nerve": "The optic nerve of each eye crosses the orbit and leaves it at the optic canal.",
        "Optic chiasm": "The optic nerve crosses the midline at the optic chiasm, below the hypothalamus.",
    }
    documents = [
        Document(title, f"/docs/{title}.txt", title, "text/plain", text, {}, (), title, 0.0)
        for title, text in texts.items()
    ]
    add_documents(library, documents)
    answer = Assistant(library).ask("Where does the optic nerve cross the midline?")
    assert [citation.doc_id for citation in answer.citations][:1] == ["Optic chiasm"]


@pytest.mark.parametrize(
    ("about", "meant"),
    [
        ("bees.md", ["bees.md"]),
        ("the bee report", ["bees.md"]),
        ("the garden notes", ["garden notes.md"]),
        ("the lease", ["HolmLease.txt"]),
        ("the tides", ["the-tides.pdf"]),
        ("the minutes of April", ["minutes-april.md"]),
        ("the garden", []),
        ("the harbour report", []),
        ("the film", []),
        ("the", []),
    ],
)
def test_what_a_document_is_called_finds_it(names: Names, about: str, meant: list[str]) -> None:
    assert [name.file for name in names.resolve(about)] == meant


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("In minutes-march.md, who was the chair?", "who was the chair?"),
        ("Who was the chair in the April minutes?", "Who was the chair?"),
        ("Who was the chair according to the April minutes?", "Who was the chair?"),
        ("What does the April document say about parking?", "What is said about parking?"),
        ("How much is the rent in the lease of Mr Holm?", "How much is the rent?"),
        ("Are the April minutes signed?", "Are the April minutes signed?"),
    ],
)
def test_where_to_look_is_no_part_of_what_is_looked_for(names: Names, question: str, bare: str) -> None:
    assert without_names(question, names.named_in(question)) == bare


def test_names_come_and_go_with_their_documents(names: Names, library: Library) -> None:
    assert len(names.all(library.look())) == len(FILES)
    library.remove(["bees.md"])
    names._until = 0.0
    now = library.look()
    assert "bees.md" not in [name.file for name in names.all(now)]
    assert [name.file for name in names.within(now, ["HolmLease.txt"], [])] == ["HolmLease.txt"]
    assert len(names.within(now, [], ["/docs"])) == len(FILES) - 1


def test_a_document_that_came_after_the_snapshot_has_no_name_in_it(library: Library) -> None:
    def added(file: str) -> Document:
        return Document(file, f"/docs/{file}", "", "text/plain", f"It is of {file}.", {}, (), file, 0.0)

    add_documents(library, [added("bees.md"), added("wasps.md")])
    before = library.look()
    library.remove(["wasps.md"])
    add_documents(library, [added("ants.md")])
    assert [name.file for name in Names().all(before)] == ["bees.md"]
    assert [name.file for name in Names().all(library.look())] == ["ants.md", "bees.md"]


def test_a_list_of_names_is_as_short_as_wanted(names: Names, library: Library) -> None:
    every = names.all(library.look())
    assert list_names(every, most=2) == "HolmLease.txt, bees.md and 5 more"
    assert list_names(every[:2], most=2) == "HolmLease.txt and bees.md"
    assert list_names([], most=2) == ""
    assert list_names([*every[:1], *every[:1]], most=5) == "HolmLease.txt and HolmLease.txt"


def test_what_a_document_says_about_a_thing_is_the_sentence_with_all_of_it(library: Library) -> None:
    texts = {
        "minutes-june.md": "The treasurer was Kofi Mensah. The boat shed stays unlocked by day. Paint cost 900 euros.",
        "minutes-july.md": "The treasurer was Ana Ruiz. The boat shed will be pulled down. The oars cost 1,200 euros.",
    }
    documents = [
        Document(file, f"/docs/{file}", "Minutes", "text/plain", text, {}, (), file, 0.0)
        for file, text in texts.items()
    ]
    add_documents(library, documents)
    assistant = Assistant(library)
    answer = assistant.ask("What do the July minutes say about the boat shed?")
    assert answer.sentences[0].text == "The boat shed will be pulled down."
    assert answer.confidence >= OF_SURE
    assert not assistant.ask("What do the July minutes say about paint?").grounded


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What is said about the boat shed?", {"boat", "shed"}),
        ("what is said about it?", set()),  # which names nothing that a sentence could have
        ("What is said about ", set()),
        ("Who said so about the shed?", set()),
    ],
)
def test_what_is_asked_about_is_all_but_function_words(question: str, about: set[str]) -> None:
    assert said_about(question) == about
