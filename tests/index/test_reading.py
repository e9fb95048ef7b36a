"""Files are read in processes of their own: what hangs, crashes or asks for too much costs that file only."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from index.errors import DocumentRejectedError, PassingRejectionError, PinciteError, ReadingStoppedError
from index.isolation.pool import ReadingPlace, ReadingPool, WantedFile
from index.models import Encoder
from index.readers import read_document

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX's pipes and signals")

PATIENCE = 3  # seconds of computing; to begin with a file takes half of one

# Puts another function in the place of the one that reads plain text, in the process that reads.
STRANGE_READER = """
import os
from index.readers.plain import text
from index.readers.content import Content
def read(source):
    for page in range(1, 6):
        source.report(page, 5)
        while page == 2 and page not in source.skipped:
            pass
        if page == 4 and page not in source.skipped:
            os._exit(1)
    return Content("", "Without " + " and ".join(map(str, sorted(source.skipped))))
text.read = read
"""


PRINTING_READER = """
from index.readers.plain import text
read = text.read
text.read = lambda source: print("x" * 100) or read(source)
"""


# Reads plain text, unless a file's name says what else it is to do.
WILFUL_READER = """
import os, time
from index.readers.plain import text
read = text.read
def wilful(source):
    while source.name.startswith("hangs"):
        pass
    time.sleep(4 * source.name.startswith("waits"))  # longer than a file may compute
    if source.name.startswith("crashes"):
        os.abort()
    held = [bytes(1 << 20) + b"x" for _ in range(600 * source.name.startswith("takes"))]
    time.sleep(5 * bool(held))
    return read(source)
text.read = wilful
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Where the processes have their folders."""
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


@pytest.fixture
def pool(room: Path) -> Iterator[ReadingPool]:
    opened = ReadingPool(room, Encoder(), patience=PATIENCE, memory=400 << 20)
    yield opened
    opened.close()


@pytest.fixture
def wilful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that hangs, crashes or takes much where a file's name says so."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sitecustomize.py").write_text(WILFUL_READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))


# It computes nothing on its second page, as on a machine that has no time for it.
STARVED_READER = """
import time
from index.readers.plain import text
def read(source):
    source.report(1, 2)
    source.report(2, 2)
    time.sleep(600)
text.read = read
"""


# Nothing is left for it without the page that its process dies of.
ONE_PAGED_READER = """
import os
from index.errors import DocumentRejectedError
from index.readers.plain import text
def read(source):
    source.report(1, 1)
    if not source.skipped:
        os._exit(1)
    raise DocumentRejectedError("it is damaged")
text.read = read
"""


def to_read(path: Path) -> WantedFile:
    folder = path.parent / f"{path.name}-unpacked"
    folder.mkdir(exist_ok=True)
    return WantedFile(path, str(path), 0.0, folder)


def written(folder: Path, name: str, text: str = "The ferry leaves at noon.") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_is_read_to_the_same_document_as_in_this_process(pool: ReadingPool) -> None:
    for name in ("the-moon.pdf", "measuring-time.docx", "lighthouses.md"):
        path = Path(__file__).resolve().parents[2] / "corpus" / name
        expected = read_document(path)
        found = pool.read(to_read_in(path, path.stat().st_mtime), ReadingPlace()).result().document
        fields = ("doc_id", "path", "title", "media_type", "text", "headings", "sha256", "modified", "missing")
        assert all(getattr(found, field) == getattr(expected, field) for field in fields)
        assert found.pages.keys() == expected.pages.keys()
        for number, page in expected.pages.items():
            assert (found.pages[number].start, found.pages[number].end) == (page.start, page.end)
            assert found.locate(page.start, page.end) == expected.locate(page.start, page.end)


def to_read_in(path: Path, modified: float) -> WantedFile:
    return WantedFile(path, str(path), modified, Path(os.devnull))


@pytest.mark.usefixtures("wilful")
def test_a_file_that_hangs_is_given_up_and_the_next_is_read(pool: ReadingPool, tmp_path: Path) -> None:
    hanging = pool.read(to_read(written(tmp_path, "hangs.txt")), ReadingPlace())
    others = [pool.read(to_read(written(tmp_path, f"{number}.txt")), ReadingPlace()) for number in range(4)]
    assert [other.result().document.text for other in others] == ["The ferry leaves at noon."] * 4
    with pytest.raises(PassingRejectionError, match="takes too long"):
        hanging.result()


@pytest.mark.usefixtures("wilful")
def test_a_file_that_nobody_wants_any_more_is_read_no_further(room: Path, tmp_path: Path) -> None:
    pool = ReadingPool(room, Encoder(), patience=600)
    place = ReadingPlace()
    try:
        hanging = pool.read(to_read(written(tmp_path, "hangs.txt")), place)
        while not list(room.iterdir()):
            time.sleep(0.01)
        place.given_up = True
        with pytest.raises(ReadingStoppedError):
            hanging.result(60)
        assert pool.read(to_read(written(tmp_path, "next.txt")), ReadingPlace()).result().document.text
    finally:
        pool.close()


@pytest.mark.usefixtures("wilful")
def test_time_in_which_nothing_is_computed_is_not_laid_to_the_file(pool: ReadingPool, tmp_path: Path) -> None:
    assert pool.read(to_read(written(tmp_path, "waits longer.txt")), ReadingPlace()).result().document.text


def test_a_file_that_the_machine_has_no_time_for_is_rejected_in_passing(
    tmp_path: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(STARVED_READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    hurried = ReadingPool(room, Encoder(), wait=2)
    try:
        with pytest.raises(PassingRejectionError, match="too busy"):
            hurried.read(to_read(written(tmp_path, "a.txt")), ReadingPlace()).result()
    finally:
        hurried.close()


def test_a_file_of_which_nothing_is_left_without_the_pages_given_up_is_rejected_in_passing(
    pool: ReadingPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(ONE_PAGED_READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PassingRejectionError, match="crashed"):
        pool.read(to_read(written(tmp_path, "a.txt")), ReadingPlace()).result()


@pytest.mark.usefixtures("wilful")
def test_a_file_that_takes_too_much_memory_is_given_up(pool: ReadingPool, tmp_path: Path) -> None:
    with pytest.raises(DocumentRejectedError, match="memory"):
        pool.read(to_read(written(tmp_path, "takes much.txt")), ReadingPlace()).result()
    assert pool.read(to_read(written(tmp_path, "next.txt")), ReadingPlace()).result().document.text


def test_a_file_that_is_none_or_too_large_is_not_opened(pool: ReadingPool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")  # which nobody ever writes to
    with pytest.raises(DocumentRejectedError, match="no ordinary file"):
        pool.read(to_read(tmp_path / "pipe.txt"), ReadingPlace()).result()
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(4 << 30)  # which takes no room on the disk
    with pytest.raises(DocumentRejectedError, match="larger than"):
        pool.read(to_read(tmp_path / "large.txt"), ReadingPlace()).result()


@pytest.mark.usefixtures("wilful")
def test_a_crash_costs_the_file_that_is_read_only(pool: ReadingPool, tmp_path: Path) -> None:
    crashing = pool.read(to_read(written(tmp_path, "crashes.txt")), ReadingPlace())
    with pytest.raises(DocumentRejectedError, match="crashed"):
        crashing.result()
    assert pool.read(to_read(written(tmp_path, "next.txt")), ReadingPlace()).result().document.text


def processes(room: Path) -> list[psutil.Process]:
    """Return the processes that read in `room`, without what is left of those that have ended."""
    found = []
    for one in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if one.status() != psutil.STATUS_ZOMBIE and Path(one.cwd()).is_relative_to(room):
                found.append(one)
    return found


def test_pages_that_hang_or_crash_are_left_out_and_the_rest_is_read(
    pool: ReadingPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(STRANGE_READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    place = ReadingPlace()
    read = pool.read(to_read(written(tmp_path, "a.txt")), place).result()
    assert read.document.text == "Without 2 and 4"
    assert read.passing
    assert (place.page, place.pages) == (5, 5)


@pytest.mark.usefixtures("wilful")
def test_a_closed_pool_leaves_no_process_and_no_folder(tmp_path: Path, room: Path) -> None:
    opened = ReadingPool(room, Encoder(), patience=60)
    names = [f"hangs {number}.txt" for number in range(opened.parallel)]
    hanging = [opened.read(to_read(written(tmp_path, name)), ReadingPlace()) for name in names]
    while len(processes(room)) < opened.parallel:
        time.sleep(0.01)
    opened.close()
    assert processes(room) == []
    for one in hanging:
        with pytest.raises((DocumentRejectedError, PinciteError)):
            one.result()
    assert list(room.iterdir()) == []


def test_what_a_reader_prints_is_no_message(pool: ReadingPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(PRINTING_READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert pool.read(to_read(written(tmp_path, "a.txt")), ReadingPlace()).result().document.text


def test_a_process_that_can_not_be_started_is_a_fault_and_no_rejection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: ReadingPool
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(1)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PinciteError, match="can't be started") as caught:
        pool.read(to_read(written(tmp_path, "a.txt")), ReadingPlace()).result()
    assert not isinstance(caught.value, DocumentRejectedError)


BUSY_READER = """
import time
from index.readers.plain import text
def read(source):
    held = []
    while True:
        source.report(1, 1)
        held.append(bytes(1 << 20) + b"x")
        time.sleep(0.005)
text.read = read
"""


@pytest.mark.slow
def test_a_reader_that_reports_without_end_is_held_to_its_memory_and_can_be_stopped(
    pool: ReadingPool, tmp_path: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BUSY_READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PassingRejectionError, match="memory"):
        pool.read(to_read(written(tmp_path, "a.txt")), ReadingPlace()).result()
    endless = ReadingPool(room, Encoder(), memory=8 << 30)
    place = ReadingPlace()
    reading = endless.read(to_read(written(tmp_path, "b.txt")), place)
    while not place.page:
        time.sleep(0.01)
    endless.close()
    with pytest.raises(ReadingStoppedError):
        reading.result()
    assert processes(room) == []
