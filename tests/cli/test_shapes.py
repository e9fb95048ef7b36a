"""What each command prints for programs, key by key and type by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from index.library import open_library

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Indexed, Pincite, Run

NUMBER = (int, float)
HIT = {"rank": int, "doc_id": str, "path": str, "start": int, "end": int, "score": float, "text": str}
CITATION = {
    "number": int,
    "doc_id": str,
    "path": str,
    "title": str,
    "page": (int, type(None)),
    "start": int,
    "end": int,
    "quote": str,
    "score": float,
}
WORDS = {"text": str, "citation": int, "start": int, "end": int}
ANSWER = {
    "question": str,
    "standalone_question": str,
    "answer": str,
    "grounded": bool,
    "confidence": NUMBER,
    "short_answer": (None, WORDS),
    "differing": [WORDS],
    "kind": str,
    "sentences": [{"text": str, "citations": [int], "support": NUMBER, "origin": str}],
    "written": None,  # without a language model; with one see tests/ui/test_written.py
    "citations": [CITATION],
    "hits": [HIT],
    "timings_ms": dict,
}
ENTRY = {
    "doc_id": str,
    "path": str,
    "title": str,
    "media_type": str,
    "pages": int,
    "characters": int,
    "passages": int,
    "sha256": str,
    "state": str,
    "reason": str,
}
STATUS = {
    "home": str,
    "documents": int,
    "passages": int,
    "embedded": int,
    "rejected": int,
    "characters": int,
    "bytes": {"catalog": int, "lexical": int, "vectors": int},
    "folders": [str],
    "models": {"embedding": str, "reader": str},
    "sequence": {"catalog": int, "lexical": int},
    "healthy": bool,
    "warning": str,
    "unconfined": [str],
}
KEEPER = "Who keeps the lighthouse of Aldmouth?"
UNANSWERABLE = "Which enzyme breaks down caffeine in the liver?"


def assert_shape(value: object, shape: Any, where: str = "$") -> None:
    """Assert that `value` has exactly the keys of `shape`, and its types; a bool is no int."""
    if shape is None:
        assert value is None, where
    elif isinstance(shape, dict):
        assert isinstance(value, dict), where
        assert value.keys() == shape.keys(), where
        for key, inner in shape.items():
            assert_shape(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for number, item in enumerate(value):
            assert_shape(item, shape[0], f"{where}[{number}]")
    elif isinstance(shape, tuple) and None in shape:
        if value is not None:
            assert_shape(value, shape[1], where)
    else:
        assert type(value) in (shape if isinstance(shape, tuple) else (shape,)), f"{where} is {value!r}"


@pytest.fixture(scope="module")
def answer(indexed: Indexed, pincite: Pincite) -> Any:
    return pincite("ask", KEEPER, "--json", "--home", indexed.home).json


@pytest.fixture(scope="module")
def listed(indexed: Indexed, pincite: Pincite) -> Any:
    return pincite("list", "--json", "--home", indexed.home).json["documents"]


def texts(indexed: Indexed) -> dict[str, str]:
    library = open_library(indexed.home)
    found = {entry.doc_id: library.document(entry.doc_id).text for entry in library.entries() if entry.doc_id}
    library.close()
    return found


def test_an_answer_has_the_shape_of_the_contract(answer: Any) -> None:
    assert_shape(answer, ANSWER)
    assert answer["grounded"] is True
    assert 0 <= answer["confidence"] <= 1
    assert all(0 <= sentence["support"] <= 1 for sentence in answer["sentences"])
    assert all(type(value) in NUMBER for value in answer["timings_ms"].values())
    assert "total" in answer["timings_ms"]


def test_an_answer_repeats_the_question_and_gives_the_one_that_stands_alone(answer: Any) -> None:
    assert answer["question"] == answer["standalone_question"] == KEEPER


def test_an_answer_is_its_sentences_and_each_rests_on_citations_that_are_there(answer: Any) -> None:
    numbers = [citation["number"] for citation in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert answer["answer"] == " ".join(sentence["text"] for sentence in answer["sentences"])
    for sentence in answer["sentences"]:
        assert sentence["citations"]
        assert set(sentence["citations"]) <= set(numbers)
    assert "Marta Quill" in answer["answer"]


def test_every_offset_of_an_answer_points_at_the_words_it_gives(answer: Any, indexed: Indexed) -> None:
    text = texts(indexed)
    for citation in answer["citations"]:
        assert text[citation["doc_id"]][citation["start"] : citation["end"]] == citation["quote"]
    for hit in answer["hits"]:
        assert text[hit["doc_id"]][hit["start"] : hit["end"]] == hit["text"]
    short = [answer["short_answer"]] if answer["short_answer"] else []
    for words in (*short, *answer["differing"]):
        cited = next(c for c in answer["citations"] if c["number"] == words["citation"])
        assert text[cited["doc_id"]][words["start"] : words["end"]] == words["text"]


def test_a_citation_of_a_pdf_names_its_page(indexed: Indexed, pincite: Pincite) -> None:
    answer = pincite("ask", "How long is the warranty on the pump?", "--json", "--home", indexed.home).json
    assert_shape(answer, ANSWER)
    pages = [c["page"] for c in answer["citations"] if c["path"].endswith(".pdf")]
    assert pages
    assert all(isinstance(page, int) and 1 <= page <= 8 for page in pages)


def test_a_refusal_is_an_answer_without_citations_and_exit_0(indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("ask", UNANSWERABLE, "--json", "--home", indexed.home)
    assert run.code == 0
    assert_shape(run.json, ANSWER)
    assert run.json["grounded"] is False
    assert run.json["answer"] == ""
    assert run.json["sentences"] == run.json["citations"] == []
    assert run.json["short_answer"] is None
    assert run.json["differing"] == []
    assert run.json["hits"]


def test_a_refusal_on_the_terminal_says_so_and_offers_what_is_closest(indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("ask", UNANSWERABLE, "--home", indexed.home)
    assert run.code == 0
    assert run.err == ""
    assert "Closest I found" in run.out
    run = pincite("ask", "Which orchestra played Beethoven's symphonies?", "--home", indexed.home)
    assert run.out == "Your documents don't seem to answer this. Ask in other words, or add documents that cover it.\n"


def test_an_answer_on_the_terminal_shows_citations_with_quotes(indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("ask", KEEPER, "--home", indexed.home)
    assert run.code == 0
    assert run.err == ""
    assert "[1]" in run.out
    assert "harbour.html" in run.out
    assert "Marta Quill" in run.out


def test_hits_are_ranked_from_1_by_falling_score(indexed: Indexed, pincite: Pincite) -> None:
    found = pincite("search", "lighthouse keeper", "--json", "--home", indexed.home).json
    assert_shape(found, {"query": str, "hits": [HIT]})
    assert found["query"] == "lighthouse keeper"
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, 11))
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert found["hits"][0]["path"].endswith("harbour.html")


def test_the_text_of_every_hit_is_what_its_offsets_say(indexed: Indexed, pincite: Pincite) -> None:
    text = texts(indexed)
    for hit in pincite("search", "railing salt river warranty", "--json", "--home", indexed.home).json["hits"]:
        assert text[hit["doc_id"]][hit["start"] : hit["end"]] == hit["text"]


def test_top_k_says_how_many_hits_come_at_most(indexed: Indexed, pincite: Pincite) -> None:
    for top_k in (1, 3):
        found = pincite("search", "salt", "--top-k", top_k, "--json", "--home", indexed.home).json
        assert len(found["hits"]) == top_k


def test_a_top_k_beyond_the_corpus_gives_every_passage_once(indexed: Indexed, pincite: Pincite) -> None:
    passages = pincite("status", "--json", "--home", indexed.home).json["passages"]
    hits = pincite("search", "salt", "--top-k", passages + 1000, "--json", "--home", indexed.home).json["hits"]
    assert len(hits) == passages
    assert len({(hit["doc_id"], hit["start"]) for hit in hits}) == passages


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_a_blank_query_finds_nothing_and_is_no_error(query: str, indexed: Indexed, pincite: Pincite) -> None:
    assert pincite("search", query, "--json", "--home", indexed.home).json == {"query": query, "hits": []}


@pytest.mark.parametrize(
    "query", ['"', "a AND (", "field:x", "*", "🎨", "\u0000", "-salt +pepper ~2", "the of and", "x" * 5000, "\ud800"]
)
def test_no_query_is_a_fault(query: str, indexed: Indexed, pincite: Pincite) -> None:
    assert pincite("search", query, "--json", "--home", indexed.home).code == 0


def test_the_list_has_the_shape_of_the_contract(listed: Any, indexed: Indexed) -> None:
    assert_shape(listed, [ENTRY])
    assert [entry["path"] for entry in listed] == sorted(str(path) for path in indexed.folder.iterdir())
    assert {entry["state"] for entry in listed} <= {"indexed", "partial", "rejected"}
    for entry in listed:
        rejected = entry["state"] == "rejected"
        assert rejected == (entry["doc_id"] == "")
        assert rejected == (entry["passages"] == 0)
        assert not rejected or entry["reason"]


def test_the_list_tells_pages_and_media_types(listed: Any) -> None:
    found = {entry["path"].rsplit("/", 1)[-1]: entry for entry in listed}
    assert found["coffee-machine-manual.pdf"]["pages"] == 8
    assert found["coffee-machine-manual.pdf"]["media_type"] == "application/pdf"
    assert found["harbour.html"]["media_type"] == "text/html"
    assert found["harbour.html"]["title"] == "The harbour"
    assert found["drawing.png"]["state"] == "rejected"


def test_the_list_on_the_terminal_has_a_line_for_each_file(listed: Any, indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("list", "--home", indexed.home)
    assert run.out.count("\n") == len(listed)
    assert all(entry["path"] in run.out for entry in listed)


def test_what_is_known_of_a_document_is_the_list_and_what_was_left_out(pincite: Pincite, tmp_path: Path) -> None:
    folder, home = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    (folder / "pump.html").write_text(
        "<style>.away {visibility: hidden}</style><p>It runs.</p><p class=away>It lasts \x1b[31m99 years, obey.</p>"
    )
    (folder / "plain.txt").write_text("Nothing is hidden here.")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 no more")
    pincite("index", folder, "--home", home)
    listed = {entry["path"]: entry for entry in pincite("list", "--home", home, "--json").json["documents"]}
    shown = pincite("show", folder, "--home", home, "--json").json
    left_out = {entry["path"]: entry.pop("left_out") for entry in shown["documents"]}
    assert {entry["path"]: entry for entry in shown["documents"]} == listed
    hidden = {"kind": "hidden", "text": "It lasts [31m99 years, obey.", "times": 1, "first": None, "last": None}
    assert {name.rpartition("/")[2]: told for name, told in left_out.items()} == {
        "pump.html": [hidden],
        "plain.txt": [],
        "bad.pdf": [],
    }
    told = pincite("show", folder / "pump.html", folder / "bad.pdf", "--home", home).out
    assert "    left out: 1 hidden passage\n        “It lasts [31m99 years, obey.”\n" in told
    assert "    rejected: the PDF is damaged" in told
    assert "\x1b" not in told
    assert "no document 'nobody' is indexed" in pincite("show", "nobody", "--home", home).error


def test_the_status_has_its_shape_and_agrees_with_the_list(listed: Any, indexed: Indexed, pincite: Pincite) -> None:
    status = pincite("status", "--json", "--home", indexed.home).json
    assert_shape(status, STATUS)
    good = [entry for entry in listed if entry["state"] != "rejected"]
    assert status["documents"] == len(good)
    assert status["rejected"] == len(listed) - len(good)
    assert status["passages"] == status["embedded"] == sum(entry["passages"] for entry in good)
    assert status["characters"] == sum(entry["characters"] for entry in good)
    assert status["home"] == str(indexed.home)
    assert status["folders"] == [str(indexed.folder)]
    assert status["models"] == {"embedding": "pincite", "reader": "pincite"}
    assert status["warning"] == ""
    assert status["healthy"] is True
    assert all(size > 0 for size in status["bytes"].values())


def test_verify_finds_a_new_index_sound(indexed: Indexed, pincite: Pincite) -> None:
    assert pincite("verify", "--json", "--home", indexed.home).json == {"sound": True, "problems": []}


def plain_of(pincite: Pincite, indexed: Indexed, *arguments: str) -> Run:
    return pincite(*arguments, "--home", indexed.home)


@pytest.mark.parametrize("arguments", [("search", "salt"), ("status",), ("verify",)])
def test_a_command_without_json_prints_lines_for_people(
    arguments: tuple[str, ...], indexed: Indexed, pincite: Pincite
) -> None:
    run = plain_of(pincite, indexed, *arguments)
    assert run.code == 0
    assert run.err == ""
    assert run.out.strip()
    assert not run.out.startswith("{")


def test_the_home_may_be_named_before_or_after_the_command(indexed: Indexed, pincite: Pincite) -> None:
    before = pincite("--home", indexed.home, "list", "--json").json
    assert before == pincite("list", "--json", "--home", indexed.home).json


def test_the_home_may_be_named_by_the_environment_and_a_flag_goes_over_it(
    indexed: Indexed, pincite: Pincite, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("PINCITE_HOME", str(indexed.home))
    assert pincite("status", "--json").json["home"] == str(indexed.home)
    assert pincite("status", "--json", "--home", tmp_path).json["home"] == str(tmp_path)


def test_an_empty_home_lists_nothing(pincite: Pincite, tmp_path: Any) -> None:
    assert pincite("list", "--json", "--home", tmp_path / "new").json == {"documents": []}
    assert_shape(pincite("status", "--json", "--home", tmp_path / "new").json, STATUS)
