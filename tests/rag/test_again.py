"""Reading again: the likeliest sentences are read alone where none of them is sure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index import Document, Library
from index.sync.sync import add_documents
from rag.answer.again import READ_AGAIN, SURELY, read_again
from rag.answer.extract import statements_of
from rag.answer.features import Statement
from rag.question import Question, read_question
from rag.reader.default import ShippedReader
from rag.reader.model import open_reader
from rag.reader.protocol import Reading, ToRead

HOUSE = """The boiler stands in the cellar and was put in by Harms in 2014. It is serviced each autumn before the frost.
The stove in the kitchen burns beech and oak, never pine. The chimney sweep comes in March. The water meter is read by
the tenants in January. Both cellar keys hang behind the door of the pantry. The garden gate sticks when it has rained.
The bins go out on Sunday evening."""
QUESTION = "When does the chimney sweep come?"


class Noting(ShippedReader):
    """Notes what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read_alone: list[ToRead] = []

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Note and read."""
        self.read_alone += passages
        return super().read(question, passages)


@pytest.fixture
def statements(library: Library) -> list[Statement]:
    document = Document("d", "house.txt", "The house", "text/plain", HOUSE, {}, (), "d", 0.0)
    add_documents(library, [document])
    snapshot = library.refresh()
    return statements_of(snapshot, snapshot.search("chimney", top_k=5))


def asked() -> Question:
    return read_question(QUESTION, lambda _: 1.0)


def test_the_sentence_that_answers_wins_and_the_sum_stays(statements: list[Statement]) -> None:
    before = np.linspace(0.2, 0.1, len(statements))
    before[4] = 0.05
    before[3] = 0.14  # of the sweep
    before /= before.sum()
    reader = Noting()
    after = read_again(reader, asked(), statements, before)
    assert "sweep" in statements[3].text
    assert np.argmax(before) != 3
    assert np.argmax(after) == 3
    assert after.sum() == pytest.approx(1)
    likeliest = set(np.argsort(-before, kind="stable")[:READ_AGAIN].tolist())
    others = [i for i in range(len(statements)) if i not in likeliest]
    assert others
    assert after[others].tolist() == before[others].tolist()
    assert {passage.passage for passage in reader.read_alone} == {
        f"{statements[i].before} {statements[i].text}" if i else statements[i].text for i in likeliest
    }
    assert {passage.header for passage in reader.read_alone} == {"The house"}


def test_where_one_is_sure_nothing_is_read_again(statements: list[Statement]) -> None:
    sure = np.full(len(statements), 0.01)
    sure[0] = SURELY + 0.01
    reader = Noting()
    assert read_again(reader, asked(), statements, sure) is sure
    assert not reader.read_alone


def test_a_reader_that_does_not_read_changes_nothing(statements: list[Statement]) -> None:
    even = np.full(len(statements), 1 / len(statements))
    assert read_again(open_reader("none"), asked(), statements, even) is even
