"""What a person asked, kept in a file of its own in the home folder: no index is made of it, and no rebuild touches it.

A conversation has a name, and turns by number; what is in a turn only those know who keep it here.
"""

from __future__ import annotations

import secrets
import time
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
)
turns = sa.Table(
    "turns",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
# Each step makes of a file its next version, the first of an empty one; steps are added, never changed.
_STEPS: Sequence[Callable[[sa.Connection], None]] = (metadata.create_all,)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that is kept: `changed` is the time of its last turn, in seconds since 1970."""

    conversation_id: str
    name: str
    changed: float


class Conversations:
    """The conversations in a home folder. Several threads and processes may use them at once."""

    def __init__(self, home: Path) -> None:
        """Open the file, or make it. Raises `HomeError` if it can't be, or if a newer version of Pincite made it."""
        self._database = Database(home / CONVERSATIONS)
        with self._database.begin() as connection:
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

    def newest(self, most: int) -> list[Conversation]:
        """Return the conversations that were changed last, newest first."""
        query = sa.select(conversations).order_by(conversations.c.changed.desc()).limit(most)
        with self._database.read() as connection:
            return [Conversation(*row) for row in connection.execute(query)]

    def find(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, None if there is none (any more)."""
        query = sa.select(conversations).where(conversations.c.conversation_id == conversation_id)
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
        row = {"conversation_id": conversation_id, "name": name, "changed": time.time()}
        with self._database.begin() as connection:
            connection.execute(conversations.insert().values(row))
        return conversation_id

    def save(self, conversation_id: str, number: int, body: str) -> None:
        """Keep a turn in the place of what was at its number and after it, unless the conversation was deleted."""
        of_it = turns.c.conversation_id == conversation_id
        with self._database.begin() as connection:
            touched = connection.execute(_row(conversation_id).values(changed=time.time()))
            if touched.rowcount:
                connection.execute(turns.delete().where(of_it, turns.c.number >= number))
                row = {"conversation_id": conversation_id, "number": number, "body": body}
                connection.execute(turns.insert().values(row))

    def rename(self, conversation_id: str, name: str) -> None:
        """Give a conversation another name."""
        with self._database.begin() as connection:
            connection.execute(_row(conversation_id).values(name=name))

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation for good: its words are overwritten in the file."""
        with self._database.begin() as connection:
            connection.execute(turns.delete().where(turns.c.conversation_id == conversation_id))
            connection.execute(conversations.delete().where(conversations.c.conversation_id == conversation_id))
        self._database.compact()


def _row(conversation_id: str) -> sa.Update:
    return conversations.update().where(conversations.c.conversation_id == conversation_id)
