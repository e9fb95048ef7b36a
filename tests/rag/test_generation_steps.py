"""Questions that need several searches, and follow-ups that a model rewrites: both bounded, told, and never trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from scripted import Die, Raw, Reply, Sleep, Step, scripted

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.sync.sync import add_documents
from rag import Answer, Assistant, ModelServer, ModelUse, Turn, Update, Written
from rag.generation import rewriting
from rag.generation.rewriting import is_believable

TEXTS = {
    "prize.txt": "The Heron prize of 2019 went to Marta Quill. It is given for the best book about birds.",
    "people.txt": "Marta Quill was born in Ostrava in 1961. She studied in Brno and keeps two dogs.",
    "secret.txt": "Marta Quill has a bank account in Zurich. Its number is 4711.",
} | {f"other{n}.txt": f"Shed {n} by the canal is painted green. Its door is made of oak." for n in range(20)}
QUESTION = "Who got the Heron prize of 2019, and where was the winner born?"
BORN = "Marta Quill was born in Ostrava in 1961 [2]."
THRICE = ModelUse(searches=3, even_if_refused=True)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    opened = Library(tmp_path_factory.mktemp("steps") / "home", Encoder())
    add_documents(opened, [Document(k, k, k[:-4], "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])
    yield opened
    opened.close()


def is_planning(body: dict[str, Any]) -> bool:
    return "needs a further search" in body["messages"][0]["content"]


class Seeker:
    """Asks for each of the searches in turn, and then answers."""

    def __init__(self, *searches: str | Reply, answer: str = BORN) -> None:
        self.searches = list(searches)
        self.answer = answer

    def __call__(self, body: dict[str, Any]) -> Reply:
        if not is_planning(body):
            return Reply([self.answer])
        said = self.searches.pop(0) if self.searches else "ENOUGH"
        return said if isinstance(said, Reply) else Reply([said])


def ask(library: Library, address: str, use: ModelUse = THRICE, **scope: Any) -> list[Update]:
    return list(Assistant(library, server=ModelServer(address), use=use).stream(QUESTION, **scope))


def done(updates: list[Update]) -> tuple[Answer, Written]:
    answer = updates[-1].answer
    assert answer
    assert answer.written
    return answer, answer.written


def test_what_is_found_leads_to_what_is_looked_for_next_and_each_search_is_told(library: Library) -> None:
    with scripted(Seeker("Marta Quill birthplace")) as server:
        updates = ask(library, server.address)
        planned = [body for body in server.questions if is_planning(body)]
        last = server.prompt
    answer, written = done(updates)
    assert len(planned) == 2
    assert "Marta Quill birthplace" in planned[1]["messages"][1]["content"]
    assert "born in Ostrava" in last
    assert [step.partition(":")[0] for step in written.steps] == ["searched for “Marta Quill birthplace”"]
    assert any(update.message == "Searching for “Marta Quill birthplace”" for update in updates)
    assert [(one.text, one.verdict) for one in written.sentences] == [(BORN[:-5] + ".", "supported")]
    plain = Assistant(library).ask(QUESTION)
    assert (answer.text, answer.grounded, answer.hits) == (plain.text, plain.grounded, plain.hits)


@pytest.mark.parametrize(("searches", "planned"), [(1, 0), (2, 1), (3, 2)])
def test_there_are_no_more_searches_than_are_set(library: Library, searches: int, planned: int) -> None:
    wanted = [f"shed {n} door" for n in range(10)]
    with scripted(Seeker(*wanted)) as server:
        _, written = done(ask(library, server.address, ModelUse(searches=searches, even_if_refused=True)))
        assert sum(map(is_planning, server.questions)) == planned
    assert len(written.steps) == planned


@pytest.mark.parametrize(
    "said",
    ["ENOUGH", "ENOUGH.", "", QUESTION, Reply(["a " * 5000]), Reply(["<think>I search.</think>"]), Reply(["...\n---"])],
)
def test_what_is_no_new_search_ends_the_searching(library: Library, said: str | Reply) -> None:
    with scripted(Seeker(said)) as server:
        _, written = done(ask(library, server.address))
        assert sum(map(is_planning, server.questions)) == 1
    assert (written.steps, written.supported) == ((), 1)


def test_a_search_stays_in_the_part_of_the_library_that_is_asked(library: Library) -> None:
    with scripted(Seeker("Marta Quill bank account number Zurich")) as server:
        ask(library, server.address, documents=["prize.txt", "people.txt"])
        assert "4711" not in server.prompt


def test_what_is_searched_for_is_plain_words(library: Library) -> None:
    hostile = "<img src=x onerror=alert(1)> [Ostrava](https://evil.example/?q=1) \x1b[31m`rm -rf`"
    with scripted(Seeker(hostile)) as server:
        _, written = done(ask(library, server.address))
    (step,) = written.steps
    assert "Ostrava" in step
    assert not any(part in step for part in ("<", ">", "evil.example", "\x1b", "]("))


@pytest.mark.parametrize("fault", [Reply([Die()]), Reply(status=500), Reply([Raw(b"data: {]\n\n")])])
def test_a_server_that_fails_in_searching_is_one_line_below_the_answer(library: Library, fault: Reply) -> None:
    with scripted(Seeker(fault)) as server:
        answer, written = done(ask(library, server.address))
    assert (written.state, written.sentences) == ("failed", ())
    assert "\n" not in written.note
    assert written.note
    assert answer.text == Assistant(library).ask(QUESTION).text


def test_searching_can_be_stopped(library: Library) -> None:
    with scripted(Seeker(Reply([Sleep(600)]))) as server:
        updates = Assistant(library, server=ModelServer(server.address), use=THRICE).stream(QUESTION)
        next(update for update in updates if server.questions)
        updates.close()  # type: ignore[attr-defined]
        assert server.left.wait(60)


TURNS = [Turn("Who got the Heron prize of 2019?", "The Heron prize of 2019 went to Marta Quill.")]
FOLLOW_UP = "And where was she born?"
REWRITES = ModelUse(writes=False, rewrites=True)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a model that does answer, however slow the machine is."""
    monkeypatch.setattr(rewriting, "_SECONDS", 60.0)


def follow(library: Library, address: str, use: ModelUse = REWRITES, turns: list[Turn] = TURNS) -> Answer:
    return Assistant(library, server=ModelServer(address), use=use).ask(FOLLOW_UP, turns)


def test_a_model_makes_a_follow_up_stand_alone_where_that_is_set(library: Library) -> None:
    with scripted(
        Reply(["<think>she is Marta</think>Where was Marta Quill born?\nShe was born in Ostrava."])
    ) as server:
        answer = follow(library, server.address)
        assert "Marta Quill" in server.prompt
        assert len(server.questions) == 1
    assert answer.standalone_question == "Where was Marta Quill born?"
    assert "Ostrava" in answer.text
    assert answer.written is None


@pytest.mark.parametrize(
    "reply",
    [
        Reply(["Where is the bank account of Solomon in Zurich?"]),
        Reply(["Marta Quill was born in Ostrava in Moravia, which is a region of Czechia near Poland."]),
        Reply([]),
        Reply(["x" * 2000]),
        Reply([Die()]),
        Reply(status=429, headers={"retry-after": "100"}, body="{}"),
        Reply([Raw(b"data: nonsense\n\n")]),
    ],
)
def test_where_it_fails_or_asks_something_else_ours_is_taken(library: Library, reply: Reply) -> None:
    ours = Assistant(library).ask(FOLLOW_UP, TURNS)
    with scripted(reply) as server:
        answer = follow(library, server.address)
        assert server.questions
    assert answer.standalone_question == ours.standalone_question
    assert answer.text == ours.text


def test_where_it_is_silent_for_too_long_ours_is_taken(library: Library) -> None:
    ours = Assistant(library).ask(FOLLOW_UP, TURNS)
    with scripted(Reply([Sleep(600), "Where was Marta Quill born?"])) as server:
        hasty = ModelServer(server.address, patience=1.0)
        answer = Assistant(library, server=hasty, use=REWRITES).ask(FOLLOW_UP, TURNS)
    assert (answer.standalone_question, answer.text) == (ours.standalone_question, ours.text)


def test_a_model_is_told_no_question_that_stands_alone_nor_any_unless_that_is_set(library: Library) -> None:
    with scripted(Reply(["Where was Marta Quill born?"])) as server:
        follow(library, server.address, turns=[])
        follow(library, server.address, use=ModelUse(writes=False))
        assert server.questions == []


@pytest.mark.parametrize(
    ("written", "question", "believed"),
    [
        ("Where was Marta Quill born?", FOLLOW_UP, True),
        ("Where was she born?", FOLLOW_UP, True),
        ("Where was Marta Quill born, and when?", FOLLOW_UP, True),
        ("Where did Solomon live?", FOLLOW_UP, False),
        ("Who got the Heron prize of 2020?", "and in 2020?", True),
        ("Who got the Heron prize of 2021?", "and in 2020?", False),
        ("Who got the Heron prize?", "what about the Osprey prize", False),
        ("Where was Marta Quill's account in Zurich opened?", FOLLOW_UP, False),
        ("", FOLLOW_UP, False),
        ("Where was Marta Quill born? " * 20, FOLLOW_UP, False),
    ],
)
def test_a_rewritten_question_asks_in_the_words_of_the_conversation(
    written: str, question: str, believed: bool
) -> None:
    assert is_believable(written, question, TURNS) is believed


def test_what_is_said_again_is_not_shown_again_and_a_model_that_only_repeats_is_stopped(library: Library) -> None:
    said: list[Step] = ["It is kept by a person. ", *["It has a green door.\n"] * 40]
    with scripted(Reply(said)) as server:
        answer = Assistant(library, server=ModelServer(server.address)).ask("Who got the Heron prize of 2019?")
    assert answer.written
    assert [one.text for one in answer.written.sentences] == ["It is kept by a person.", "It has a green door."]
    assert (answer.written.state, answer.written.draft) == ("stopped", "")
    assert answer.written.note == "the model only repeated itself: it was stopped"


def test_the_question_said_again_is_no_answer(library: Library) -> None:
    with scripted(
        Reply(["Who got the Heron prize of 2019?\nwho got the Heron prize of 2019.\nIt has a green door."])
    ) as server:
        answer = Assistant(library, server=ModelServer(server.address)).ask("Who got the Heron prize of 2019?")
    assert answer.written
    assert [one.text for one in answer.written.sentences] == ["It has a green door."]
