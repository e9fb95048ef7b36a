"""The assistant with the real model, over the sample documents and the acceptance article."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import WordEncoder

from index.errors import PinciteError, SettingsError
from index.library import Library
from index.records import Document, Passage
from index.store.catalog import SqliteCatalog
from index.store.database import Database
from index.sync.sync import add_documents
from rag import Answer, Assistant, open_assistant
from rag.answer.citations import CitationError, check_citations
from rag.answer.extractive import ExtractiveAnswerer
from rag.answer.regression import support_level
from rag.assistant import Loading
from rag.evaluation.evaluate import evaluate, measure, open_dataset
from rag.reader.default import ShippedReader
from ui.cli.commands import EXAMPLES


@pytest.fixture(scope="module")
def assistant(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over seven of the sample documents."""
    opened = open_assistant(Path(shutil.copytree(sampled, tmp_path_factory.mktemp("copy") / "home")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shipped(sampled_whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over all of the sample documents."""
    opened = open_assistant(Path(shutil.copytree(sampled_whole / "home", tmp_path_factory.mktemp("copy") / "home")))
    yield opened
    opened.close()


def check(assistant: Assistant, answer: Answer) -> None:
    """Check the promises that hold for every answer."""
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for citation in answer.citations:
        document = assistant.library.document(citation.doc_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.page == document.page_of(citation.start)
        assert any(
            hit.passage.doc_id == citation.doc_id
            and hit.passage.start <= citation.start
            and citation.end <= hit.passage.end
            for hit in answer.hits
        )
    for sentence in answer.sentences:
        assert sentence.citations
        assert set(sentence.citations) <= set(numbers)
        assert 0 <= sentence.support <= 1
    assert 0 <= answer.confidence <= 1
    assert answer.grounded == bool(answer.citations) == bool(answer.text)
    assert answer.timings_ms["total"] > 0


# (question, a piece of the words that answer): one for each sample document and format.
ANSWERED = [
    ("When did Leonardo's CEO visit Baykar?", "Jan. 23"),
    ("What is the chat's default address?", "127.0.0.1:7860"),
    ("How hot is the hot water for tea?", "88 °C"),
    ("How much is the deposit?", "£2,360"),
    ("whos the landlord", "Margaret Osei"),
    ("How warm must a bumblebee's flight muscles be before it can take off?", "30 °C"),
    ("What did the avalanche take with it?", "woodshed"),
    ("Wann fuhr der Orient-Express zum ersten Mal?", "4. Oktober 1883"),
    ("How high is the tallest wind tower in Yazd?", "33 metres"),
    ("Who was elected chair?", "Tomasz Lewin"),
    ("At what temperature does salt melt?", "801 °C"),
    ("Which river touches the most countries?", "Danube"),
    ("Who coined the word supermoon?", "Richard Nolle"),
    ("How often does the crystal in a quartz watch vibrate?", "32,768"),
    ("Which Roman lighthouse is still in use?", "Tower of Hercules"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("question", "words"), ANSWERED)
def test_each_sample_document_answers(shipped: Assistant, question: str, words: str) -> None:
    answer = shipped.ask(question)
    check(shipped, answer)
    assert words in answer.text


@pytest.mark.parametrize("question", EXAMPLES)
def test_the_questions_that_the_page_offers_are_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    check(assistant, answer)
    assert support_level(answer.sentences[0].support) in ("well", "partly")


@pytest.mark.parametrize(
    "question",
    [
        "How do I bake sourdough bread?",
        "Who won the football match yesterday?",
        "qwertz uiop",
        "What is the GDP of Peru?",
    ],
)
def test_what_no_document_speaks_of_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    check(assistant, answer)
    assert not answer.grounded
    assert answer.sentences == ()
    assert answer.short_answer is None


def test_a_refusal_offers_what_is_closest(assistant: Assistant) -> None:
    answer = assistant.ask("How do I bake sourdough bread?")
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert answer.hits


def test_a_stream_grows_sentence_by_sentence_into_the_answer(assistant: Assistant) -> None:
    updates = list(assistant.stream(EXAMPLES[0]))
    stages = [update.stage for update in updates]
    assert stages[-1] == "done"
    assert stages.index("searching") < stages.index("reading") < stages.index("answering")
    parts = [update.answer for update in updates if update.stage == "answering" and update.answer]
    whole = updates[-1].answer
    assert whole is not None
    assert [part.sentences for part in parts] == [whole.sentences[: n + 1] for n in range(len(whole.sentences))]
    for part in parts:
        check(assistant, part)


def test_a_scope_keeps_the_answer_to_its_documents(assistant: Assistant) -> None:
    salt = next(entry.doc_id for entry in assistant.library.entries() if entry.path.endswith("salt.txt"))
    answer = assistant.ask("Who was elected chair?", documents=[salt])
    assert {hit.passage.doc_id for hit in answer.hits} <= {salt}
    assert not answer.grounded


@pytest.mark.parametrize("question", ["", "   \n", "x" * 2001])
def test_an_empty_or_endless_question_is_an_error_and_no_refusal(assistant: Assistant, question: str) -> None:
    with pytest.raises(SettingsError, match="question"):
        assistant.ask(question)


@pytest.mark.parametrize(
    "question",
    ["?", "the of and", "\ud800", "((( OR *", "a\x00b", "Ω" * 500, "<script>alert(1)</script>", "words:x AND"],
)
def test_odd_questions_get_an_answer_or_a_refusal(question: str, library: Library) -> None:
    texts = ("The heron of Dr. Ash has 3 words: x, y and Ω.", "<script> is no reed OR heron.")  # few: all are read
    add_documents(library, [Document(t, t, "", "text/plain", t, {}, (), t, 0.0) for t in texts])
    assistant = Assistant(library, refusal="eager")
    check(assistant, assistant.ask(question))


def test_a_citation_that_does_not_quote_its_document_never_leaves(assistant: Assistant) -> None:
    answer = assistant.ask(EXAMPLES[0])
    wrong = dataclasses.replace(answer.citations[0], start=answer.citations[0].start + 1)
    with pytest.raises(CitationError):
        check_citations(assistant.library.look(), answer.sentences, [wrong])
    with pytest.raises(CitationError):
        check_citations(assistant.library.look(), answer.sentences, [])


@pytest.mark.parametrize(
    ("question", "most"), [(EXAMPLES[0], 6), ("How much is the deposit, and who is the landlady?", 12)]
)
def test_a_question_looks_at_the_catalog_a_few_times(
    question: str, most: int, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = assistant.ask(question)  # its documents are in memory
    looks, read = [], Database.read
    monkeypatch.setattr(Database, "read", lambda database: looks.append(database) or read(database))
    again = assistant.ask(question)
    assert (again.text, again.citations) == (asked.text, asked.citations)
    assert len(looks) <= most


def test_the_passages_of_a_question_in_two_parts_are_fetched_once(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched, passages = [], SqliteCatalog.passages

    def counted(catalog: SqliteCatalog, passage_ids: Sequence[int]) -> dict[int, Passage]:
        fetched.extend(passage_ids)
        return passages(catalog, passage_ids)

    monkeypatch.setattr(SqliteCatalog, "passages", counted)
    answer = assistant.ask("How much is the deposit, and who is the landlady?")
    assert answer.grounded
    assert len(fetched) == len(set(fetched)) > 0


def test_what_is_deleted_while_a_question_is_read_is_not_in_its_answer(tmp_path: Path) -> None:
    library = Library(tmp_path / "home", WordEncoder())
    texts = {"heron": "The heron of the mill is called Bartholomew.", "reed": "The heron stands in the reed by night."}
    add_documents(library, [Document(k, k, "", "text/plain", v, {}, (), k, 0.0) for k, v in texts.items()])
    assistant = Assistant(library, reader="none", refusal="eager")
    asked = "What is the heron of the mill called?"
    assert assistant.ask(asked).citations[0].doc_id == "heron"
    for update in assistant.stream(asked):
        if update.stage == "reading":
            library.remove(["heron"])
        assert not update.answer or all(citation.doc_id != "heron" for citation in update.answer.citations)
    assert not any(citation.doc_id == "heron" for citation in assistant.ask(asked).citations)
    assistant.close()


_TABLES = """The house

## Rooms
Room: Banks; Floor: first; Seats: 45; Daylight: no
Room: Mendel; Floor: first; Seats: 20; Daylight: yes
Room: Sowerby; Floor: basement; Seats: 70; Daylight: no
Room: Carver; Floor: second; Seats: 22; Daylight: yes

## Ski passes
Ticket: Whole day; Adults: 44; Seniors 65+: 38
Ticket: Six days; Adults: 214; Seniors 65+: 184
Ticket: Season; Adults: 560; Seniors 65+: 470
"""


def test_rows_within_a_bound_are_the_answer_and_no_surer_for_it(tmp_path: Path) -> None:
    assistant = open_assistant(tmp_path / "home")
    house = Document("house", "house", "", "text/plain", _TABLES, {}, (), "The house", 0.0)
    add_documents(assistant.library, [house])
    found = assistant.ask("which rooms have no daylight?")
    assert [sentence.text[:12] for sentence in found.sentences] == ["Room: Banks;", "Room: Sowerb"]
    found = assistant.ask("which rooms have more than 40 seats")
    assert [sentence.text[:12] for sentence in found.sentences] == ["Room: Banks;", "Room: Sowerb"]
    assert not assistant.ask("fee for seniors over 70 in the rowing club").grounded  # no unit tells what is over 70
    assistant.close()


class FailingEncoder(WordEncoder):
    """Can't be loaded, as long as there is an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error
        self.tried = 0

    @property
    def ready(self) -> bool:
        return self.error is None

    def load(self) -> None:
        self.tried += 1
        if self.error:
            raise self.error


def settled(assistant: Assistant) -> Loading:
    """Load in the background, and return what comes of it."""
    assistant.warm_up()
    deadline = time.monotonic() + 300
    while assistant.state.stage == "loading" and time.monotonic() < deadline:
        time.sleep(0.01)
    return assistant.state


def test_a_folder_that_is_no_model_makes_loading_fail_with_the_cure_and_a_question_says_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "model").mkdir()
    assistant = open_assistant(tmp_path / "home", model=str(tmp_path / "model"))
    state = settled(assistant)
    assert state.stage == "failed"
    assert not assistant.ready
    assert str(tmp_path / "model") in state.why
    assert "name a folder" in state.why
    assert assistant.warning == state.why
    with pytest.raises(PinciteError) as raised:
        assistant.ask("Anything?")
    assert str(raised.value) == state.why
    assistant.close()


def test_whatever_a_library_raises_while_loading_is_a_sentence(tmp_path: Path) -> None:
    assistant = Assistant(Library(tmp_path, FailingEncoder(RuntimeError("no such\n instruction"))))
    state = settled(assistant)
    assert state.stage == "failed"
    assert "(no such instruction)" in state.why
    assert "--debug" in state.why
    assistant.close()


def test_a_model_that_could_not_be_loaded_is_tried_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = FailingEncoder(SettingsError("the hub can't be reached: try again"))
    assistant = Assistant(Library(tmp_path, encoder), reader="none")
    assert settled(assistant) == Loading("failed", "the hub can't be reached: try again")
    for _ in range(3):
        with pytest.raises(PinciteError, match="the hub can't be reached: try again"):
            assistant.ask("Anything?")
    assert encoder.tried == 1
    monkeypatch.setattr("rag.assistant._AGAIN_SECONDS", 0.0)
    encoder.error = None
    assert not assistant.ask("Anything?").grounded
    assert assistant.state == Loading("ready")
    assert assistant.warning == ""
    assistant.close()


def test_a_damaged_reader_is_a_warning_and_the_assistant_is_ready(library: Library, tmp_path: Path) -> None:
    assistant = Assistant(library)
    (tmp_path / "reader").mkdir()
    assistant.answerer = ExtractiveAnswerer(ShippedReader(tmp_path / "reader"))
    assert settled(assistant) == Loading("ready")
    assert "reinstall" in assistant.warning


def test_an_empty_library_refuses(tmp_path: Path) -> None:
    empty = open_assistant(tmp_path)
    answer = empty.ask("Anything?")
    assert not answer.grounded
    assert answer.hits == ()
    empty.close()


WORDS = st.sampled_from(
    ["heron", "reed", "Dr. Ash", "3.5", "日本。", "\n", "\n\n", "?", ". ", "! ", "“", "”", "e\u0301", "😀", "\ud800"]
)


# A document is read as a whole, so that a short one has all that a long one has; the reader takes most of the time.
@settings(max_examples=8)
@example(texts=["heron Dr. Ash \ud800 日本。 e\u0301 reed", "“ heron 😀 ” reed ! \n\n 3.5 reed . ", "\n"])
@given(texts=st.lists(st.lists(WORDS, max_size=25).map(" ".join), min_size=1, max_size=3, unique=True))
@pytest.mark.slow
def test_whatever_the_documents_hold_a_citation_quotes_them(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "rag.answer.extractive.refuse_below", lambda *_, **__: 0.0
    )  # an answer wherever there is a sentence
    library = Library(tmp_path_factory.mktemp("home"), WordEncoder())
    assistant = Assistant(library)
    add_documents(
        library, [Document(f"d{i}", f"d{i}", "", "text/plain", t, {}, (), "", 0.0) for i, t in enumerate(texts)]
    )
    for question in ("Where is the heron of Dr. Ash?", "日本", "How many reeds are there, and who counts them?"):
        check(assistant, assistant.ask(question))
    assistant.close()


@pytest.mark.slow
def test_the_acceptance_article_is_answered(tmp_path: Path, shared: Path) -> None:
    folder = shared / "acceptance"
    assistant, queries = open_dataset(tmp_path, [folder / "corpus.jsonl"], folder / "queries.jsonl")
    results = list(evaluate(assistant, queries))
    for result in results:
        check(assistant, result.answer)
    measures = measure(results)
    assert measures["evidence_hit@5"] >= 0.9
    assert measures["first_citation_hit"] >= 0.7
    assert sum(not r.answer.grounded for r in results if not r.query.answerable) >= 3
    assistant.close()
