"""An exchange that is kept comes back as it was."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from exchanges import an_answered

from index import Conversations
from index.errors import HomeError
from ui.web.state.around import Around
from ui.web.state.exchange import Exchange, Scope
from ui.web.state.kept import PAGE, PRIVATE, Keeper, View, from_json, name_of, to_json

NEW = ("around", "steps", "unread")


def test_an_exchange_comes_back_as_it_was() -> None:
    asked = an_answered()
    assert from_json(to_json(asked)) == asked


def test_what_is_around_the_citations_is_kept_and_older_exchanges_have_nothing_there() -> None:
    asked = replace(an_answered(), around={1: Around("Before.", "After.", "Care")}, steps=("Searching 9 passages",))
    assert from_json(to_json(asked)) == asked
    row = {name: value for name, value in json.loads(to_json(asked)).items() if name not in NEW}
    assert from_json(json.dumps(row)) == replace(asked, around={}, steps=())


def test_a_half_of_a_character_in_a_path_can_be_kept() -> None:
    asked = an_answered()
    assert asked.answer is not None
    citation = replace(asked.answer.citations[0], path="/home/\udcff.txt")
    broken = replace(asked, answer=replace(asked.answer, citations=(citation,)))
    answer = from_json(to_json(broken)).answer
    assert answer is not None
    assert answer.citations[0].path == "/home/\ufffd.txt"


def test_what_was_still_being_answered_has_failed() -> None:
    back = from_json(to_json(replace(an_answered(), state="asking")))
    assert (back.state, "before the answer" in back.fault) == ("failed", True)


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"version": 2}', '{"version": 1, "question": "?"}', "null"])
def test_a_turn_that_can_not_be_read_is_left_out_and_the_others_are_there(tmp_path: Path, body: str) -> None:
    with closing(Conversations(tmp_path)) as kept:
        keeper = Keeper(kept)
        here = keeper.begin("", an_answered(), 0)
        kept.save(here, 1, body)
        keeper.save(here, an_answered(), 2)
        assert keeper.read(here) == (an_answered(), an_answered())


def test_a_private_conversation_is_not_kept(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path)) as kept:
        keeper = Keeper(kept)
        assert keeper.begin(PRIVATE, an_answered(), 0) == ""
        assert kept.newest(1) == []


def test_a_conversation_that_was_deleted_goes_on_as_a_new_one(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path)) as kept:
        keeper = Keeper(kept)
        here = keeper.begin("", an_answered(), 0)
        keeper.delete(here)
        other = keeper.begin(here, an_answered(), 1)
        assert other != here
        assert keeper.read(other) == (an_answered(),)


def test_a_question_is_answered_where_it_can_not_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Conversations(tmp_path)) as kept:

        def full(*_: object, **__: object) -> None:
            raise HomeError("the disk is full")

        monkeypatch.setattr(kept, "save", full)
        keeper = Keeper(kept)
        here = keeper.begin("", an_answered(), 0)
        keeper.save(here, an_answered(), 0)
        assert keeper.read(here) == ()


def test_what_was_asked_again_in_another_tab_is_seen(tmp_path: Path) -> None:
    asked = an_answered()
    assert asked.answer is not None
    other = replace(asked, answer=replace(asked.answer, sentences=asked.answer.sentences[:1]))
    broken = replace(asked, state="failed", answer=None, fault="The disk is full.")
    with closing(Conversations(tmp_path)) as kept:
        keeper = Keeper(kept)
        here = keeper.begin("", asked, 0)
        keeper.save(here, asked, 0)
        for same in ((asked,), (asked, broken)):
            assert keeper.catch_up(here, same) is same
        for stale in ((other,), (broken,), ()):
            assert keeper.catch_up(here, stale) == (asked,)
        keeper.save(here, broken, 0)
        stopped = (replace(broken, state="stopped", fault=""),)
        assert keeper.catch_up(here, stopped) is stopped


def test_without_a_place_nothing_is_kept() -> None:
    keeper = Keeper(None)
    assert (keeper.begin("x", an_answered(), 0), keeper.newest(View()), keeper.read("x")) == ("", [], ())
    assert keeper.name("x") == ""
    keeper.save("x", an_answered(), 0)
    keeper.rename("x", "y")
    keeper.pin("x", pinned=True)
    keeper.delete("x")


def test_a_long_question_names_its_conversation_by_its_first_words() -> None:
    assert name_of("  When\nis it? ") == "When is it?"
    name = name_of("word " * 100)
    assert len(name) <= 122
    assert name.endswith("word …")


def test_words_can_be_searched_for_in_the_file() -> None:
    assert "Wörter" in to_json(Exchange("Wörter", Scope()))
    assert json.loads(to_json(Exchange("Wörter", Scope())))["question"] == "Wörter"


def test_an_exchange_is_found_by_its_question_and_its_answer(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path)) as kept:
        keeper = Keeper(kept)
        here = keeper.begin("", an_answered(), 0)
        keeper.rename(here, "Boats")
        assert [keeper.name(one.conversation_id) for one in keeper.newest(View("1907 when boat"))] == ["Boats"]
        assert keeper.newest(View("citations")) == []


def test_a_view_has_one_more_than_it_shows_if_there_are_more(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path)) as kept:
        for number in range(PAGE + 2):
            kept.begin(str(number))
        keeper = Keeper(kept)
        assert len(keeper.newest(View())) == PAGE + 1
        assert len(keeper.newest(View().more())) == PAGE + 2


def test_where_none_are_to_be_kept_no_conversation_begins_and_one_that_is_there_goes_on(tmp_path: Path) -> None:
    wanted = [True]
    with closing(Conversations(tmp_path)) as kept:
        keeper = Keeper(kept, keeps=lambda: wanted[0])
        here = keeper.begin("", an_answered(), 0)
        wanted[0] = False
        assert keeper.begin("", an_answered(), 0) == ""
        assert keeper.begin(here, an_answered(), 1) == here
        assert len(keeper.read(here)) == 2
        assert len(keeper.newest(View())) == 1
