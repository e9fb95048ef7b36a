"""Damaged files: never a wrong answer. What is derived is made again; of the catalog all is saved that was not hit."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import WordEncoder

from index.errors import PinciteError
from index.library import Library
from index.search.derived import read_manifest
from index.store.repair import repair
from index.store.verify import verify
from index.sync.sync import sync_paths
from ui.cli.commands import SAMPLES

if TYPE_CHECKING:
    from conftest import Pincite

QUERIES = ("heron in the reeds by night", "salt in the sea", "votes of the allotment society", "heron 7")
FLIPS, ORPHANED, FIRST_PAGE = 24, 6, 4
PAGE = 4096


@dataclass(frozen=True)
class Sound:
    """A sound home, its documents, and what it shows."""

    home: Path
    folder: Path
    shown: dict[str, Any]

    def copy(self, place: Path) -> Path:
        shutil.rmtree(place, ignore_errors=True)
        return Path(shutil.copytree(self.home, place))


def shown_by(library: Library) -> dict[str, Any]:
    """Return all that a person can see of a library; quotations are checked against the documents' texts."""
    entries = library.entries()
    documents = {entry.doc_id: library.document(entry.doc_id) for entry in entries if entry.doc_id}
    found = {}
    for query in QUERIES:
        hits = [(hit, documents[hit.passage.doc_id]) for hit in library.search(query, top_k=8)]
        found[query] = [
            (document.path, round(hit.score, 5), document.text[hit.passage.start : hit.passage.end])  # more is chance
            for hit, document in hits
        ]
    return {
        "entries": entries,
        "texts": {entry.path: documents[entry.doc_id].text for entry in entries if entry.doc_id},
        "found": found,
        "counts": library.counts(),
        "roots": library.store.catalog.roots(),
    }


def open_and_show(home: Path) -> dict[str, Any]:
    library = Library(home, WordEncoder())
    try:
        return shown_by(library)
    finally:
        library.close()


def problems_of(home: Path) -> list[str]:
    """Return what `verify` says, or what it says instead."""
    try:
        library = Library(home, WordEncoder())
    except PinciteError as error:
        return [str(error)]
    try:
        return verify(library)
    finally:
        library.close()


def check_sound(home: Path, sound: Sound, said: object) -> None:
    """Check that a home is as it was, on the disk, too."""
    library = Library(home, WordEncoder())
    try:
        assert verify(library) == [], said
        assert shown_by(library) == sound.shown, said
    finally:
        library.close()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    place = tmp_path_factory.mktemp("sound")
    folder, home, rng = place / "documents", place / "home", random.Random(1)
    folder.mkdir()
    for name in ("minutes-allotment-society.docx", "coffee-machine-manual.pdf", "salt.txt", "rivers-of-the-world.md"):
        shutil.copy(SAMPLES / name, folder)
    for number in range(15):
        lines = f"Nobody saw heron {number} by night. " * rng.randint(1, 30)
        (folder / f"{number}.md").write_text(f"# Heron {number}\n\nThe heron {number} stands in the reeds. {lines}")
    (folder / "rejected.png").write_bytes(b"no picture")
    library = Library(home, WordEncoder())
    try:
        sync_paths(library, [folder])
        (folder / "1.md").unlink()
        sync_paths(library, [folder])
        (folder / "late.md").write_text("# Late\n\nA late heron came by night.")
        sync_paths(library, [folder])
        assert verify(library) == []
        return Sound(home, folder, shown_by(library))
    finally:
        library.close()


# --- what is derived ------------------------------------------------------------------------------------------------


def flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def cut(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: rng.randrange(path.stat().st_size)])


def empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def delete(path: Path, _: random.Random) -> None:
    path.unlink()


def lengthen(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes() + rng.randbytes(30))


def swap(path: Path, rng: random.Random) -> None:
    other = rng.choice([one for one in derived_files(path) if one != path])
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)


def derived_files(within: Path) -> list[Path]:
    """Return the files of the derived indexes of the home that `within` is in, without empty ones."""
    home = next(path for path in [within, *within.parents] if (path / "catalog.sqlite").exists())
    found = (path for name in ("lexical", "vectors") for path in (home / name).rglob("*") if path.is_file())
    return sorted(path for path in found if path.stat().st_size)


def one_of_each_kind(home: Path, rng: random.Random) -> list[int]:
    """Return the places, among the derived files, of one of each kind: Tantivy's segments have the same few files."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for place, path in enumerate(derived_files(home)):
        part = path.relative_to(home).parts[0]
        kinds.setdefault((part, path.suffix if path.suffix != ".json" else path.name), []).append(place)
    return [rng.choice(places) for places in kinds.values()]


Damage = Callable[[Path, random.Random], None]
DAMAGES = (flip, cut, empty, delete, lengthen, swap)


def damages_of(path: Path, number: int) -> set[Damage]:
    """Return what to do to a file: all to a manifest, which nothing vouches for; a bit, and one other, to the others.

    Those are as their digests in the manifest say or they are not, so that the smallest change is the hardest to see.
    """
    return {*DAMAGES} if path.name == "manifest.json" else {flip, DAMAGES[1 + number % (len(DAMAGES) - 1)]}


def is_noticed(home: Path, path: Path) -> bool:
    """Tell whether it is seen that a derived file is not as it was written, however little an answer depends on it."""
    if path.name == "manifest.json":
        return read_manifest(path) == {}
    if path.name.startswith(".") or path.parent.name == "vectors":
        return True  # Tantivy alone reads the one; of the other no more than candidates come
    library = Library(home, WordEncoder())
    try:
        library.indexes.words.refresh()
        return library.indexes.words.unreadable
    finally:
        library.close()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.slow
def test_damage_to_what_is_derived_changes_no_answer_and_is_gone_after_the_next_sync(
    damage: Damage, sound: Sound, tmp_path: Path
) -> None:
    rng, home = random.Random(2), tmp_path / "home"
    places = one_of_each_kind(sound.home, rng)
    assert len(places) >= 8
    files = derived_files(sound.home)
    chosen = [place for i, place in enumerate(places) if damage in damages_of(files[place], i)]
    assert len(chosen) >= 3
    for i, place in enumerate(chosen):
        path = derived_files(sound.copy(home))[place]
        damage(path, rng)
        assert damage is swap or is_noticed(home, path), path  # two manifests in one another's place are both sound
        assert open_and_show(home) == sound.shown, path
        if i % 3:
            library = Library(home, WordEncoder())
            sync_paths(library, [sound.folder])
            library.close()
        else:
            repair(home, WordEncoder())
        check_sound(home, sound, path)


# --- the catalog ----------------------------------------------------------------------------------------------------


def positions(pages: int, rng: random.Random) -> Iterator[int]:
    """Yield places in a file of so many pages, half of them where a page says what is on it."""
    while True:
        yield rng.randrange(pages) * PAGE + rng.choice((rng.randrange(PAGE), rng.randrange(110)))


def check_told(home: Path, sound: Sound) -> bool:
    """Check that the home shows what is right, or says in one line what is hurt; tell whether it is hurt."""
    told = ""
    try:
        assert open_and_show(home) == sound.shown, "a wrong answer"
    except PinciteError as error:
        told = str(error)
        assert "\n" not in told
        assert "pincite verify --repair" in told
        assert any(name in told for name in ("catalog.sqlite", "document", "passage", "is damaged in the table of"))
    problems = problems_of(home)
    assert problems or not told, "and `verify` says so too"
    return bool(problems)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_flipped_bit_in_the_catalog_is_harmless_or_told_and_a_repair_reads_again_what_was_hit(
    part: int, sound: Sound, tmp_path: Path
) -> None:
    rng, home = random.Random(part), tmp_path / "home"
    data = (sound.home / "catalog.sqlite").read_bytes()
    places = positions(len(data) // PAGE, rng)
    hurt = 0
    for _ in range(FLIPS // 4):
        place = next(places)
        sound.copy(home)
        hit = bytearray(data)
        hit[place] ^= 1 << rng.randrange(8)
        (home / "catalog.sqlite").write_bytes(hit)
        if not check_told(home, sound):
            continue
        hurt += 1
        repair(home, WordEncoder())
        assert problems_of(home) == [], place
        shown = open_and_show(home)
        assert shown["entries"] == sound.shown["entries"], place
        assert shown["texts"] == sound.shown["texts"]
    assert hurt > FLIPS // 4 // 8


@pytest.mark.slow
@pytest.mark.parametrize("within", [range(1, 1 << 20), range(1)], ids=["any page", "the first page"])
def test_a_repair_without_the_original_files_saves_every_document_that_was_not_hit(
    within: range, sound: Sound, tmp_path: Path
) -> None:
    rng, home = random.Random(9), tmp_path / "home"
    data = (sound.home / "catalog.sqlite").read_bytes()
    away = sound.folder.with_name("away")
    sound.folder.rename(away)
    try:
        pages = len(data) // PAGE
        for _ in range(FIRST_PAGE if within.stop == 1 else ORPHANED):
            page = rng.choice(within[:pages] if within.stop == 1 else range(1, pages))
            sound.copy(home)
            hit = bytearray(data)
            for _ in range(3):
                hit[page * PAGE + rng.randrange(PAGE)] ^= 1 << rng.randrange(8)
            (home / "catalog.sqlite").write_bytes(hit)
            if not check_told(home, sound):
                continue
            repair(home, WordEncoder())
            assert problems_of(home) == [], page
            texts = sorted(open_and_show(home)["texts"].values())
            expected = sorted(sound.shown["texts"].values())
            assert all(text in expected for text in texts)
            assert len(texts) >= len(expected) - hurt_documents(sound.home, page), page
    finally:
        away.rename(sound.folder)


def hurt_documents(home: Path, page: int) -> int:
    """Return how many documents may have something on a page of the catalog: those whose row or pages lie there."""
    if page == 0:
        return 0
    texts = sqlite3.connect(home / "catalog.sqlite").execute("select text, title from documents").fetchall()
    content = (home / "catalog.sqlite").read_bytes()
    part = content[page * PAGE : (page + 1) * PAGE]
    on_it = sum(1 for text, title in texts if text[:30] in part or title.encode() in part)
    return max(1, on_it)


@pytest.mark.slow
def test_a_catalog_of_garbage_is_told_in_one_line_and_can_be_repaired(
    sound: Sound, tmp_path: Path, pincite: Pincite
) -> None:
    home = sound.copy(tmp_path / "home")
    for garbage in (b"not a database, but text " * 500, b"SQLite format 3\0" + b"\xff" * 8000, b"\0" * 9000, b"x"):
        (home / "catalog.sqlite").write_bytes(garbage)
        for command in (["list"], ["ask", "Who?"], ["index", sound.folder], ["verify"], ["status", "--json"]):
            run = pincite(*command, "--home", home)
            assert run.code == 1
            assert str(home / "catalog.sqlite") in run.error
            assert "run `pincite verify --repair`" in run.error
        run = pincite("verify", "--repair", "--home", home)
        assert run.code == 0
        assert "the catalog was damaged" in run.err
        assert pincite("index", sound.folder, "--json", "--home", home).json["indexed"] == len(sound.shown["texts"])
        assert pincite("search", "heron", "--json", "--home", home).json["hits"]
        assert pincite("verify", "--json", "--home", home).json["sound"] is True


@pytest.mark.slow
def test_a_catalog_that_was_cut_is_told_and_what_is_left_is_saved(sound: Sound, tmp_path: Path) -> None:
    home, size = tmp_path / "home", (sound.home / "catalog.sqlite").stat().st_size
    for left in (size - 1, size - PAGE, size // 2, size // 5, PAGE, 100):
        sound.copy(home)
        with (home / "catalog.sqlite").open("rb+") as file:
            file.truncate(left)
        assert check_told(home, sound), left
        repair(home, WordEncoder())
        library = Library(home, WordEncoder())
        sync_paths(library, [sound.folder])
        library.close()
        assert problems_of(home) == []
        assert open_and_show(home)["texts"] == sound.shown["texts"]


def test_a_catalog_put_back_from_a_copy_leaves_nothing_derived_from_another(sound: Sound, tmp_path: Path) -> None:
    home = sound.copy(tmp_path / "home")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "new.md").write_text("# New\n\nA new heron is in the reeds by night, said heron 7.")
    library = Library(home, WordEncoder())
    sync_paths(library, [tmp_path / "more"])
    library.close()
    shutil.copy(sound.home / "catalog.sqlite", home / "catalog.sqlite")
    assert open_and_show(home) == sound.shown
    (tmp_path / "more" / "new.md").write_text("# Other\n\nQuite another text.")
    library = Library(home, WordEncoder())
    sync_paths(library, [tmp_path / "more"])
    assert verify(library) == []
    library.close()


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
@pytest.mark.slow
def test_damage_to_the_log_of_a_killed_run_is_no_wrong_answer(ending: str, sound: Sound, tmp_path: Path) -> None:
    """The log has a checksum for each page: what follows the damage was never committed, and is read again."""
    rng, home = random.Random(4), tmp_path / "home"
    killed = sound.copy(tmp_path / "killed")
    library = Library(killed, WordEncoder())
    (tmp_path / "more").mkdir()
    for number in range(5):
        (tmp_path / "more" / f"new{number}.md").write_text(f"# New\n\nA new crane {number} is in the reeds.")
        with pytest.raises(InterruptedError):
            sync_paths(library, [tmp_path / "more"], progress=stop_at_embedding)
    shutil.copytree(killed, tmp_path / "left")
    library.close()
    for damage in (flip, flip, flip, flip, cut, cut, empty, delete):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(tmp_path / "left", home)
        damage(home / f"catalog.sqlite{ending}", rng)
        for path, text in open_and_show(home)["texts"].items():
            assert text == sound.shown["texts"].get(path, text)
        library = Library(home, WordEncoder())
        sync_paths(library, [sound.folder, tmp_path / "more"])
        assert verify(library) == []
        assert len(library.search("crane", top_k=5)) == 5
        library.close()


def stop_at_embedding(progress: Any) -> None:
    if progress.stage == "embedding":
        raise InterruptedError
