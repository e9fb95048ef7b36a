"""Syncing only what is named as changed, and embedding only what is new in it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from support import WordEncoder

from index.library import Library
from index.progress import SyncProgress
from index.sync.sync import sync_paths

CAT = "The grey cat of the mill is called Bartholomew.\n"
DOG = "The dog of the ferryman is called Ottoline.\n"
EEL = "The eel of the pond is called Leopold.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    for name, text in {"cat.txt": CAT, "deep/dog.txt": DOG, "deep/er/eel.txt": EEL}.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    return made


def paths(library: Library) -> list[str]:
    return [Path(entry.path).name for entry in library.entries()]


def test_only_what_is_named_is_looked_at(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    (folder / "cat.txt").write_text(CAT + DOG)
    (folder / "deep" / "dog.txt").unlink()
    (folder / "new.txt").write_text(EEL + CAT)
    report = sync_paths(library, [folder], changed=[folder / "new.txt"])
    assert (report.indexed, report.unchanged, report.removed) == (1, 0, 0)
    report = sync_paths(library, [folder], changed=[folder / "cat.txt", folder / "deep"])
    assert (report.indexed, report.unchanged, report.removed) == (1, 1, 1)
    assert paths(library) == ["cat.txt", "eel.txt", "new.txt"]
    assert sync_paths(library, [folder]).unchanged == 3


def test_a_folder_that_is_gone_takes_its_files_unless_it_was_named_itself(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    shutil.rmtree(folder)
    assert sync_paths(library, [folder], changed=[folder]).removed == 0, "its disk may be out"
    assert sync_paths(library, [folder], changed=[folder / "deep"]).removed == 2
    assert paths(library) == ["cat.txt"]


def test_folders_whose_names_begin_alike_are_told_apart(library: Library, folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "owl.txt").write_text(CAT + EEL)
    (folder / "deep.txt").write_text(DOG + EEL)
    sync_paths(library, [folder])
    shutil.rmtree(folder / "deep")
    assert sync_paths(library, [folder], changed=[folder / "deep"]).removed == 2
    assert paths(library) == ["cat.txt", "deep.txt", "owl.txt"]


def test_a_folder_in_the_place_of_a_file_takes_the_file_out(library: Library, folder: Path) -> None:
    sync_paths(library, [folder])
    (folder / "cat.txt").unlink()
    (folder / "cat.txt").mkdir()
    (folder / "cat.txt" / "owl.txt").write_text(CAT + EEL)
    report = sync_paths(library, [folder], changed=[folder / "cat.txt"])
    assert (report.indexed, report.removed) == (1, 1)
    assert paths(library) == ["owl.txt", "dog.txt", "eel.txt"]


@pytest.mark.parametrize("name", [".cat.txt", "~$cat.txt", "cat.txt~", "#cat.txt#", ".hidden/cat.txt", "link"])
def test_what_a_whole_sync_passes_over_is_not_synced_when_it_is_named(
    library: Library, folder: Path, tmp_path: Path, name: str
) -> None:
    sync_paths(library, [folder])
    if name == "link":
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside" / "owl.txt").write_text(CAT + EEL)
        (folder / name).symlink_to(tmp_path / "outside", target_is_directory=True)
    else:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(CAT + EEL)
    for changed in (None, [folder / name], [folder / name / "owl.txt"], [tmp_path / "elsewhere.txt"]):
        report = sync_paths(library, [folder], changed=changed)
        assert (report.indexed, report.removed, report.rejected) == (0, 0, ())
    assert paths(library) == ["cat.txt", "dog.txt", "eel.txt"]


def test_what_is_named_itself_is_synced_whatever_it_is_called(library: Library, folder: Path) -> None:
    (folder / ".notes").mkdir()
    (folder / ".notes" / ".owl.txt").write_text(CAT + EEL)
    (folder / ".notes" / "rat.txt").write_text(DOG + EEL)
    assert sync_paths(library, [folder / ".notes" / ".owl.txt"]).indexed == 1
    (folder / ".notes" / ".owl.txt").write_text(EEL + CAT)
    changed = [folder / ".notes" / ".owl.txt", folder / ".notes" / "rat.txt"]
    assert sync_paths(library, [folder / ".notes" / ".owl.txt"], changed=changed).indexed == 1
    assert sync_paths(library, [folder, folder / ".notes"], changed=changed[1:]).indexed == 1


def test_a_home_that_is_reached_by_another_path_is_no_document(
    folder: Path, encoder: WordEncoder, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    library = Library(folder / "home", encoder)
    report = sync_paths(library, [tmp_path / "link"])
    library.close()
    assert (report.indexed, report.rejected) == (3, ())


def test_a_file_is_moved_without_embedding_it_again_whichever_path_is_named_first(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    sync_paths(library, [folder])
    embedded = len(encoder.embedded)
    (folder / "cat.txt").rename(folder / "deep" / "tom.txt")
    report = sync_paths(library, [folder], changed=[folder / "cat.txt", folder / "deep" / "tom.txt"])
    assert (report.indexed, report.removed, report.passages) == (0, 0, 0)
    assert len(encoder.embedded) == embedded
    assert paths(library) == ["dog.txt", "eel.txt", "tom.txt"]


def test_a_sentence_put_into_a_long_text_embeds_only_what_changed(
    library: Library, folder: Path, encoder: WordEncoder
) -> None:
    rng = random.Random(5)
    paragraphs = [
        " ".join(f"In {rng.randint(1000, 1999)} the bridge was mended." for _ in range(12)) for _ in range(50)
    ]
    (folder / "cat.txt").write_text("\n\n".join(paragraphs))
    whole = sync_paths(library, [folder]).passages
    encoder.embedded.clear()
    paragraphs[3] += " A wooden one was washed away."
    (folder / "cat.txt").write_text("\n\n".join(paragraphs))
    report = sync_paths(library, [folder])
    assert report.passages > 40
    assert report.passages == pytest.approx(whole, abs=5)
    assert 1 <= len(encoder.embedded) <= 2


def test_what_is_skipped_is_not_read_until_it_changes_or_is_read_anew(library: Library, folder: Path) -> None:
    wanted = sorted(folder.rglob("*.txt"))
    skipped = wanted[0]
    report = sync_paths(library, [folder], is_skipped=lambda path: path == str(skipped))
    assert [(one.path, "skipped" in one.reason) for one in report.rejected] == [(str(skipped), True)]
    assert report.indexed == len(wanted) - 1
    assert [one.path for one in sync_paths(library, [folder]).rejected] == [str(skipped)], "it stays skipped"
    assert sync_paths(library, [folder], anew=[skipped]).rejected == ()
    everything = sync_paths(library, [folder], is_skipped=lambda _: True)
    assert (everything.rejected, everything.unchanged) == ((), len(wanted)), "what is known is not read, nor skipped"
    skipped.write_text("The heron is called Benedict.", encoding="utf-8")
    kept = sync_paths(library, [folder], is_skipped=lambda path: path == str(skipped))
    assert [one.path for one in kept.rejected] == [str(skipped)]
    skipped.write_text("The heron is called Octavia.", encoding="utf-8")
    assert sync_paths(library, [folder]).indexed == 1


def test_what_is_in_work_and_what_comes_next_is_told(library: Library, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text(f"Document {number} says this.", encoding="utf-8")
    told: list[SyncProgress] = []
    sync_paths(library, [tmp_path], progress=told.append)
    for progress in told:
        in_work = [one.path for one in progress.in_work]
        assert len(in_work) <= library.pool.parallel
        assert len(progress.upcoming) <= 3
        assert not {*in_work} & {*progress.upcoming}
    assert any(progress.in_work for progress in told)
    assert any(len(progress.upcoming) == 3 for progress in told)
    assert told[-1].in_work == told[-1].upcoming == ()
