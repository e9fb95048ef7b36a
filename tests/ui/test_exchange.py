"""What came of a question: what gives way when it is asked again, and that every failure is a state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.errors import HomeError
from index.library import Library
from rag import Assistant, Update
from ui.web.parts.conversation import exchange
from ui.web.parts.markup import tag
from ui.web.state.exchange import Exchange, Scope, ask, before, fail, lose, stop, wait

ASKED = Exchange("Who?", Scope())


@pytest.mark.parametrize(
    ("error", "said"),
    [(HomeError("the home is gone: name another"), "The home is gone: name another"), (MemoryError(), "MemoryError")],
)
def test_an_error_ends_as_a_failed_exchange(
    library: Library, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def stream(*_: object, **__: object) -> Iterator[Update]:
        yield Update("searching", "Searching", None)
        raise error

    assistant = Assistant(library, reader="none")
    monkeypatch.setattr(assistant, "stream", stream)
    states = list(ask(assistant, "Who?", earlier=(), scope=Scope()))
    assert [state.state for state in states] == ["asking", "asking", "failed"]
    assert said in states[-1].fault


def test_a_question_that_failed_or_broke_off_gives_way_when_it_is_asked_again() -> None:
    first = Exchange("What?", Scope(), "answered")
    assert before((first, ASKED), "Who?") == (first,)
    assert before((first, fail(ASKED, HomeError("no"))), "Who?") == (first,)
    assert before((first, ASKED), "Why?") == (first, *stop((ASKED,)))
    assert before((first,), "What?") == (first,)
    assert before((), "Who?") == ()


def test_a_waiting_exchange_says_how_many_stand_before_it() -> None:
    assert wait(ASKED, 1).stage == "Waiting: 1 question before yours"
    assert wait(ASKED, 3).stage == "Waiting: 3 questions before yours"


def test_a_lost_conversation_offers_to_reload_and_any_other_fault_to_ask_again() -> None:
    assert "data-reload" in exchange(lose(ASKED), 0)
    assert "data-ask" not in exchange(lose(ASKED), 0)
    assert 'data-ask="Who?"' in exchange(fail(ASKED, HomeError("no")), 0)


def test_what_is_rendered_can_be_encoded_whatever_the_text_holds() -> None:
    half = "\ud83d and \udc00"
    assert tag("p", half, title=half).encode().decode() == '<p title="\ufffd and \ufffd">\ufffd and \ufffd</p>'
    assert exchange(Exchange(half, Scope(half), "failed", fault=half), 0).encode()
