"""Indexing in the background: its state tells what is going on, and one run comes after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant, open_assistant
from ui.indexing import Indexing


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    assistant = open_assistant(tmp_path / "home")
    yield assistant
    assistant.close()


def test_a_folder_is_indexed_and_reported(assistant: Assistant, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("The first document says this.", encoding="utf-8")
    (folder / "b.pdf").write_bytes(b"no PDF at all")
    indexing = Indexing(assistant.library)
    assert not indexing.state.running
    indexing.start([folder])
    assert indexing.state.running
    assert indexing.wait(120)
    report = indexing.state.report
    assert report is not None
    assert (report.indexed, len(report.rejected)) == (1, 1)
    assert indexing.state.error == ""
    assert indexing.state.done == indexing.state.total == 1


def test_a_run_waits_for_the_one_before(assistant: Assistant, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"This is the {name} document.", encoding="utf-8")
    indexing = Indexing(assistant.library)
    indexing.start([tmp_path / "first"])
    indexing.start([tmp_path / "second"])
    assert indexing.wait(120)
    assert assistant.library.counts().documents == 2


def test_a_fault_is_told_with_its_cure(assistant: Assistant, tmp_path: Path) -> None:
    indexing = Indexing(assistant.library)
    indexing.start([tmp_path / "nowhere"])
    assert indexing.wait(60)
    assert "nowhere" in indexing.state.error
    assert indexing.state.report is None
