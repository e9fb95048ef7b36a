"""Conversations are kept in the home folder until they are deleted, and then they are gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import Conversations, Judgement, find_traces
from index.errors import HomeError
from index.store.home import CONVERSATIONS, make_home


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with closing(Conversations(tmp_path)) as opened:
        yield opened


def test_turns_come_back_in_their_order_after_a_restart(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path)) as first:
        one = first.begin("Boats")
        first.save(one, 0, "who rows?")
        first.save(one, 1, "and who steers? ş")
    with closing(Conversations(tmp_path)) as second:
        assert second.turns(one) == ["who rows?", "and who steers? ş"]
        assert [(row.conversation_id, row.name) for row in second.newest(9)] == [(one, "Boats")]


def test_a_turn_that_is_asked_again_takes_the_place_of_what_came_after_it(kept: Conversations) -> None:
    one = kept.begin("Boats")
    for number in range(3):
        kept.save(one, number, f"turn {number}")
    kept.save(one, 1, "another")
    assert kept.turns(one) == ["turn 0", "another"]


def test_the_newest_comes_first_and_no_more_than_are_asked_for(kept: Conversations) -> None:
    ids = [kept.begin(name) for name in "abc"]
    kept.save(ids[0], 0, "again")
    assert [row.conversation_id for row in kept.newest(2)] == [ids[0], ids[2]]


def test_a_conversation_gets_another_name(kept: Conversations) -> None:
    one = kept.begin("Boats")
    kept.rename(one, "Rowing")
    found = kept.find(one)
    assert found is not None
    assert found.name == "Rowing"


def test_what_is_deleted_leaves_no_trace_and_takes_no_turn_any_more(tmp_path: Path, kept: Conversations) -> None:
    one, other = kept.begin("Zanzibar by boat"), kept.begin("Bread")
    kept.save(one, 0, "Zanzibar " * 3000)
    kept.save(other, 0, "How long is it baked?")
    assert find_traces(tmp_path, "Zanzibar")
    kept.delete(one)
    kept.save(one, 1, "Zanzibar, which came late")
    assert kept.find(one) is None
    assert kept.turns(one) == []
    assert kept.turns(other) == ["How long is it baked?"]
    assert find_traces(tmp_path, "Zanzibar") == []


def test_a_judgement_goes_with_its_turn_and_its_conversation(tmp_path: Path, kept: Conversations) -> None:
    one = kept.begin("Boats")
    for number in range(3):
        kept.save(one, number, f"turn {number}")
        kept.judge(one, number, Judgement("right"))
    kept.judge(one, 0, Judgement("wrong", "Zanzibar"))
    kept.judge(one, 7, Judgement("right"))  # there is no such turn
    kept.judge(one, 2, None)
    assert kept.judgements(one) == {0: Judgement("wrong", "Zanzibar"), 1: Judgement("right")}
    kept.save(one, 1, "another")
    assert list(kept.judgements(one)) == [0]
    kept.delete(one)
    assert kept.judgements(one) == {}
    assert find_traces(tmp_path, "Zanzibar") == []


def test_several_use_it_at_once(tmp_path: Path, kept: Conversations) -> None:
    one = kept.begin("Boats")
    with closing(Conversations(tmp_path)) as other:
        other.save(one, 0, "from the other")
        kept.save(one, 1, "from here")
        assert other.turns(one) == kept.turns(one) == ["from the other", "from here"]


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / CONVERSATIONS)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(HomeError, match="newer version"):
        Conversations(tmp_path)


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_home(home, ())
    with closing(Conversations(home)):
        make_home(home, ())
        assert (home / CONVERSATIONS).stat().st_mode & 0o077 == 0


def test_words_are_found_in_names_and_turns_whatever_their_case_and_accents(kept: Conversations) -> None:
    boats, bread = kept.begin("Boats"), kept.begin("Bread")
    kept.save(boats, 0, "{}", words="Türkiye exports İHAs")
    kept.save(boats, 1, "{}", words="100%_sure")
    kept.save(bread, 0, "{}", words="How long?")

    def found(words: str) -> list[str]:
        return [row.name for row in kept.newest(9, words=words)]

    assert found("turkiye") == found("TÜRK boat") == found("iha") == found("100%_") == ["Boats"]
    assert found("long bread") == ["Bread"]
    assert found("long boats") == found("1__%") == found("{}") == []
    assert found(" ") == ["Bread", "Boats"]
    kept.rename(bread, "Loaves")
    assert found("loaf") == found("bread") == []
    assert found("loaves") == ["Loaves"]


def test_what_is_pinned_comes_first_until_it_is_no_longer(kept: Conversations) -> None:
    first, second = kept.begin("first"), kept.begin("second")
    kept.pin(first, pinned=True)
    assert [(row.conversation_id, row.pinned) for row in kept.newest(9)] == [(first, True), (second, False)]
    kept.pin(first, pinned=False)
    assert [row.conversation_id for row in kept.newest(9)] == [second, first]


def test_a_file_of_the_first_version_is_brought_up_to_date_and_searched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / CONVERSATIONS)) as connection:
        connection.executescript(
            "CREATE TABLE conversations (conversation_id TEXT NOT NULL, name TEXT NOT NULL, changed FLOAT NOT NULL,"
            " PRIMARY KEY (conversation_id));"
            "CREATE INDEX ix_conversations_changed ON conversations (changed);"
            "CREATE TABLE turns (conversation_id TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL,"
            " PRIMARY KEY (conversation_id, number));"
            "INSERT INTO conversations VALUES ('a', 'Boats', 1.0);"
            """INSERT INTO turns VALUES ('a', 0, '{"question": "Who?", "answer": {"text": "Marta Quill."}}');"""
            "INSERT INTO turns VALUES ('a', 1, 'no JSON');"
            "PRAGMA user_version = 1;"
        )
    with closing(Conversations(tmp_path)) as kept:
        assert [row.name for row in kept.newest(9, words="quill boats who")] == ["Boats"]
        assert len(kept.turns("a")) == 2
        kept.save("a", 2, "{}", words="more")


def test_of_many_conversations_the_deleted_ones_leave_no_trace(tmp_path: Path, kept: Conversations) -> None:
    ids = [kept.begin(f"Zanzibar{number:03}z") for number in range(60)]
    for turn in range(4):
        for number, one in enumerate(ids):
            words = f"Zanzibar{number:03}z " * (1 + number * 7 % 90)
            kept.save(one, turn, words, words=words)
    for number in range(0, 60, 3):
        kept.delete(ids[number])
    for number in range(60):
        assert bool(find_traces(tmp_path, f"Zanzibar{number:03}z")) == (number % 3 > 0), number
