"""What the reader has to do with the command line: its settings, its warning, and all that an answer can hold."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import rag.assistant
from rag import Answer, Citation, Sentence, ShortAnswer, Update
from rag.assistant import Assistant
from ui.cli import main as cli

if TYPE_CHECKING:
    from conftest import Indexed, Pincite

KEEPER = "Who keeps the lighthouse of Aldmouth?"
DAMAGED = "the reader's file reader.onnx is damaged: reinstall Pincite; answers are by similarity until then"
WARNED = f"pincite: warning: {DAMAGED}\n"


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What every assistant that is made from now on is told."""
    told: list[dict[str, Any]] = []

    class Telling(Assistant):
        def __init__(self, library: Any, **options: Any) -> None:
            told.append({name: options[name] for name in ("reader", "refusal")})
            super().__init__(library, **options)

    monkeypatch.setattr(rag, "Assistant", Telling, raising=False)
    monkeypatch.setattr(rag.assistant, "Assistant", Telling)
    return told


@pytest.fixture
def damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of which there is something to say once the models are loaded."""
    said = property(lambda self: DAMAGED if self.ready else "")
    monkeypatch.setattr(Assistant, "warning", said)
    monkeypatch.setattr(rag, "check_reader", lambda name: DAMAGED if name == "pincite" else "")


@pytest.fixture
def data_set(tmp_path: Path) -> list[object]:
    """The arguments of `pincite eval` for a data set of one question."""
    (tmp_path / "c.jsonl").write_text('{"doc_id": "a", "title": "", "text": "Marta Quill keeps the lighthouse."}\n')
    (tmp_path / "q.jsonl").write_text('{"query_id": "1", "question": "Who keeps the lighthouse?"}\n')
    named = {"--corpus": "c.jsonl", "--queries": "q.jsonl", "--out": "r.jsonl", "--home": "home"}
    return ["eval", *(part for flag, name in named.items() for part in (flag, tmp_path / name))]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def chatting(monkeypatch: pytest.MonkeyPatch, *, until: str) -> Iterator[None]:
    """Let `pincite chat` load its models without serving anything, until it has said something on standard error."""

    def serve(*_: object, **__: object) -> None:
        deadline = time.monotonic() + 300
        while until not in sys.stderr.getvalue() and time.monotonic() < deadline:  # type: ignore[attr-defined]
            time.sleep(0.02)

    with monkeypatch.context() as patched:
        patched.setattr("ui.web.state.indexing.Indexing.start", lambda *_: None)
        patched.setattr("ui.web.server.create_app", lambda assistant, *_, **__: assistant.warm_up())
        patched.setattr("ui.web.server.serve", serve)
        yield


# --- the settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["ask", KEEPER], ["search", "lighthouse"]])
def test_reader_and_refusal_reach_the_assistant(
    command: list[str], options: list[dict[str, Any]], indexed: Indexed, pincite: Pincite
) -> None:
    run = pincite(*command, "--reader", "none", "--refusal", "eager", "--home", indexed.home)
    assert run.code == 0, run
    assert options == [{"reader": "none", "refusal": "eager"}]


def test_reader_and_refusal_reach_the_assistant_of_an_evaluation(
    data_set: list[object], options: list[dict[str, Any]], pincite: Pincite
) -> None:
    run = pincite(*data_set, "--reader", "none", "--refusal", "strict")
    assert run.code == 0, run
    assert options == [{"reader": "none", "refusal": "strict"}]


def test_reader_and_refusal_reach_the_assistant_of_the_chat(
    options: list[dict[str, Any]], indexed: Indexed, pincite: Pincite, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ["--no-browser", "--port", free_port(), "--home", indexed.home]
    with chatting(monkeypatch, until=""):
        monkeypatch.setenv("PINCITE_REFUSAL", "strict")
        assert pincite("chat", *named, "--reader", "none").code == 0
        monkeypatch.setenv("PINCITE_PORT", str(free_port()))
        assert pincite("--reader", "none", "--refusal", "eager", "--home", indexed.home).code == 0
    assert options == [{"reader": "none", "refusal": "strict"}, {"reader": "none", "refusal": "eager"}]


def test_the_settings_file_says_how_to_read(options: list[dict[str, Any]], copied: Path, pincite: Pincite) -> None:
    (copied / "settings.toml").write_text('reader = "none"\nrefusal = "eager"\n')
    assert pincite("ask", KEEPER, "--home", copied).code == 0
    assert pincite("ask", KEEPER, "--refusal", "balanced", "--home", copied).code == 0
    assert options == [{"reader": "none", "refusal": "eager"}, {"reader": "none", "refusal": "balanced"}]


# --- the warning ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize("command", [["ask", KEEPER], ["search", "lighthouse"]])
def test_a_warning_is_one_line_beside_what_was_asked_for(
    command: list[str], indexed: Indexed, pincite: Pincite
) -> None:
    for more in ([], ["--json"]):
        run = pincite(*command, *more, "--home", indexed.home)
        assert run.code == 0
        assert run.err == WARNED
        assert "warning" not in run.out
    assert run.json


@pytest.mark.usefixtures("damaged")
def test_an_evaluation_warns_too(data_set: list[object], pincite: Pincite) -> None:
    run = pincite(*data_set, "--json")
    assert run.json["queries"] == 1
    assert run.err.endswith(WARNED)
    assert run.err.count("warning") == 1


@pytest.mark.usefixtures("damaged")
def test_the_chat_warns_once_its_models_are_loaded(
    indexed: Indexed, pincite: Pincite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chatting(monkeypatch, until=DAMAGED):
        run = pincite("chat", "--no-browser", "--port", free_port(), "--home", indexed.home)
    assert run.code == 0
    assert run.err == WARNED


@pytest.mark.usefixtures("damaged")
def test_a_status_with_a_warning_is_not_healthy(indexed: Indexed, pincite: Pincite) -> None:
    status = pincite("status", "--json", "--home", indexed.home).json
    assert (status["healthy"], status["warning"]) == (False, DAMAGED)
    assert DAMAGED in pincite("status", "--home", indexed.home).out
    other = pincite("status", "--reader", "none", "--home", indexed.home)
    assert "warning" not in other.out
    assert '"reader": "none"' in other.out
    assert pincite("status", "--reader", "none", "--json", "--home", indexed.home).json["healthy"] is True


def test_a_reply_is_printed_as_it_is_and_has_its_kind_in_json(indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("ask", "how many documents are there?", "--home", indexed.home)
    assert "documents" in run.out
    assert "seem to answer" not in run.out
    answer = pincite("ask", "how many documents are there?", "--json", "--home", indexed.home).json
    assert (answer["kind"], answer["grounded"], answer["citations"]) == ("reply", False, [])
    assert answer["answer"] == run.out.strip()


# --- all that an answer can hold -----------------------------------------------------------------------------------


@pytest.fixture
def contradicted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of which each has a sentence that two sources hold, and one that contradicts it."""
    quotes = ("It is kept by Marta Quill.", "It is kept by Marta Quill.", "Héctor Ruß keeps it.")
    citations = tuple(
        Citation(number, f"d{number}", f"/d{number}", f"D{number}", None, 10, 10 + len(quote), quote, 0.9)
        for number, quote in enumerate(quotes, start=1)
    )
    marta, hector = ShortAnswer("Marta Quill", 1, 24, 35), ShortAnswer("Héctor Ruß", 3, 10, 20)
    answer = Answer(
        question=KEEPER,
        standalone_question=KEEPER,
        text=f"{quotes[0]} {quotes[2]}",
        sentences=(Sentence(quotes[0], (1, 2), 0.9), Sentence(quotes[2], (3,), 0.8)),
        short_answer=marta,
        citations=citations,
        hits=(),
        grounded=True,
        confidence=0.9,
        differing=(marta, hector),
        timings_ms={"total": 1.0},
    )
    monkeypatch.setattr(Assistant, "stream", lambda self, question, *_, **__: iter([Update("done", "", answer)]))


@pytest.mark.usefixtures("contradicted")
def test_json_has_every_number_of_a_sentence_and_what_differs(indexed: Indexed, pincite: Pincite) -> None:
    answer = pincite("ask", KEEPER, "--json", "--home", indexed.home).json
    assert list(answer).index("differing") == list(answer).index("short_answer") + 1
    assert [sentence["citations"] for sentence in answer["sentences"]] == [[1, 2], [3]]
    assert [citation["number"] for citation in answer["citations"]] == [1, 2, 3]
    assert answer["short_answer"] == answer["differing"][0]
    assert answer["differing"][1] == {"text": "Héctor Ruß", "citation": 3, "start": 10, "end": 20}


@pytest.mark.usefixtures("contradicted")
def test_a_pipe_gets_the_answer_without_escapes(indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("ask", KEEPER, "--home", indexed.home)
    assert run.out.startswith(
        "It is kept by Marta Quill. [1][2] Héctor Ruß keeps it. [3]\n"
        "The sources differ: “Marta Quill” [1], “Héctor Ruß” [3].\n\n[1] D1 (/d1)\n"
    )
    for number in (2, 3):
        assert f"\n[{number}] D{number} (/d{number})\n" in run.out


@pytest.mark.usefixtures("contradicted")
@pytest.mark.parametrize(("terminal", "bold"), [("xterm-256color", True), ("dumb", False)])
def test_a_terminal_that_can_shows_the_answering_words_in_bold(
    terminal: str, bold: bool, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", terminal)
    with contextlib.redirect_stdout(Terminal()) as shown:
        assert cli.main(["ask", KEEPER, "--home", str(indexed.home)]) == 0
    assert ("kept by \x1b[1mMarta Quill\x1b[22m." in shown.getvalue()) is bold
    with contextlib.redirect_stdout(Terminal()) as shown:
        assert cli.main(["ask", KEEPER, "--json", "--home", str(indexed.home)]) == 0
    assert json.loads(shown.getvalue())["differing"]
