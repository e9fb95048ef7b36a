"""`pincite feedback`: what was said of answers becomes a question set that `pincite eval` reads."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from exchanges import an_answered

from index import Conversations, Judgement, Library, open_library
from rag.evaluation.dataset import read_corpus, read_queries
from ui.web.state.exchange import Exchange, Scope
from ui.web.state.kept import Keeper

if TYPE_CHECKING:
    from conftest import Indexed, Pincite


def quoting(library: Library, words: str) -> Exchange:
    """Return an exchange whose answer quotes these words of a document."""
    for entry in library.entries():
        text = library.document(entry.doc_id).text if entry.doc_id else ""
        if words in text and entry.doc_id:
            start = text.index(words)
            asked = an_answered()
            assert asked.answer is not None
            one = asked.answer.citations[0]
            one = replace(one, doc_id=entry.doc_id, start=start, end=start + len(words), quote=words)
            answer = replace(asked.answer, citations=(one,), sentences=asked.answer.sentences[:1], differing=())
            return replace(asked, question="Who keeps it?", scope=Scope(), answer=answer)
    raise AssertionError(words)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def judged(copied: Path) -> Path:
    """A home in which five answers were judged."""
    with closing(open_library(copied)) as library, closing(Conversations(copied)) as kept:
        right = quoting(library, "kept by Marta Quill")
    refused = replace(an_answered(), question="And the cat?", scope=Scope())
    assert refused.answer is not None
    refused = replace(refused, answer=replace(refused.answer, sentences=(), citations=(), grounded=False))
    with closing(Conversations(copied)) as kept:
        keeper = Keeper(kept)
        here = keeper.begin("", right, 0)
        for number, one in enumerate((refused, right, an_answered(), replace(an_answered(), scope=Scope())), start=1):
            keeper.save(here, one, number)
        for number, verdict in enumerate(("right", "right", "wrong", "right", "right")):
            keeper.judge(here, number, Judgement(verdict, "Her sister ş" if verdict == "wrong" else ""))
    return copied


def test_what_was_called_right_is_a_question_set(pincite: Pincite, judged: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    run = pincite("feedback", "--home", judged, "--out", out)
    assert run.out == f"wrote {out}: 2 right, 1 wrong\n"
    assert run.err.startswith("pincite: warning: 2 left out: asked of a part")
    found, refused = read_queries(out / "queries.jsonl")
    texts = {document.doc_id: document.text for document in read_corpus(out / "corpus.jsonl")}
    (evidence,) = found.evidence
    assert texts[evidence.doc_id][evidence.start : evidence.end] == "kept by Marta Quill"
    assert (found.question, found.answerable, refused.answerable) == ("Who keeps it?", True, False)
    assert [turn.question for turn in refused.history] == ["When was it built?"]
    (wrong,) = lines(out / "wrong.jsonl")
    assert (wrong["comment"], wrong["given"]["quotes"]) == ("Her sister ş", ["kept by Marta Quill"])


def test_files_that_are_there_are_overwritten_only_when_asked_to(
    pincite: Pincite, indexed: Indexed, tmp_path: Path
) -> None:
    (tmp_path / "queries.jsonl").write_text("mine")
    arguments = ("feedback", "--home", indexed.home, "--out", tmp_path)
    assert "--force" in pincite(*arguments).error
    assert (tmp_path / "queries.jsonl").read_text() == "mine"
    assert pincite(*arguments, "--force").code == 0
    assert (tmp_path / "queries.jsonl").read_text() == ""
