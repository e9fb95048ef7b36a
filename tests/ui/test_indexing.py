"""Indexing in the background: its state tells what is going on, runs follow one another, and it can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from index import SyncProgress, SyncReport, Watcher, sync_paths
from index.library import Library
from index.store.verify import verify
from index.sync import watching
from ui.web.state.indexing import Indexing, IndexingState
from ui.web.state.pace import Pace, Share

if TYPE_CHECKING:
    from conftest import GatedEncoder


def write(folder: Path, *, count: int) -> Path:
    """Write so many documents of one passage each."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.txt").write_text(f"Document {number} of {folder.name} says this.", encoding="utf-8")
    return folder


def until(indexing: Indexing, fits: Callable[[IndexingState], bool]) -> None:
    deadline = time.monotonic() + 300
    while not fits(indexing.state):
        assert time.monotonic() < deadline, indexing.state
        time.sleep(0.005)


def embedding(state: IndexingState) -> bool:
    return state.stage == "embedding"


def test_a_folder_is_indexed_and_reported(indexing: Indexing, encoder: GatedEncoder, tmp_path: Path) -> None:
    encoder.go_on.set()
    folder = write(tmp_path / "documents", count=1)
    (folder / "b.pdf").write_bytes(b"no PDF at all")
    assert not indexing.state.running
    indexing.start([folder])
    assert indexing.state.running
    assert indexing.wait(600)
    report = indexing.state.report
    assert report is not None
    assert (report.indexed, len(report.rejected)) == (1, 1)
    assert indexing.state.error == ""
    assert indexing.state.done == indexing.state.total == 1


def test_what_changes_in_a_folder_that_is_watched_is_read_within_seconds(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    encoder.go_on.set()
    folder = write(tmp_path / "documents", count=1)
    with Watcher([folder], home=library.home) as watcher:
        indexing.follow(watcher)
        indexing.start([folder])
        assert indexing.wait(60)
        (folder / "new.txt").write_text("The owl is called Archibald.", encoding="utf-8")
        until_there(library, {"000.txt", "new.txt"})
        assert indexing.wait(60)
        indexing.stop()  # which is nothing while nothing is in work
        (folder / "000.txt").unlink()
        until_there(library, {"new.txt"})
        (folder / "folder").mkdir()
        (folder / "folder" / "deep.txt").write_text("The eel is called Leopold.", encoding="utf-8")
        until_there(library, {"new.txt", "deep.txt"})
    assert indexing.wait(60)
    assert (indexing.state.error, indexing.state.note) == ("", "")
    assert verify(library) == []


@pytest.mark.slow
def test_what_changes_after_a_stop_waits_until_indexing_goes_on(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_FIRST_PAUSE", 0.2)
    folder = write(tmp_path / "documents", count=300)
    with Watcher([folder], home=library.home) as watcher:
        indexing.follow(watcher)
        indexing.start([folder])
        until(indexing, embedding)
        indexing.stop()
        encoder.go_on.set()
        assert indexing.wait(60)
        (folder / "new.txt").write_text("The owl is called Archibald.", encoding="utf-8")
        until(indexing, lambda state: "stopped" in state.note)
        assert indexing.state.stopped
        indexing.go_on()
        until(indexing, lambda _: library.counts().documents == 301)
    assert indexing.wait(60)


@pytest.mark.slow
def test_a_file_that_changes_all_the_time_holds_a_long_run_up_once(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "documents", count=300)
    whole: list[object] = []

    def counted(*given: Any, **named: Any) -> SyncReport:
        if not named.get("changed"):
            whole.append(given)
        return sync_paths(*given, **named)

    class Restless:
        """Tells of a change to the same file over and over."""

        def follow(self, library: Library, report: SyncReport, *, sync: Callable[..., SyncReport]) -> Iterator[object]:
            while len(told) < 20:
                told.append(sync(library, [folder], [folder / "000.txt"]))
                time.sleep(0.2)
            return iter(())

    told: list[SyncReport] = []
    monkeypatch.setattr("ui.web.state.indexing.sync_paths", counted)
    encoder.go_on.set()
    indexing.start([folder])
    until(indexing, lambda state: state.done > 0)
    indexing.follow(cast("Watcher", Restless()))
    while len(told) < 20:
        time.sleep(0.2)
    assert indexing.wait(60)
    assert len(whole) <= 2, len(whole)
    assert library.counts().documents == library.counts().embedded == 300
    assert verify(library) == []


def until_there(library: Library, names: set[str]) -> None:
    deadline = time.monotonic() + 60
    while {Path(entry.path).name for entry in library.entries()} != names:
        assert time.monotonic() < deadline, library.entries()
        time.sleep(0.1)


def test_a_run_waits_for_the_one_before(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    indexing.start([write(tmp_path / "first", count=1)])
    indexing.start([write(tmp_path / "second", count=1)])
    encoder.go_on.set()
    assert indexing.wait(600)
    assert library.counts().documents == 2


def test_a_fault_is_told_with_its_cure_and_can_be_tried_again(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    encoder.go_on.set()
    indexing.start([tmp_path / "nowhere"])
    assert indexing.wait(600)
    assert "nowhere" in indexing.state.error
    assert indexing.state.report is None
    write(tmp_path / "nowhere", count=1)
    indexing.go_on()
    assert indexing.wait(600)
    assert indexing.state.error == ""
    assert library.counts().documents == 1


@pytest.mark.usefixtures("one_thing_at_a_time")
def test_a_fault_is_still_told_when_the_next_run_is_good(
    indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> None:
    encoder.free = 1
    indexing.start([write(tmp_path / "first", count=200)])
    until(indexing, embedding)
    indexing.start([tmp_path / "nowhere"])
    indexing.start([write(tmp_path / "second", count=1)])
    encoder.go_on.set()
    assert indexing.wait(600)
    assert "nowhere" in indexing.state.error


@pytest.mark.slow
@pytest.mark.usefixtures("one_thing_at_a_time")
def test_a_stopped_run_keeps_its_batches_and_goes_on_without_doing_them_again(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    encoder.free = 1
    indexing.start([write(tmp_path / "documents", count=300)])
    until(indexing, lambda state: embedding(state) and state.done == 128)
    indexing.stop()
    assert indexing.state.running
    assert indexing.state.stopping
    encoder.go_on.set()
    assert indexing.wait(600)
    state = indexing.state
    assert (state.running, state.stopping, state.stopped, state.error) == (False, False, True, "")
    assert (state.stage, state.done, state.total) == ("embedding", 256, 300)
    counts = library.counts()
    assert (counts.documents, counts.embedded, counts.passages) == (300, 256, 300)
    indexing.go_on()
    assert not indexing.state.stopped
    assert indexing.wait(600)
    assert not indexing.state.stopped
    assert library.counts().embedded == 300
    assert len(encoder.embedded) == len(set(encoder.embedded)) == 300
    assert indexing.state.report is not None
    assert indexing.state.report.unchanged == 300
    assert verify(library) == []


@pytest.mark.slow
def test_a_run_that_is_stopped_while_reading_keeps_what_was_read(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    encoder.go_on.set()
    indexing.start([write(tmp_path / "documents", count=300)])
    until(indexing, lambda state: state.done >= 5)
    indexing.stop()
    assert indexing.wait(600)
    state = indexing.state
    assert (state.stopped, state.stage, state.total) == (True, "reading", 300)
    assert library.counts().documents == state.done < 300
    assert library.search("Document 2 of documents says this", top_k=1), "what was read can be found"
    indexing.go_on()
    assert indexing.wait(600)
    assert library.counts().documents == library.counts().embedded == 300


@pytest.mark.slow
def test_stop_drops_what_waits_and_go_on_takes_all_of_it(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    indexing.start([write(tmp_path / "first", count=200)])
    indexing.start([write(tmp_path / "second", count=2)])
    until(indexing, embedding)
    indexing.start([write(tmp_path / "third", count=3)])
    indexing.stop()
    encoder.go_on.set()
    assert indexing.wait(600)
    assert indexing.state.stopped
    assert library.counts().documents == 200
    indexing.go_on()
    assert indexing.wait(600)
    assert (library.counts().documents, library.counts().embedded) == (205, 205)


def test_a_start_after_a_stop_takes_up_what_was_stopped_too(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    indexing.start([write(tmp_path / "first", count=200)])
    until(indexing, embedding)
    indexing.stop()
    indexing.stop()
    encoder.go_on.set()
    assert indexing.wait(600)
    indexing.start([write(tmp_path / "second", count=2)])
    assert indexing.wait(600)
    assert not indexing.state.stopped
    assert (library.counts().documents, library.counts().embedded) == (202, 202)


def test_go_on_before_the_stop_has_taken_effect_takes_it_back(
    indexing: Indexing, encoder: GatedEncoder, library: Library, tmp_path: Path
) -> None:
    indexing.start([write(tmp_path / "first", count=200)])
    until(indexing, embedding)
    indexing.stop()
    indexing.go_on()
    assert not indexing.state.stopping
    encoder.go_on.set()
    assert indexing.wait(600)
    assert (indexing.state.stopped, library.counts().embedded) == (False, 200)


def test_stop_and_go_on_with_nothing_to_do_change_nothing(
    indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> None:
    indexing.stop()
    indexing.go_on()
    assert indexing.state == IndexingState()
    encoder.go_on.set()
    indexing.start([write(tmp_path / "documents", count=1)])
    assert indexing.wait(600)
    done = indexing.state
    indexing.stop()
    indexing.go_on()
    assert indexing.state == done
    assert not done.stopped


@pytest.mark.slow
def test_the_end_is_not_held_up_by_a_long_batch(indexing: Indexing, encoder: GatedEncoder, tmp_path: Path) -> None:
    indexing.start([write(tmp_path / "documents", count=200)])
    until(indexing, embedding)
    assert not indexing.end(0.2)
    encoder.go_on.set()
    assert indexing.wait(600)
    assert not indexing.end()
    indexing.go_on()
    assert indexing.wait(600)
    assert indexing.end()


def test_the_rate_is_that_of_the_last_seconds() -> None:
    pace = Pace(100, at=0.0)
    assert pace.note(100, at=0.0) == 0.0
    assert pace.note(120, at=2.0) == 10.0
    assert [pace.note(120 + 5 * second, at=2.0 + second) for second in range(1, 20)][-1] == 5.0


def test_the_rate_of_batches_longer_than_the_window_is_that_of_the_last() -> None:
    pace = Pace(0, at=0.0)
    assert pace.note(128, at=64.0) == 2.0
    assert pace.note(256, at=96.0) == 4.0


def test_no_rate_is_said_before_it_means_something() -> None:
    pace = Pace(0, at=0.0)
    assert [pace.note(5000, at=0.2), pace.note(5001, at=1.9)] == [0.0, 0.0]
    assert pace.note(5002, at=2.0) == 2501.0
    assert pace.note(5005, at=7.0) == 0.6


def test_the_share_never_goes_back_and_leaves_room_for_what_waits() -> None:
    share = Share()

    def noted(stage: str, done: int, total: int, *waiting: int) -> float:
        return share.note(SyncProgress(stage, done, total, ""), waiting=waiting)  # type: ignore[arg-type]

    assert [noted("reading", done, 8) for done in (0, 4, 8)] == [0.0, 0.25, 0.5]
    assert noted("embedding", 100, 500) == 0.5, "what was embedded before counts for nothing"
    assert noted("embedding", 300, 500) == 0.75
    share.begin()  # it made way for another
    assert noted("reading", 0, 30) == 0.75
    assert noted("reading", 30, 30, 30, 0) == pytest.approx(0.75 + 0.25 / 3 / 2)
    assert noted("embedding", 700, 700) == pytest.approx(0.875), "nothing waits any more"


@pytest.mark.slow
def test_the_share_grows_from_run_to_run_until_all_is_done(
    indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> None:
    encoder.go_on.set()
    shares: list[float] = []
    note = Share.note

    def noted(share: Share, progress: SyncProgress, *, waiting: Sequence[int]) -> float:
        shares.append(note(share, progress, waiting=waiting))
        return shares[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Share, "note", noted)
        for name, count in (("first", 20), ("second", 3), ("third", 40)):
            indexing.start([write(tmp_path / name, count=count)])
        assert indexing.wait(600)
    assert shares == sorted(shares)
    assert (shares[0] < 0.1, shares[-1]) == (True, 1.0)
