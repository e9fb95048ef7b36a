"""What is inside of files becomes documents of its own; what was not read is tried again when it can be."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image
from support import WordEncoder

from index.errors import DocumentRejectedError, PassingRejectionError, PinciteError, ReadingStoppedError
from index.isolation.pool import FileRead, ReadingPlace, WantedFile
from index.library import Library
from index.progress import SyncProgress, SyncReport
from index.store.verify import verify
from index.sync import intake
from index.sync.sync import sync_paths

CAT = b"The grey cat of the mill is called Bartholomew.\n"
DOG = b"The dog of the ferryman is called Ottoline.\n"
EEL = b"The eel of the pond is called Leopold.\n"
BINARY = bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    return made


def zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def mail(text: str, **attachments: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@example.org", "bob@example.org", "The animals"
    message.set_content(text)
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return message.as_bytes()


def states(library: Library, folder: Path) -> dict[str, str]:
    return {Path(entry.path).relative_to(folder).as_posix(): entry.state for entry in library.entries()}


def counted(report: SyncReport) -> tuple[int, int, int, int]:
    return report.indexed, report.unchanged, report.removed, len(report.rejected)


def best(library: Library, folder: Path, query: str) -> str:
    document = library.document(library.search(query)[0].passage.doc_id)
    return Path(document.path).relative_to(folder).as_posix()


def test_what_is_in_an_archive_is_found_under_the_path_of_the_archive(library: Library, folder: Path) -> None:
    (folder / "animals.zip").write_bytes(zipped({"mill/cat.txt": CAT, "dog.md": DOG}))
    assert counted(sync_paths(library, [folder])) == (3, 0, 0, 0)
    assert states(library, folder) == dict.fromkeys(
        ("animals.zip", "animals.zip/dog.md", "animals.zip/mill/cat.txt"), "indexed"
    )
    assert best(library, folder, "the grey cat Bartholomew") == "animals.zip/mill/cat.txt"
    assert counted(sync_paths(library, [folder])) == (0, 3, 0, 0)
    assert library.store.leftovers() == []
    assert verify(library) == []


def test_attachments_and_what_is_in_them_are_documents(library: Library, folder: Path) -> None:
    data = mail("The animals are in the archive.", animals_zip=zipped({"cat.txt": CAT}), dog_txt=DOG)
    (folder / "animals.eml").write_bytes(data)
    assert counted(sync_paths(library, [folder])) == (4, 0, 0, 0)
    assert set(states(library, folder)) == {
        "animals.eml", "animals.eml/dog.txt", "animals.eml/animals.zip", "animals.eml/animals.zip/cat.txt"
    }  # fmt: skip
    assert best(library, folder, "the grey cat Bartholomew") == "animals.eml/animals.zip/cat.txt"


def test_a_changed_archive_takes_in_and_out_what_has_changed_in_it(library: Library, folder: Path) -> None:
    path = folder / "animals.zip"
    path.write_bytes(zipped({"cat.txt": CAT, "dog.txt": DOG}))
    sync_paths(library, [folder])
    path.write_bytes(zipped({"cat.txt": CAT, "eel.txt": EEL}))
    report = sync_paths(library, [folder], changed=[path])
    assert (report.indexed, report.unchanged, report.removed) == (2, 1, 1)
    assert set(states(library, folder)) == {"animals.zip", "animals.zip/cat.txt", "animals.zip/eel.txt"}
    assert not any("Ottoline" in library.document(hit.passage.doc_id).text for hit in library.search("dog Ottoline"))


@pytest.mark.parametrize("named", ["folder", "file"])
def test_an_archive_that_is_gone_takes_along_what_was_in_it(library: Library, folder: Path, named: str) -> None:
    path = folder / "animals.zip"
    path.write_bytes(zipped({"deep/cat.txt": CAT, "inner.zip": zipped({"dog.txt": DOG})}))
    (folder / "eel.txt").write_bytes(EEL)
    sync_paths(library, [folder])
    assert len(states(library, folder)) == 5
    path.unlink()
    assert sync_paths(library, [folder if named == "folder" else path]).removed == 4
    assert states(library, folder) == {"eel.txt": "indexed"}


def test_a_renamed_archive_moves_what_is_in_it(library: Library, folder: Path) -> None:
    (folder / "old.zip").write_bytes(zipped({"cat.txt": CAT}))
    sync_paths(library, [folder])
    embedded = len(library.encoder.embedded)  # type: ignore[attr-defined]
    (folder / "old.zip").rename(folder / "new.zip")
    sync_paths(library, [folder])
    assert states(library, folder) == {"new.zip": "indexed", "new.zip/cat.txt": "indexed"}
    assert len(library.encoder.embedded) == embedded  # type: ignore[attr-defined]


def test_an_archive_in_whose_place_another_file_comes_leaves_nothing(library: Library, folder: Path) -> None:
    path = folder / "animals.zip"
    path.write_bytes(zipped({"cat.txt": CAT}))
    sync_paths(library, [folder])
    path.write_bytes(b"PK\x03\x04 and nothing more")
    assert counted(sync_paths(library, [folder]))[3] == 1
    assert states(library, folder) == {"animals.zip": "rejected"}


def test_what_can_not_be_read_in_an_archive_is_named_and_the_archive_is_read_in_part(
    library: Library, folder: Path
) -> None:
    (folder / "mixed.zip").write_bytes(zipped({"cat.txt": CAT, "binary.bin": BINARY, "broken.pdf": b"%PDF-1.4 cut"}))
    for _ in range(2):  # and it is said again every time
        report = sync_paths(library, [folder])
        assert [Path(one.path).name for one in report.rejected] == ["binary.bin", "broken.pdf"]
        assert [(Path(one.path).name, one.reason[:42]) for one in report.partial] == [
            ("mixed.zip", "2 of 3 files in it could not be read: they"),
        ]
    assert states(library, folder) == {
        "mixed.zip": "partial",
        "mixed.zip/binary.bin": "rejected",
        "mixed.zip/broken.pdf": "rejected",
        "mixed.zip/cat.txt": "indexed",
    }


def test_no_name_in_an_archive_leads_out_of_it(library: Library, folder: Path) -> None:
    names = ("../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:\\evil.txt")
    (folder / "evil.zip").write_bytes(zipped({name: CAT + name.encode() for name in names}))
    before = sorted(path for path in folder.parent.rglob("*") if "home" not in path.parts)
    sync_paths(library, [folder])
    assert sorted(path for path in folder.parent.rglob("*") if "home" not in path.parts) == before
    assert len(states(library, folder)) == 5
    assert all(path == "evil.zip" or path.startswith("evil.zip/") for path in states(library, folder))


def test_archives_in_archives_end_at_a_depth(library: Library, folder: Path) -> None:
    data = zipped({"cat.txt": CAT})
    for number in range(12):
        data = zipped({f"{number}.zip": data})
    (folder / "deep.zip").write_bytes(data)
    report = sync_paths(library, [folder])
    assert len(report.rejected) == 1
    assert "deep in others" in report.rejected[0].reason


def test_a_folder_of_an_archive_can_be_searched_alone(library: Library, folder: Path) -> None:
    (folder / "animals.zip").write_bytes(zipped({"mill/cat.txt": CAT, "river/dog.txt": DOG}))
    sync_paths(library, [folder])
    hits = library.search("called", folders=[str(folder / "animals.zip" / "river")])
    assert [library.document(hit.passage.doc_id).text for hit in hits] == [DOG.decode()]


def test_a_rejected_file_is_read_again_only_if_it_changed_or_is_named_or_more_can_be_read(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 cut")
    read: list[str] = []
    pool = library.pool
    original = pool.read
    monkeypatch.setattr(pool, "read", lambda wanted, place: read.append(wanted.path) or original(wanted, place))
    sync_paths(library, [folder])
    assert len(read) == 1
    assert len(sync_paths(library, [folder]).rejected) == 1
    assert len(read) == 1
    sync_paths(library, [folder / "broken.pdf"])
    assert len(read) == 2
    monkeypatch.setattr(intake, "abilities", lambda: "6+more")
    sync_paths(library, [folder])
    assert len(read) == 3
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 cut elsewhere")
    sync_paths(library, [folder])
    assert len(read) == 4


def test_a_page_of_a_pdf_in_an_archive_can_be_shown(library: Library, folder: Path) -> None:
    pdf = (Path(__file__).resolve().parents[2] / "corpus" / "the-moon.pdf").read_bytes()
    (folder / "outer.zip").write_bytes(zipped({"inner.zip": zipped({"books/the moon.pdf": pdf})}))
    sync_paths(library, [folder])
    found = next(entry for entry in library.entries() if entry.path.endswith("the moon.pdf"))
    image = Image.open(io.BytesIO(library.page_image(found.doc_id, 2, width=300)))
    assert (image.format, image.width) == ("PNG", 300)
    assert library.file_of(library.document(found.doc_id).path) == folder / "outer.zip"
    with pytest.raises(PinciteError, match="no page 99"):
        library.page_image(found.doc_id, 99, width=300)
    (folder / "outer.zip").unlink()
    with pytest.raises(PinciteError, match="gone"):
        library.page_image(found.doc_id, 2, width=300)


def test_what_a_stopped_run_unpacked_is_taken_away(library: Library, folder: Path) -> None:
    left = library.home / "unpacked-left"
    left.mkdir()
    (left / "0001").write_bytes(CAT)
    (folder / "cat.txt").write_bytes(CAT)
    sync_paths(library, [folder])
    assert not left.exists()


def test_files_of_one_content_in_several_archives_are_one_document(library: Library, folder: Path) -> None:
    for name in ("a.zip", "b.zip"):
        (folder / name).write_bytes(zipped({"cat.txt": CAT, name: b""}))
    sync_paths(library, [folder])
    ids = {entry.doc_id for entry in library.entries() if entry.path.endswith("cat.txt")}
    assert len(ids) == 1
    (folder / "a.zip").unlink()
    sync_paths(library, [folder])
    assert best(library, folder, "the grey cat Bartholomew") == "b.zip/cat.txt"
    shutil.rmtree(folder)


def test_a_run_that_was_stopped_by_a_close_rejects_nothing(library: Library, folder: Path) -> None:
    (folder / "cat.txt").write_bytes(CAT)
    sync_paths(library, [folder])
    (folder / "cat.txt").write_bytes(CAT + DOG)
    library.pool.close()
    with pytest.raises(ReadingStoppedError):
        sync_paths(library, [folder])
    assert states(library, folder) == {"cat.txt": "indexed"}


def test_what_could_not_be_read_in_passing_is_tried_again(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "animals.zip").write_bytes(zipped({"cat.txt": CAT}))
    pool = library.pool
    original = pool.read

    def fails(*_: object) -> Future[FileRead]:
        failed: Future[FileRead] = Future()
        failed.set_exception(PassingRejectionError("the disk is full: free some space"))
        return failed

    monkeypatch.setattr(pool, "read", fails)
    assert len(sync_paths(library, [folder]).rejected) == 1
    monkeypatch.setattr(pool, "read", original)
    assert counted(sync_paths(library, [folder])) == (2, 0, 0, 0)


def test_pages_that_were_given_up_are_tried_again_and_nothing_is_embedded_anew_where_they_are_again(
    library: Library, folder: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives_up = True
    (folder / "cat.txt").write_bytes(CAT)
    (folder / "dog.txt").write_bytes(DOG)
    read: list[str] = []
    original = library.pool.read

    def reading(wanted: WantedFile, place: ReadingPlace) -> Future[FileRead]:
        read.append(wanted.path)
        done: Future[FileRead] = Future()
        found = original(wanted, place).result()
        if wanted.path.endswith("cat.txt") and gives_up:
            found = found._replace(document=replace(found.document, missing="page 2 is too slow"), passing=True)
        done.set_result(found)
        return done

    monkeypatch.setattr(library.pool, "read", reading)
    assert counted(sync_paths(library, [folder])) == (2, 0, 0, 0)
    read.clear()
    encoder.embedded.clear()
    again = sync_paths(library, [folder])
    assert (counted(again), [one.reason for one in again.partial]) == ((0, 2, 0, 0), ["page 2 is too slow"])
    assert ([Path(path).name for path in read], encoder.embedded) == (["cat.txt"], [])
    gives_up = False
    assert counted(sync_paths(library, [folder])) == (1, 1, 0, 0)
    assert states(library, folder) == {"cat.txt": "indexed", "dog.txt": "indexed"}
    read.clear()
    assert counted(sync_paths(library, [folder])) == (0, 2, 0, 0)
    assert read == []
    assert verify(library) == []


def test_a_partly_read_document_stays_when_it_can_not_be_read_anew(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mixed.zip").write_bytes(zipped({"cat.txt": CAT, "broken.pdf": b"%PDF-1.4 cut"}))
    sync_paths(library, [folder])
    monkeypatch.setattr(intake, "abilities", lambda: "6+more")

    def fails(*_: object) -> Future[FileRead]:
        failed: Future[FileRead] = Future()
        failed.set_exception(DocumentRejectedError("it takes more memory than a file may: split it"))
        return failed

    monkeypatch.setattr(library.pool, "read", fails)
    report = sync_paths(library, [folder])
    assert [Path(one.path).name for one in report.partial] == ["mixed.zip"]
    assert states(library, folder)["mixed.zip/cat.txt"] == "indexed"


def test_what_is_partly_read_in_an_archive_is_read_again_when_more_can_be(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = zipped({"cat.txt": CAT, "dog.txt": DOG})[:-30]
    (folder / "outer.zip").write_bytes(zipped({"inner.zip": cut, "eel.txt": EEL}))
    sync_paths(library, [folder])
    assert states(library, folder)["outer.zip/inner.zip"] == "partial"
    read: list[str] = []
    original = library.pool.read
    monkeypatch.setattr(library.pool, "read", lambda wanted, place: read.append(wanted.path) or original(wanted, place))
    sync_paths(library, [folder])
    assert read == []
    monkeypatch.setattr(intake, "abilities", lambda: "6+more")
    sync_paths(library, [folder])
    assert [Path(path).name for path in read] == ["outer.zip", "inner.zip"]


def test_a_known_file_in_the_place_of_a_folder_takes_its_files_out(library: Library, folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "dog.txt").write_bytes(DOG)
    (folder / "copy").write_bytes(CAT)
    sync_paths(library, [folder])
    shutil.rmtree(folder / "notes")
    (folder / "notes").write_bytes(CAT)
    sync_paths(library, [folder])
    assert states(library, folder) == {"copy": "indexed", "notes": "indexed"}


def test_an_archive_that_was_put_back_after_a_stopped_run_is_as_it_was(library: Library, folder: Path) -> None:
    path = folder / "animals.zip"
    path.write_bytes(zipped({"x.txt": CAT, "y.txt": EEL}))
    sync_paths(library, [folder])
    path.write_bytes(zipped({"x.txt": DOG, "y.txt": EEL}))

    def stop(progress: SyncProgress) -> None:
        if any(entry.sha256 == hashlib.sha256(DOG).hexdigest() for entry in library.entries()):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync_paths(library, [folder], progress=stop)
    path.write_bytes(zipped({"x.txt": CAT, "y.txt": EEL}))
    sync_paths(library, [folder])
    found = {Path(entry.path).name: library.document(entry.doc_id).text for entry in library.entries()}
    assert found["x.txt"] == CAT.decode()


def test_removing_an_archive_by_its_id_removes_what_is_in_it(library: Library, folder: Path) -> None:
    (folder / "animals.zip").write_bytes(zipped({"cat.txt": CAT}))
    sync_paths(library, [folder])
    doc_id = next(entry.doc_id for entry in library.entries() if entry.path.endswith(".zip"))
    library.remove([doc_id])
    assert states(library, folder) == {}


def test_a_page_of_a_file_that_has_changed_is_not_shown(library: Library, folder: Path) -> None:
    samples = Path(__file__).resolve().parents[2] / "corpus"
    shutil.copy(samples / "the-moon.pdf", folder / "book.pdf")
    sync_paths(library, [folder])
    [entry] = library.entries()
    shutil.copy(samples / "coffee-machine-manual.pdf", folder / "book.pdf")
    with pytest.raises(PinciteError, match="has changed"):
        library.page_image(entry.doc_id, 1, width=300)


def test_how_many_files_are_read_that_lie_in_one_is_for_a_person_to_set(tmp_path: Path, folder: Path) -> None:
    inner = zipped({f"{number}.txt": f"Note {number}.".encode() for number in range(4)})
    (folder / "many.zip").write_bytes(zipped({"a.txt": CAT, "b.txt": DOG, "inner.zip": inner, "z.txt": b"The last."}))
    library = Library(tmp_path / "bounded", WordEncoder(), most_inside=3)
    report = sync_paths(library, [folder])
    library.close()
    assert report.indexed == 4, "a, b and both archives; of what is in the inner one nothing is left to read"
    limit = "only the first {} of 4 files are read: allow more with --inside"
    assert [limit.format(number) in one.reason for number, one in zip((3, 0), report.partial, strict=True)] == [
        True,
        True,
    ]
