"""What a person asked, kept in a file of its own in the home folder: no index is made of it, and no rebuild touches it.

A conversation has a name, and turns by number; what is in a turn only those know who keep it here. They say which words
of it are searched.
"""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from index.errors import HomeError
from index.store.database import Database
from index.store.home import CONVERSATIONS

metadata = sa.MetaData()
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("changed", sa.Float, nullable=False, index=True),  # seconds since 1970
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("words", sa.Text, nullable=False),  # the name as it is searched
)
turns = sa.Table(
    "turns",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
)
judgements = sa.Table(
    "judgements",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # of the turn
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
)
_FIRST = (
    "CREATE TABLE conversations (conversation_id TEXT NOT NULL, name TEXT NOT NULL, changed FLOAT NOT NULL,"
    " PRIMARY KEY (conversation_id))",
    "CREATE INDEX ix_conversations_changed ON conversations (changed)",
    "CREATE TABLE turns (conversation_id TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (conversation_id, number))",
)
_SEARCHED = (
    "ALTER TABLE conversations ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN words TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE turns ADD COLUMN words TEXT NOT NULL DEFAULT ''",
)
# The words of turns as they were kept when this column came; what is no such turn is not found.
_WORDS_THEN = """SELECT conversation_id, number,
    coalesce(json_extract(body, '$.question'), '') || ' ' || coalesce(json_extract(body, '$.answer.text'), '')
    FROM turns WHERE json_valid(body)"""


def _make(connection: sa.Connection) -> None:
    for statement in _FIRST:
        connection.exec_driver_sql(statement)


def _add_words(connection: sa.Connection) -> None:
    for statement in _SEARCHED:
        connection.exec_driver_sql(statement)
    for conversation_id, name in connection.exec_driver_sql("SELECT conversation_id, name FROM conversations").all():
        connection.execute(_row(conversation_id).values(words=_folded(name)))
    for conversation_id, number, words in connection.exec_driver_sql(_WORDS_THEN).all():
        of_it = (turns.c.conversation_id == conversation_id, turns.c.number == number)
        connection.execute(turns.update().where(*of_it).values(words=_folded(words)))


def _add_judgements(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "CREATE TABLE judgements (conversation_id TEXT NOT NULL, number INTEGER NOT NULL, verdict TEXT NOT NULL,"
        " comment TEXT NOT NULL, PRIMARY KEY (conversation_id, number))"
    )


# Each step makes of a file its next version, the first of an empty one; steps are added, never changed.
_STEPS: Sequence[Callable[[sa.Connection], None]] = (_make, _add_words, _add_judgements)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that is kept: `changed` is the time of its last turn, in seconds since 1970."""

    conversation_id: str
    name: str
    changed: float
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of an answer: "right" or "wrong", and a comment, which may be empty."""

    verdict: str
    comment: str = ""


class Conversations:
    """The conversations in a home folder. Several threads and processes may use them at once."""

    def __init__(self, home: Path) -> None:
        """Open the file, or make it. Raises `HomeError` if it can't be, or if a newer version of Pincite made it."""
        self._database = Database(home / CONVERSATIONS)
        with self._database.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else each step's statements would be committed one by one
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > len(_STEPS):
                raise HomeError(
                    f"{home / CONVERSATIONS}: a newer version of Pincite keeps it: use that, or another --home"
                )
            for step in _STEPS[version:]:
                step(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {len(_STEPS)}")

    def close(self) -> None:
        """Close the file."""
        self._database.compact()
        self._database.close()

    def newest(self, most: int, *, words: str = "") -> list[Conversation]:
        """Return the conversations that are pinned, then those that were changed last, newest first.

        With `words` only those with each of them in their name or in a turn, whatever its case and accents.
        """
        query = sa.select(*_SHOWN).order_by(conversations.c.pinned.desc(), conversations.c.changed.desc()).limit(most)
        with self._database.read() as connection:
            rows = connection.execute(query.where(*map(_has, _folded(words).split())))
            return [Conversation(*row) for row in rows]

    def find(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, None if there is none (any more)."""
        query = sa.select(*_SHOWN).where(conversations.c.conversation_id == conversation_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return Conversation(*row) if row else None

    def turns(self, conversation_id: str) -> list[str]:
        """Return what is in the turns of a conversation, in their order."""
        query = sa.select(turns.c.body).where(turns.c.conversation_id == conversation_id).order_by(turns.c.number)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def begin(self, name: str) -> str:
        """Begin a conversation and return its id, which nobody can guess."""
        conversation_id = secrets.token_hex(16)
        row = {"conversation_id": conversation_id, "name": name, "words": _folded(name)}
        with self._database.begin() as connection:
            connection.execute(conversations.insert().values(row | {"changed": time.time(), "pinned": False}))
        return conversation_id

    def save(self, conversation_id: str, number: int, body: str, *, words: str = "") -> None:
        """Keep a turn in the place of what was at its number and after it, unless the conversation was deleted.

        It is found by its `words`.
        """
        of_it = turns.c.conversation_id == conversation_id
        with self._database.begin() as connection:
            touched = connection.execute(_row(conversation_id).values(changed=time.time()))
            if touched.rowcount:
                connection.execute(turns.delete().where(of_it, turns.c.number >= number))
                connection.execute(judgements.delete().where(_judged(conversation_id), judgements.c.number >= number))
                row = {"conversation_id": conversation_id, "number": number, "body": body, "words": _folded(words)}
                connection.execute(turns.insert().values(row))

    def judge(self, conversation_id: str, number: int, judgement: Judgement | None) -> None:
        """Keep what was said of a turn until that is another one, or nothing any more."""
        there = sa.and_(turns.c.conversation_id == conversation_id, turns.c.number == number)
        with self._database.begin() as connection:
            connection.execute(judgements.delete().where(_judged(conversation_id), judgements.c.number == number))
            if judgement and connection.execute(sa.select(turns.c.number).where(there)).first():
                row = {"conversation_id": conversation_id, "number": number}
                said = {"verdict": judgement.verdict, "comment": judgement.comment}
                connection.execute(judgements.insert().values(row | said))

    def judgements(self, conversation_id: str) -> dict[int, Judgement]:
        """Return what was said of the turns of a conversation, by their numbers."""
        with self._database.read() as connection:
            rows = connection.execute(judgements.select().where(_judged(conversation_id)))
            return {row.number: Judgement(row.verdict, row.comment) for row in rows}

    def rename(self, conversation_id: str, name: str) -> None:
        """Give a conversation another name."""
        with self._database.begin() as connection:
            connection.execute(_row(conversation_id).values(name=name, words=_folded(name)))

    def pin(self, conversation_id: str, *, pinned: bool) -> None:
        """Keep a conversation before the others, or no longer."""
        with self._database.begin() as connection:
            connection.execute(_row(conversation_id).values(pinned=pinned))

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good: its words are overwritten in the file."""
        with self._database.begin() as connection:
            connection.execute(turns.delete().where(turns.c.conversation_id == conversation_id))
            connection.execute(judgements.delete().where(_judged(conversation_id)))
            connection.execute(conversations.delete().where(conversations.c.conversation_id == conversation_id))
        self._database.write_anew()
        self._database.compact()


_SHOWN = (conversations.c.conversation_id, conversations.c.name, conversations.c.changed, conversations.c.pinned)


def _row(conversation_id: str) -> sa.Update:
    return conversations.update().where(conversations.c.conversation_id == conversation_id)


def _judged(conversation_id: str) -> sa.ColumnElement[bool]:
    return judgements.c.conversation_id == conversation_id


def _has(word: str) -> sa.ColumnElement[bool]:
    """Return the condition that a conversation has a word, in its name or in a turn."""
    of_it = sa.select(turns.c.number).where(turns.c.conversation_id == conversations.c.conversation_id)
    in_turn = of_it.where(sa.func.instr(turns.c.words, word) > 0).exists()
    return sa.or_(sa.func.instr(conversations.c.words, word) > 0, in_turn)


def _folded(text: str) -> str:
    """Return text as it is searched: without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
