"""A language model's answer, by a real server of the protocol that does as it is told: the stream, and each fault."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from scripted import MODEL, Die, Raw, Reply, ScriptedServer, Sleep, Step, Thought, Until, scripted

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.sync.sync import add_documents
from rag import Answer, Assistant, ModelServer, ModelUse, Update, Written, open_assistant
from rag.generation import streaming, writing
from rag.generation.prompt import NOT_THERE
from rag.generation.streaming import stream_chat

QUESTION = "How long is the warranty on the pump?"
TEXTS = {
    "manual.txt": "The pump must stand on level ground. The warranty on the pump is five years. Keep the filter clean.",
    "boiler.txt": "The boiler heats forty litres. The warranty on the boiler is seven years. Its lamp blinks red.",
    "prices.txt": "The pump costs 400 euros and the boiler 900. Delivery takes two weeks. Payment is due in a month.",
}
GOOD, WRONG = "The warranty on the pump is five years [1].", "The warranty on the pump is nine years [1]."
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("generation") / "home"
    library = Library(home, Encoder())
    add_documents(library, [Document(k, k, k[:-4], "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])
    library.close()
    return home


@pytest.fixture(scope="module")
def library(home: Path) -> Iterator[Library]:
    opened = Library(home, Encoder())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def plain(library: Library) -> Answer:
    """The answer without a model."""
    return Assistant(library).ask(QUESTION)


Ask = Callable[..., list[Update]]


@pytest.fixture
def ask(library: Library) -> Ask:
    def ask(server: ScriptedServer, question: str = QUESTION, **given: object) -> list[Update]:
        fields = {name: given.pop(name) for name in ("model", "key", "context", "patience") if name in given}
        assistant = Assistant(library, server=ModelServer(server.address, **fields), **given)  # type: ignore[arg-type]
        return list(assistant.stream(question))

    return ask


def written(updates: list[Update]) -> Written:
    answer = updates[-1].answer
    assert updates[-1].stage == "done"
    assert answer
    assert answer.written
    return answer.written


def failed(updates: list[Update], plain: Answer) -> str:
    """Return why the model's answer failed; the answer in the documents' words is there all the same."""
    found = written(updates)
    assert found.state == "failed"
    assert found.draft == ""
    assert "\n" not in found.note
    same_words(updates[-1].answer, plain)
    return found.note


def same_words(answer: Answer | None, plain: Answer) -> None:
    assert answer
    assert (answer.sentences, answer.short_answer, answer.text) == (plain.sentences, plain.short_answer, plain.text)
    assert answer.citations[: len(plain.citations)] == plain.citations
    assert answer.grounded == plain.grounded


def test_the_quotations_come_first_and_then_the_models_words_each_sentence_checked(ask: Ask, plain: Answer) -> None:
    with scripted(Reply(["The warranty on the", " pump is five years [1]. The pump ", "is green [2]."])) as server:
        updates = ask(server)
    first = next(update for update in updates if update.stage == "writing")
    same_words(first.answer, plain)
    assert all(update.stage == "writing" for update in updates[updates.index(first) : -1])
    drafts = [update.answer.written.draft for update in updates if update.answer and update.answer.written]
    assert "The warranty on the" in drafts
    found = written(updates)
    assert [one.text for one in found.sentences] == ["The warranty on the pump is five years.", "The pump is green."]
    assert [one.verdict for one in found.sentences] == ["supported", "unsupported"]
    assert found.sentences[1].why
    assert (found.supported, found.total, found.model, found.state, found.note) == (1, 2, MODEL, "done", "")
    same_words(updates[-1].answer, plain)


def test_the_check_finds_the_words_whatever_number_the_model_wrote(ask: Ask, library: Library) -> None:
    with scripted(Reply(["The boiler heats forty litres [7]. The pump costs 400 euros [1]. Also 5 [99]."])) as server:
        answer = ask(server)[-1].answer
    assert answer
    assert answer.written
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    quotes = {citation.number: citation for citation in answer.citations}
    for one, doc_id in zip(answer.written.sentences[:2], ("boiler.txt", "prices.txt"), strict=True):
        assert {quotes[number].doc_id for number in one.citations} == {doc_id}
    for citation in answer.citations:
        assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


def test_the_same_words_have_the_same_number_as_in_the_quotations(ask: Ask, plain: Answer) -> None:
    with scripted(Reply([GOOD])) as server:
        answer = ask(server)[-1].answer
    assert answer
    assert answer.written
    same_words(answer, plain)
    assert answer.written.sentences[0].citations
    places = [(citation.doc_id, citation.start, citation.end) for citation in answer.citations]
    assert len(places) == len(set(places))


def test_what_nothing_answers_and_what_is_small_talk_is_not_asked_of_the_model(ask: Ask) -> None:
    with scripted(Reply([GOOD])) as server:
        refused = ask(server, "Who won the football match in Lisbon?")[-1].answer
        reply = ask(server, "Hello!")[-1].answer
        assert server.questions == []
    assert refused
    assert reply
    assert (refused.kind, refused.written, reply.kind, reply.written) == ("refusal", None, "reply", None)


def test_where_a_person_wants_it_the_model_is_asked_after_a_refusal_too_with_the_closest_passages(ask: Ask) -> None:
    question = "Who won the football match in Lisbon?"
    with scripted(Reply(["The warranty on the pump is five years [1]. Benfica won it."])) as server:
        answer = ask(server, question, use=ModelUse(even_if_refused=True))[-1].answer
        assert "The warranty on the pump is five years." in server.prompt
    assert answer
    assert (answer.kind, answer.sentences) == ("refusal", ())
    assert answer.written
    assert [one.verdict for one in answer.written.sentences] == ["supported", "unsupported"]


def test_a_model_that_is_not_to_write_is_not_asked(ask: Ask, plain: Answer) -> None:
    with scripted(Reply([GOOD])) as server:
        answer = ask(server, use=ModelUse(writes=False))[-1].answer
        assert server.paths == []
    same_words(answer, plain)
    assert answer
    assert answer.written is None


def test_a_model_that_says_that_nothing_answers_writes_no_sentence(ask: Ask, plain: Answer) -> None:
    for said in (NOT_THERE, f"{NOT_THERE}.", "The passages do not say how long.", "I'm sorry, I don't know."):
        with scripted(Reply([said])) as server:
            updates = ask(server)
        assert written(updates).sentences == ()
        assert "no answer" in written(updates).note
        same_words(updates[-1].answer, plain)


@pytest.mark.parametrize(("unsupported", "count", "hidden"), [("mark", 2, 0), ("keep", 2, 0), ("hide", 1, 1)])
def test_what_is_not_supported_is_marked_hidden_or_kept_as_set(
    ask: Ask, plain: Answer, unsupported: str, count: int, hidden: int
) -> None:
    with scripted(Reply([f"{GOOD} Bananas grow in Iceland near Reykjavik."])) as server:
        updates = ask(server, use=ModelUse(unsupported=unsupported))  # type: ignore[arg-type]
    found = written(updates)
    assert (len(found.sentences), found.hidden, found.total) == (count, hidden, 2)
    assert found.marked == (unsupported != "keep")
    assert ("left out" in found.note) == bool(hidden)
    same_words(updates[-1].answer, plain)


def test_a_slow_first_word_is_waited_for_and_can_be_stopped_meanwhile(library: Library) -> None:
    go_on, updates = threading.Event(), list[Update]()
    with scripted(Reply([Until(go_on), GOOD])) as server:
        for update in Assistant(library, server=ModelServer(server.address)).stream(QUESTION):
            updates.append(update)
            if sum(one.stage == "writing" for one in updates) >= 4:  # a chance to stop at each
                go_on.set()
    assert go_on.is_set()
    assert written(updates).state == "done"


def test_a_model_that_falls_silent_is_given_up(
    library: Library, plain: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, updates = SimpleNamespace(monotonic=time.monotonic), list[Update]()
    monkeypatch.setattr(streaming, "time", clock)
    with scripted(Reply([GOOD, " And", Sleep(600), "more."])) as server:
        for update in Assistant(library, server=ModelServer(server.address, patience=60)).stream(QUESTION):
            updates.append(update)
            if update.answer and update.answer.written and "And" in update.answer.written.draft:
                clock.monotonic = lambda: time.monotonic() + 100  # seconds have passed
        assert "silent for 60 s" in failed(updates, plain)
        assert server.left.wait(60)
    assert [one.verdict for one in written(updates).sentences] == ["supported"]  # what came before stays


def test_a_server_that_goes_away_in_the_middle_is_said(ask: Ask, plain: Answer) -> None:
    faults: list[list[Step]] = [[GOOD, " And so", Die()], [Die()]]
    for steps in faults:
        with scripted(Reply(steps)) as server:
            note = failed(ask(server), plain)
            assert "went away in the middle" in note or "can't be reached" in note


def test_a_server_that_is_not_there_is_said(library: Library, plain: Answer) -> None:
    with scripted(Reply([GOOD])) as server:
        address = server.address
    for model in ("", MODEL):
        updates = list(Assistant(library, server=ModelServer(address, model)).stream(QUESTION))
        assert "can't be reached: start it" in failed(updates, plain)


def test_a_server_that_lets_nobody_in_is_waited_for_as_it_asks(ask: Ask) -> None:
    busy = Reply(status=429, headers={"Retry-After": "0.3"}, body='{"error": {"message": "rate limit"}}')
    with scripted(busy, busy, Reply([GOOD])) as server:
        updates = ask(server)
        assert len(server.questions) == 3
    assert written(updates).supported == 1
    assert any("busy: waiting 0.3 s" in update.message for update in updates)


def test_a_server_that_asks_for_too_much_patience_is_not_waited_for(ask: Ask, plain: Answer) -> None:
    busy = Reply(status=429, headers={"Retry-After": "3600"}, body='{"error": {"message": "rate limit"}}')
    with scripted(busy) as server:
        assert "lets nobody in" in failed(ask(server), plain)
        assert len(server.questions) == 1


def test_a_key_that_is_refused_is_said_and_never_shown(
    ask: Ask, plain: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for status in (401, 400):
        wrong = Reply(status=status, body=json.dumps({"error": {"message": f"Incorrect key provided: {KEY}"}}))
        with scripted(wrong) as server:
            updates = ask(server, key=KEY)
            assert f"Bearer {KEY}" in server.keys
        assert status != 401 or "PINCITE_LLM_KEY" in failed(updates, plain)
        assert KEY not in repr(updates)
    assert KEY not in repr(ModelServer("http://x", key=KEY))
    assert KEY not in caplog.text


def test_a_model_that_is_not_there_is_named(ask: Ask, plain: Answer) -> None:
    missing = Reply(status=404, body='{"error": {"message": "model \\"lama\\" not found, try pulling it first"}}')
    with scripted(missing) as server:
        assert "no model 'lama': name one" in failed(ask(server, model="lama"), plain)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body="<html><body>It works!</body></html>"),
        Reply(body="[1, 2, 3]"),
        Reply([Raw(b"data: {not json}\n\n")]),
        Reply([Raw(b'data: {"foo": 1}\n\n')]),
        Reply([Raw(b'data: {"choices": [{"delta": 7}]}\n\n')]),
        Reply([Raw(b'data: {"choices": ["x"]}\n\n')]),
        Reply([Raw(b"data: " + b"[" * 100_000 + b"\n\n")]),
        Reply([Raw(b"data: \xff\xfe\n\n")]),
        Reply([Raw(b'data: "words"\n\n')]),
    ],
    ids=["html", "list", "no json", "no choices", "no delta", "strings", "deep", "no utf-8", "a string"],
)
def test_nonsense_is_called_so(ask: Ask, plain: Answer, reply: Reply) -> None:
    with scripted(reply) as server:
        assert "is not the OpenAI chat protocol" in failed(ask(server), plain)


def test_an_error_in_the_stream_is_passed_on_in_one_line(ask: Ask, plain: Answer) -> None:
    with scripted(Reply([GOOD, Raw(b'data: {"error": {"message": "out of\\nmemory"}}\n\n')])) as server:
        assert "out of memory" in failed(ask(server), plain)


def test_endless_output_is_cut(ask: Ask, plain: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_WRITTEN", 2000)
    endless: list[Step] = ["word " * 40] * 2000
    with scripted(Reply(endless)) as server:
        updates = ask(server)
    assert (written(updates).state, "no end" in written(updates).note) == ("stopped", True)
    same_words(updates[-1].answer, plain)


def test_endless_thoughts_and_endless_bytes_are_cut(ask: Ask, plain: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MOST_CHARACTERS", 5000)
    monkeypatch.setattr(streaming, "MOST_BYTES", 1_000_000)
    for step in (Thought("hm " * 100), Raw(b"x" * 100_000)):  # the second is one line without an end
        with scripted(Reply([step, Sleep(0.01)] * 1000)) as server:
            updates = ask(server)
        assert written(updates).state == "stopped"
        same_words(updates[-1].answer, plain)


def test_thoughts_are_never_shown(ask: Ask) -> None:
    secret = "The boiler heats forty litres."
    replies = [
        Reply([Thought(secret), GOOD]),
        Reply(["<thi", f"nk>{secret} Hm", ".</th", f"ink>{GOOD}"]),
        Reply([f"{secret} Hm. ", f"</think>\n\n{GOOD}"]),  # the template wrote the beginning
        Reply([f"<|channel|>analysis<|message|>{secret}<|end|><|start|>assistant<|channel|>final<|message|>{GOOD}"]),
    ]
    for number, reply in enumerate(replies):
        with scripted(reply) as server:
            updates = ask(server)
        assert [one.text for one in written(updates).sentences] == ["The warranty on the pump is five years."]
        shown = [u.answer.written.draft for u in updates if u.answer and u.answer.written]
        assert number == 2 or not any("litres" in draft for draft in shown)


def test_a_model_that_comes_to_its_limit_says_so(ask: Ask) -> None:
    with scripted(Reply([GOOD, " And then the"], end="length")) as server:
        assert "the end is missing" in written(ask(server)).note


@pytest.mark.parametrize("waiting", [Reply([Sleep(600)]), Reply([GOOD, Sleep(600)])], ids=["first word", "middle"])
def test_stopping_closes_the_stream_at_once(library: Library, waiting: Reply) -> None:
    with scripted(waiting) as server:
        updates = Assistant(library, server=ModelServer(server.address)).stream(QUESTION)
        while not server.silent.is_set():
            next(updates)
        updates.close()  # type: ignore[attr-defined]
        assert server.left.wait(60)


def test_a_server_that_does_not_answer_yet_is_left_at_once_too(library: Library) -> None:
    held, go_on = threading.Event(), threading.Event()

    def hold(_: dict[str, object]) -> Reply:
        held.set()
        go_on.wait(600)
        return Reply([Sleep(600)])

    with scripted(hold) as server:
        pieces = stream_chat(ModelServer(server.address), MODEL, [{"role": "user", "content": "x"}], most_tokens=5)
        while not held.is_set():
            assert next(pieces).text == ""
        pieces.close()  # type: ignore[attr-defined]
        go_on.set()
        assert server.left.wait(60)


def test_only_the_address_that_is_set_is_called(ask: Ask, plain: Answer) -> None:
    with scripted(Reply([GOOD])) as other:
        moved = Reply(status=307, headers={"Location": f"{other.address}/v1/chat/completions"}, body=" ")
        with scripted(moved) as server:
            failed(ask(server), plain)
        assert other.paths == []


def test_what_the_server_does_not_know_is_not_asked_of_it_again(ask: Ask) -> None:
    refuses = Reply(status=400, body='{"error": {"message": "Unsupported parameter: \'max_tokens\' is not supported"}}')
    with scripted(refuses, Reply([GOOD])) as server:
        assert written(ask(server)).supported == 1
        assert "max_tokens" in server.questions[0]
        assert not {"max_tokens", "temperature"} & server.questions[1].keys()


def test_a_document_that_is_removed_meanwhile_is_gone_from_what_is_written(home: Path, tmp_path: Path) -> None:
    library = Library(tmp_path / "home", Encoder())
    add_documents(library, [Document(k, k, k[:-4], "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])

    def remove(_: dict[str, object]) -> Reply:
        library.remove(["boiler.txt"])
        return Reply(["The boiler heats forty litres."])

    with scripted(remove) as server:
        answer = Assistant(library, server=ModelServer(server.address)).ask(QUESTION)
    library.close()
    assert answer.written
    assert (answer.written.sentences, "removed meanwhile" in answer.written.note) == ((), True)
    assert all(citation.doc_id != "boiler.txt" for citation in answer.citations)


def test_an_assistant_is_opened_with_a_server(home: Path) -> None:
    with scripted(Reply([GOOD])) as server:
        assistant = open_assistant(home, server=ModelServer(server.address))
        answer = assistant.ask(QUESTION)
        assistant.set_up(reader="pincite", refusal="eager", server=ModelServer(server.address))
        again = assistant.ask(QUESTION)
        assistant.close()
    assert answer.written
    assert again.written == replace(answer.written)
