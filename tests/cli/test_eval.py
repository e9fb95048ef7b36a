"""`pincite eval`: a data set of JSON lines in, a line a query out, with offsets in the given text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Pincite, Run

NUMBER = (int, float)
LINE_KEYS = {
    "query_id", "answer", "grounded", "confidence", "short_answer", "citations", "hits", "standalone_question",
    "seconds",
}  # fmt: skip
# Characters outside the BMP, combining ones, Windows line ends and a form feed: no offset may move.
HARBOUR = (
    "🎨 The harbour\r\n\r\nThe lighthouse of Aldmouth is kept by Marta Quill, who came in 1987.\r\n"
    "\r\nHe\u0301ctor Ruß paints the railing 🎨🎨 every spring.\f\n   It is closed in winter.  \n"
)
LINEN = "Linen is made from flax.\n\nFlax is sown in April.\tIt flowers blue in June.\u2028Its seeds give oil.\n"
CORPUS = [
    {"doc_id": "harbour", "title": "The harbour", "text": HARBOUR},
    {"doc_id": "linen/1", "title": "", "text": LINEN},
    {"doc_id": "empty", "title": "An empty one", "text": ""},
    {"doc_id": "9", "title": "The same words", "text": LINEN},
]
QUERIES = [
    {
        "query_id": "keeper",
        "question": "Who keeps the lighthouse of Aldmouth?",
        "answers": ["Marta Quill"],
        "doc_ids": ["harbour"],
        "evidence": [{"doc_id": "harbour", "start": 17, "end": 60}],
        "answerable": True,
    },
    {
        "query_id": "follow-up",
        "question": "And when did she come?",
        "answers": ["1987"],
        "doc_ids": ["harbour"],
        "evidence": [],
        "answerable": True,
        "history": [{"question": "Who keeps the lighthouse of Aldmouth?", "answer": "Marta Quill."}],
    },
    {
        "query_id": "no-answer",
        "question": "Which enzyme breaks down caffeine in the liver?",
        "answers": [],
        "doc_ids": [],
        "evidence": [],
        "answerable": False,
    },
]


def write_lines(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


class DataSet:
    """A folder with a corpus, queries, a home and a place for the results."""

    def __init__(self, folder: Path, pincite: Pincite) -> None:
        self.folder = folder
        self.pincite = pincite
        self.out = folder / "results.jsonl"
        self.write(CORPUS, QUERIES)

    def write(self, corpus: Sequence[object] | None = None, queries: Sequence[object] | None = None) -> None:
        if corpus is not None:
            self.corpus = write_lines(self.folder / "corpus.jsonl", corpus)
        if queries is not None:
            self.queries = write_lines(self.folder / "queries.jsonl", queries)

    def run(self, *more: object) -> Run:
        named = ("--corpus", self.corpus, "--queries", self.queries, "--out", self.out)
        return self.pincite("eval", *named, "--json", "--home", self.folder / "home", *more)

    def results(self) -> list[Any]:
        return [json.loads(line) for line in self.out.read_text("utf-8").splitlines()]


@pytest.fixture
def data_set(tmp_path: Path, pincite: Pincite) -> DataSet:
    return DataSet(tmp_path, pincite)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory, pincite: Pincite) -> tuple[Any, dict[str, Any]]:
    """The measures of the data set, and its results by query."""
    data_set = DataSet(tmp_path_factory.mktemp("eval"), pincite)
    measures = data_set.run().json
    return measures, {result["query_id"]: result for result in data_set.results()}


def test_a_line_is_written_for_each_query_in_order_with_the_keys_of_the_contract(
    evaluated: tuple[Any, dict[str, Any]],
) -> None:
    results = evaluated[1]
    assert list(results) == ["keeper", "follow-up", "no-answer"]
    for result in results.values():
        assert result.keys() == LINE_KEYS
        assert type(result["answer"]) is type(result["standalone_question"]) is str
        assert type(result["grounded"]) is bool
        assert 0 <= result["confidence"] <= 1
        assert type(result["seconds"]) in NUMBER
        for citation in result["citations"]:
            assert citation.keys() == {"doc_id", "start", "end", "quote", "score"}
        for hit in result["hits"]:
            assert hit.keys() == {"doc_id", "start", "end", "score"}
        short = result["short_answer"]
        assert short is None or short.keys() == {"text", "citation", "start", "end"}


def test_every_offset_is_in_the_given_text_unchanged(evaluated: tuple[Any, dict[str, Any]]) -> None:
    texts = {document["doc_id"]: document["text"] for document in CORPUS}
    cited = 0
    for result in evaluated[1].values():
        for citation in result["citations"]:
            assert texts[citation["doc_id"]][citation["start"] : citation["end"]] == citation["quote"]
            cited += 1
        for hit in result["hits"]:
            assert texts[hit["doc_id"]][hit["start"] : hit["end"]].strip()
        short = result["short_answer"]
        if short is not None:
            doc_id = result["citations"][short["citation"] - 1]["doc_id"]
            assert texts[doc_id][short["start"] : short["end"]] == short["text"]
    assert cited


def test_an_answerable_query_is_answered_from_its_document(evaluated: tuple[Any, dict[str, Any]]) -> None:
    result = evaluated[1]["keeper"]
    assert result["grounded"] is True
    assert "Marta Quill" in result["answer"]
    assert result["citations"][0]["doc_id"] == "harbour"
    assert result["standalone_question"] == QUERIES[0]["question"]


def test_a_follow_up_is_made_to_stand_alone_with_its_history(evaluated: tuple[Any, dict[str, Any]]) -> None:
    result = evaluated[1]["follow-up"]
    assert result["standalone_question"] != QUERIES[1]["question"]
    assert "Marta Quill" in result["standalone_question"]


def test_a_query_without_an_answer_is_refused(evaluated: tuple[Any, dict[str, Any]]) -> None:
    result = evaluated[1]["no-answer"]
    assert (result["grounded"], result["answer"], result["citations"]) == (False, "", [])


def test_the_measures_are_one_json_value_of_numbers(evaluated: tuple[Any, dict[str, Any]]) -> None:
    measures = evaluated[0]
    assert measures["queries"] == 3
    assert measures["unanswerable"] == 1
    assert all(type(value) in NUMBER for value in measures.values())


def test_two_documents_of_the_same_words_keep_their_own_ids(data_set: DataSet) -> None:
    data_set.write(queries=[{"query_id": 1, "question": "When is flax sown?", "answerable": True}])
    assert data_set.run().code == 0
    (result,) = data_set.results()
    assert {"linen/1", "9"} <= {hit["doc_id"] for hit in result["hits"]}


def test_a_second_run_writes_the_same_results_and_indexes_nothing_again(data_set: DataSet) -> None:
    def timeless() -> list[Any]:
        return [{key: value for key, value in result.items() if key != "seconds"} for result in data_set.results()]

    data_set.run()
    first, homes = timeless(), sorted((data_set.folder / "home").rglob("*.faiss"))
    data_set.run()
    assert (timeless(), sorted((data_set.folder / "home").rglob("*.faiss"))) == (first, homes)


def test_an_evaluation_leaves_the_documents_of_its_home_alone(data_set: DataSet, pincite: Pincite) -> None:
    data_set.run()
    assert pincite("list", "--json", "--home", data_set.folder / "home").json == {"documents": []}


def test_a_data_set_of_blank_lines_between_and_several_corpora_is_read(data_set: DataSet, tmp_path: Path) -> None:
    data_set.write(corpus=["", CORPUS[0], "  "])
    more = write_lines(tmp_path / "more.jsonl", CORPUS[1:])
    assert data_set.run("--corpus", more).code == 0
    assert len(data_set.results()) == 3


def test_no_queries_are_no_results_and_no_fault(data_set: DataSet) -> None:
    data_set.write(queries=[])
    assert data_set.run().json["queries"] == 0
    assert data_set.results() == []


def test_only_unanswerable_or_only_answerable_queries_are_no_fault(data_set: DataSet) -> None:
    for chosen in (QUERIES[:1], QUERIES[2:]):
        data_set.write(queries=chosen)
        assert data_set.run().json["queries"] == 1


@pytest.mark.parametrize("which", ["corpus", "queries"])
@pytest.mark.parametrize("bad", ['{"doc_id": "x", "title"', "[1, 2]", '"text"', "{}", "null", "NaN", "\ufeff{}"])
def test_a_malformed_line_is_named_by_file_and_line(which: str, bad: str, data_set: DataSet) -> None:
    good: Sequence[object] = CORPUS if which == "corpus" else QUERIES
    data_set.write(**{which: [*good[:2], bad, *good[2:]]})
    run = data_set.run()
    assert run.code == 2
    assert f"{which}.jsonl, line 3" in run.error
    assert not data_set.out.exists()


@pytest.mark.parametrize(
    ("which", "bad"),
    [
        ("corpus", {"doc_id": "x", "title": "", "text": 7}),
        ("corpus", {"doc_id": "x", "title": [], "text": None}),
        ("corpus", {"title": "", "text": "no id"}),
        ("queries", {"query_id": "x", "question": "?", "evidence": [{"doc_id": "harbour"}]}),
        ("queries", {"query_id": "x", "question": "?", "evidence": 5}),
        ("queries", {"query_id": "x", "question": "?", "history": ["Who?"]}),
        ("queries", {"query_id": "x", "answerable": True}),
        ("queries", {"question": "Who?", "answerable": True}),
    ],
)
def test_a_line_of_the_wrong_form_is_named_by_file_and_line(which: str, bad: object, data_set: DataSet) -> None:
    data_set.write(**{which: [bad]})
    run = data_set.run()
    assert run.code == 2
    assert f"{which}.jsonl, line 1" in run.error


def test_an_empty_question_among_the_queries_is_named_and_not_a_fault(data_set: DataSet) -> None:
    data_set.write(queries=[QUERIES[0], {"query_id": "blank", "question": "  ", "answerable": False}])
    run = data_set.run()
    assert run.code == 2
    assert run.error


def test_two_documents_of_one_id_with_other_words_are_named(data_set: DataSet) -> None:
    data_set.write(corpus=[CORPUS[0], {**CORPUS[1], "doc_id": "harbour"}])
    run = data_set.run()
    assert run.code == 2
    assert "harbour" in run.error


def test_a_data_set_that_is_not_there_or_holds_nothing_or_is_no_text_is_named(data_set: DataSet) -> None:
    data_set.corpus.write_text("\n")
    assert "corpus.jsonl" in data_set.run().error
    data_set.corpus.write_bytes(b'{"doc_id": "\xff\xfe"}\n')
    assert "corpus.jsonl" in data_set.run().error
    data_set.corpus.unlink()
    run = data_set.run()
    assert run.code == 2
    assert "corpus.jsonl" in run.error


def test_results_that_cannot_be_written_are_named(data_set: DataSet) -> None:
    data_set.out = data_set.folder / "no" / "such" / "results.jsonl"
    run = data_set.run()
    assert run.code == 2
    assert str(data_set.out) in run.error
    assert "--out" in run.error
