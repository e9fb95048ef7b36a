"""Watching, with real files and the system's own events: what is found is what the files hold, whatever was done."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from following import (
    CAT,
    DOG,
    EEL,
    SAVES,
    following,
    put,
    renamed_over,
    reports,
    sentences,
    text_of,
    wait_for_all_before,
    wait_for_documents,
    wait_for_text,
    wait_until,
)
from support import WordEncoder

from index.errors import PinciteError
from index.library import Library
from index.progress import SyncReport
from index.store.lock import home_lock
from index.sync import watching
from index.sync.sync import sync_paths
from index.sync.watching import Watcher

pytestmark = pytest.mark.slow  # each waits for what the system tells, or starts a program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "cat.txt").write_text(CAT)
    return made


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A second folder to watch, which comes behind the first in each list."""
    made = tmp_path / "other" / "documents"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The syncs that watching has begun: the names of the files that each looks at."""
    begun: list[set[str]] = []

    def sync(library: Library, paths: Sequence[Path], *, changed: Sequence[Path]) -> SyncReport:
        begun.append({path.name for path in changed})
        return sync_paths(library, paths, changed=changed)

    monkeypatch.setattr(watching, "sync_paths", sync)
    return begun


@pytest.mark.parametrize("save", SAVES)
def test_a_saved_file_is_followed(library: Library, folder: Path, save: Callable[[Path], None]) -> None:
    with following(library, folder) as news:
        save(folder / "cat.txt")
        wait_for_text(library, folder / "cat.txt", DOG)
        wait_for_documents(library, folder / "cat.txt")
    assert library.indexes.words.document_frequency("ottolin") == 1
    assert library.indexes.words.document_frequency("bartholomew") == 0
    assert sum(report.indexed for report in reports(news)) >= 1
    assert [one for report in reports(news) for one in report.rejected] == []
    assert not sentences(news)


@pytest.mark.slow
@pytest.mark.parametrize("save", SAVES)
def test_a_single_file_is_followed_and_its_neighbours_are_not(
    library: Library, folder: Path, save: Callable[[Path], None]
) -> None:
    with following(library, folder / "cat.txt"):
        (folder / "eel.txt").write_text(EEL)
        for _ in range(2):  # a second time, since the first may have put another file in its place
            save(folder / "cat.txt")
            wait_for_text(library, folder / "cat.txt", DOG)
            (folder / "cat.txt").write_text(CAT)
            wait_for_text(library, folder / "cat.txt", CAT)
        (folder / "cat.txt").unlink()
        wait_for_documents(library)
        renamed_over(folder / "cat.txt")
        wait_for_documents(library, folder / "cat.txt")


# --- files and folders that come and go ---------------------------------------------------------------------------


def test_only_what_has_changed_is_looked_at(library: Library, folder: Path) -> None:
    for number in range(50):
        (folder / f"{number}.txt").write_text(f"{number}: {EEL}")
    with following(library, folder) as news:
        (folder / "dog.txt").write_text(DOG)
        wait_until(lambda: bool(news), library.entries)
    assert [(report.indexed, report.unchanged, report.removed) for report in reports(news)] == [(1, 0, 0)]


def test_a_folder_that_moves_is_followed_and_nothing_is_embedded_again(
    library: Library, folder: Path, encoder: WordEncoder, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (outside / "deep" / "er").mkdir(parents=True)
    (outside / "deep" / "dog.txt").write_text(DOG)
    (outside / "deep" / "er" / "eel.txt").write_text(EEL)
    with following(library, folder):
        (outside / "deep").rename(folder / "in")
        wait_for_documents(library, folder / "cat.txt", folder / "in" / "dog.txt", folder / "in" / "er" / "eel.txt")
        embedded = len(encoder.embedded)
        (folder / "in").rename(folder / "moved")
        wait_for_documents(
            library, folder / "cat.txt", folder / "moved" / "dog.txt", folder / "moved" / "er" / "eel.txt"
        )
        (folder / "moved" / "er").rename(folder / "up")
        wait_for_documents(library, folder / "cat.txt", folder / "moved" / "dog.txt", folder / "up" / "eel.txt")
        assert len(encoder.embedded) == embedded
        (folder / "up" / "eel.txt").write_text(EEL + DOG)  # it is listened to under its new name
        wait_for_text(library, folder / "up" / "eel.txt", EEL + DOG)
        (folder / "up").rename(outside / "up")
        wait_for_documents(library, folder / "cat.txt", folder / "moved" / "dog.txt")
        shutil.rmtree(folder / "moved")
        wait_for_documents(library, folder / "cat.txt")


def test_a_file_that_moves_to_another_watched_folder_is_not_embedded_again(
    library: Library, folder: Path, encoder: WordEncoder, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with following(library, folder, other):
        embedded = len(encoder.embedded)
        (folder / "cat.txt").rename(other / "tom.txt")
        wait_for_documents(library, other / "tom.txt")
    assert len(encoder.embedded) == embedded


def test_new_folders_are_followed_however_deep(library: Library, folder: Path) -> None:
    deep = folder / "a" / "b" / "c"
    with following(library, folder):
        deep.mkdir(parents=True)
        (deep / "dog.txt").write_text(DOG)
        wait_for_documents(library, deep / "dog.txt", folder / "cat.txt")
        (deep / "dog.txt").write_text(EEL)
        wait_for_text(library, deep / "dog.txt", EEL)


def test_what_changes_during_the_first_sync_is_not_missed(library: Library, folder: Path) -> None:
    with Watcher([folder], home=library.home) as watcher:
        report = sync_paths(library, [folder])
        (folder / "dog.txt").write_text(DOG)
        news = next(watcher.follow(library, report))
    assert news.report
    assert news.report.indexed == 1


@pytest.mark.slow
def test_a_burst_of_changes_is_synced_together(library: Library, folder: Path) -> None:
    with following(library, folder) as news:
        for number in range(500):
            (folder / f"{number}.txt").write_text(f"{number}: {EEL}")
        wait_for_documents(library, folder / "cat.txt", *(folder / f"{number}.txt" for number in range(500)))
        wait_until(lambda: sum(report.indexed for report in reports(news)) == 500, lambda: news)
    assert len(reports(news)) < 10


def test_more_changes_than_the_system_may_tell_of_are_all_seen(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_TOO_MANY", 10)
    (folder / "old.txt").write_text(DOG)
    with following(library, folder) as news:
        for number in range(30):
            (folder / f"{number}.txt").write_text(f"{number}: {EEL}")
        wait_until(lambda: sum(report.indexed for report in reports(news)) == 30, lambda: news)
    assert sum(report.unchanged for report in reports(news)) >= 2, "the whole folder was looked at"


# --- the watched folder itself -------------------------------------------------------------------------------------


def test_a_folder_that_is_gone_keeps_what_is_indexed_and_is_followed_when_it_is_back(
    library: Library, folder: Path, other: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    with following(library, folder, other) as news:
        folder.rename(away)
        wait_until(lambda: len(sentences(news)) == 1, lambda: news)
        (away / "dog.txt").write_text(DOG)
        last = wait_for_all_before(library, other)
        assert [entry.path for entry in library.entries()] == [str(folder / "cat.txt"), str(last)]
        away.rename(folder)
        wait_for_documents(library, folder / "cat.txt", folder / "dog.txt", last)
        (folder / "eel.txt").write_text(EEL)
        wait_for_documents(library, folder / "cat.txt", folder / "dog.txt", folder / "eel.txt", last)
    gone, back = sentences(news)
    assert gone.startswith(f"{folder} is gone: what is indexed of it stays")
    assert back == f"{folder} is back"


def test_an_empty_folder_in_its_place_as_when_a_disk_is_out_counts_as_gone(
    library: Library, folder: Path, other: Path, tmp_path: Path
) -> None:
    with following(library, folder, other) as news:
        folder.rename(tmp_path / "away")
        folder.mkdir()
        wait_until(lambda: len(sentences(news)) == 1, lambda: news)
        last = wait_for_all_before(library, other)
        assert [entry.path for entry in library.entries()] == [str(folder / "cat.txt"), str(last)]
        (folder / "dog.txt").write_text(DOG)
        wait_for_documents(library, folder / "dog.txt", last)


def test_a_deleted_folder_takes_its_documents_with_it(library: Library, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "dog.txt").write_text(DOG)
    with following(library, folder):
        shutil.rmtree(folder)
        wait_for_documents(library)
        folder.mkdir()
        (folder / "eel.txt").write_text(EEL)
        wait_for_documents(library, folder / "eel.txt")
        (folder / "cat.txt").write_text(CAT)
        wait_for_documents(library, folder / "cat.txt", folder / "eel.txt")


def test_a_folder_that_comes_only_later_is_followed(library: Library, folder: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    with following(library, folder, later):
        later.mkdir()
        (later / "dog.txt").write_text(DOG)
        wait_for_documents(library, folder / "cat.txt", later / "dog.txt")
        (later / "dog.txt").write_text(EEL)
        wait_for_text(library, later / "dog.txt", EEL)


# --- what is not followed ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_home_in_the_watched_folder_does_not_set_off_syncs(
    folder: Path, encoder: WordEncoder, syncs: list[set[str]], tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    for home, watched in ((folder / "home", folder), (folder / "home2", tmp_path / "link")):
        library = Library(home, encoder)
        syncs.clear()
        with following(library, watched):
            (watched / "dog.txt").write_text(f"{DOG} {home.name}")
            wait_for_documents(library, watched / "cat.txt", watched / "dog.txt")
            last = wait_for_all_before(library, watched)
            last.unlink()
            wait_for_documents(library, watched / "cat.txt", watched / "dog.txt")
        library.close()
        shutil.rmtree(home)
        assert set().union(*syncs) == {"dog.txt", last.name}


def test_hidden_files_and_linked_folders_are_not_followed(library: Library, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "eel.txt").write_text(EEL)
    with following(library, folder) as news:
        (folder / ".hidden").mkdir()
        (folder / ".hidden" / "dog.txt").write_text(DOG)
        (folder / ".dog.txt").write_text(DOG)
        (folder / "link").symlink_to(outside, target_is_directory=True)
        last = wait_for_all_before(library, folder)
        assert [entry.path for entry in library.entries()] == [str(folder / "cat.txt"), str(last)]
    assert sum(report.indexed for report in reports(news)) == 2, "the last file, twice"
    assert [one for report in reports(news) for one in report.rejected] == []
    sync_paths(library, [folder])
    assert [entry.path for entry in library.entries()] == [str(folder / "cat.txt"), str(last)], "as without watching"


def test_a_rejected_file_is_named_once(library: Library, folder: Path) -> None:
    (folder / "old.xyz").write_bytes(b"\0\1")
    with following(library, folder) as news:
        for data in (b"\0\1", b"\0\2", b"\0\3"):
            put(folder / "old.xyz", data)
            put(folder / "new.xyz", data)
            wait_for_all_before(library, folder)
        (folder / "new.xyz").unlink()
        wait_for_all_before(library, folder)
        put(folder / "new.xyz", b"\0\4")
        wait_until(lambda: sum(len(report.rejected) for report in reports(news)) > 1, lambda: news)
    rejected = [one.path for report in reports(news) for one in report.rejected]
    assert rejected == [str(folder / "new.xyz")] * 2, "the second time it is another file"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_that_is_not_unicode_does_not_end_the_watching(library: Library, folder: Path) -> None:
    with following(library, folder) as news:
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text(EEL)
        wait_until(lambda: any(report.rejected for report in reports(news)), lambda: news)
        (folder / "dog.txt").write_text(DOG)
        wait_until(lambda: text_of(library, folder / "dog.txt") == DOG, library.entries)
    assert "its name is not Unicode" in reports(news)[0].rejected[0].reason


# --- faults --------------------------------------------------------------------------------------------------------


def test_what_could_not_be_synced_is_said_once_and_tried_again(
    library: Library, folder: Path, syncs: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_FIRST_PAUSE", 0.2)
    monkeypatch.setattr(library, "writing", partial(library.writing, wait=0.1))
    with following(library, folder) as news:
        with home_lock(library.home, wait=5):
            (folder / "dog.txt").write_text(DOG)
            (folder / "cat.txt").unlink()
            wait_until(lambda: len(sentences(news)) == 1, lambda: news)
            tried = len(syncs)
            wait_until(lambda: len(syncs) >= tried + 2, lambda: syncs)
        wait_for_documents(library, folder / "dog.txt")
    (sentence,) = sentences(news)
    assert "is being written by process" in sentence


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere listening takes no open file")
def test_a_system_that_allows_no_watching_is_an_error_after_the_first_sync(library: Library, folder: Path) -> None:
    resource = importlib.import_module("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.dup(0) for _ in range(3)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(taken) + 1, before[1]))
    try:
        watcher = Watcher([folder], home=library.home).__enter__()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for number in taken:
            os.close(number)
    report = sync_paths(library, [folder])
    assert report.indexed == 1
    with pytest.raises(PinciteError, match=r"can't be watched \(.*: raise what your system allows"):
        watcher.follow(library, report)
    watcher.__exit__(None, None, None)
