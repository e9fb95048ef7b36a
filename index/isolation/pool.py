"""Reading in processes of their own: a file that hangs, crashes or asks for too much costs that file only.

In: the file to read and the folder for what is inside of it. Out: its document with its passages, and its unpacked
members. Each thread of the pool owns one process, which is started when it is needed.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from index.errors import DocumentRejectedError, PassingRejectionError, PinciteError, ReadingStoppedError
from index.isolation.messages import (
    MEMBERS,
    CutDocument,
    Cutting,
    DocumentCut,
    DocumentRead,
    Failed,
    Message,
    NeedsProgram,
    PageShown,
    ReadFile,
    Rejected,
    RejectedForNow,
    ShowPage,
)
from index.isolation.packing import check_passages, members_of
from index.isolation.process import Heard, LostError, ReadingProcess, Task
from index.models import Encoder
from index.readers import open_ordinary
from index.readers.abilities import find_office, has_ocr
from index.readers.archives.members import Allowance, UnpackedFile
from index.records import Document
from index.text.passages import MAX_TOKENS, Draft

PATIENCE = 30.0  # seconds of computing without a sign of a page
WAIT = 600.0  # seconds by the clock without one
MEMORY = 1 << 30  # bytes
OCR_MEMORY = 2 << 30  # bytes, where pages may be read by OCR, whose models and pictures are large
_TOO_FAT = 400 << 20  # bytes with which a process is not kept for the next file
_MOST_SKIPPED = 3  # pages that may kill their process before the whole file is given up
_AHEAD = 4  # documents that wait for each process, to be cut
_HEADING_TOKENS = 50  # what title and headings may add to a passage's tokens
_AT_ONCE = 8  # processes at the most

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file to read: where it lies, the path it is known by, and where its members go, as far as is allowed."""

    file: Path
    path: str
    modified: float
    folder: Path
    allowance: Allowance = field(default_factory=Allowance)

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition(os.sep)[2]


class FileRead(NamedTuple):
    """What came of a file; `passing` tells that pages are missing which may be read the next time."""

    document: Document
    passages: Sequence[Draft]
    members: Sequence[UnpackedFile]
    passing: bool = False


@dataclass(slots=True)
class ReadingPlace:
    """How far the reading of a file is: the page that is read, of how many; both 0 if it is not known.

    Who no longer wants the file sets `given_up`, which ends its reading.
    """

    page: int = 0
    pages: int = 0
    given_up: bool = False


class ReadingPool:
    """Reads files in as many processes as there are processors; `room` is where their folders are made.

    The passages are such as `encoder` can read.
    """

    def __init__(
        self, room: Path, encoder: Encoder, *, patience: float = PATIENCE, wait: float = WAIT, memory: int = 0
    ) -> None:
        self._room = room
        self._encoder = encoder
        self._patience, self._wait = patience, wait
        self._memory = memory or (OCR_MEMORY if has_ocr() else MEMORY)
        self.parallel = max(1, min(os.cpu_count() or 1, _AT_ONCE))
        self._threads = ThreadPoolExecutor(self.parallel, thread_name_prefix="reading")
        self._showing = ThreadPoolExecutor(1, thread_name_prefix="showing")  # nobody waits for the files that are read
        self._own = threading.local()
        self._processes: list[ReadingProcess] = []
        self._closed = threading.Event()

    def close(self) -> None:
        """End all processes, also those at work."""
        self._closed.set()
        for threads in (self._threads, self._showing):
            threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.end()

    def read(self, wanted: WantedFile, place: ReadingPlace) -> Future[FileRead]:
        """Begin to read a file; `place` then says how far that is.

        The future raises `DocumentRejectedError` if the file can't be read, with the reason, and `ReadingStoppedError`
        if it was given up or the pool was closed meanwhile.
        """
        return self._begin(lambda: self._read(wanted, place))

    def split(self, document: Document) -> Future[Sequence[Draft]]:
        """Begin to cut a document into passages. The future raises as that of `read` does."""
        return self._begin(lambda: self._split(document))

    def page_image(self, file: Path, rest: str, number: int, *, sha256: str, width: int) -> bytes:
        """Return page `number` of a file as a PNG, `width` pixels wide; `rest` is the path to it inside of `file`.

        Raises `PinciteError` if that can't be had, or its content has another digest.
        """
        name = file.name
        asked = ShowPage(name, rest, sha256, number, width)
        try:
            return self._showing.submit(lambda: _answer(self._ask_of(file, asked, _unheard), PageShown)).result().png
        except (LostError, DocumentRejectedError) as error:
            raise PinciteError(f"{name} can't be shown: {error}") from error

    def unconfined(self) -> list[str]:
        """Return what this system does not let a process that reads give up, a sentence each; best, none."""
        return self._showing.submit(lambda: self._process().kept).result()

    def _begin(self, work: Callable[[], Result]) -> Future[Result]:
        try:
            return self._threads.submit(work)
        except RuntimeError as error:  # the threads take no more
            raise ReadingStoppedError from error

    def _read(self, wanted: WantedFile, place: ReadingPlace) -> FileRead:
        skipped: list[int] = []
        lost = ""  # why pages are skipped
        computed = 0.0
        at = 0  # the page that is read, 0 before and after all pages

        def heard(page: int, pages: int) -> None:
            nonlocal at
            at = page
            if pages:
                place.page, place.pages = page, pages

        while True:
            allowed = wanted.allowance
            asked = ReadFile(wanted.name, wanted.path, wanted.modified, allowed.files, allowed.bytes, tuple(skipped))
            at = place.page = 0
            try:
                answer = self._ask_of(wanted.file, asked, heard, cutting=self._cutting(), place=place)
                return self._taken(wanted, _answer(answer, DocumentRead))._replace(passing=bool(skipped))
            except LostError as error:
                if error.of_another and not at:
                    continue  # it may have died of what it read before
                computed += error.computed
                in_vain = error.waiting or at in (0, *skipped) or len(skipped) == _MOST_SKIPPED
                if in_vain or computed > 2 * self._patience:
                    raise PassingRejectionError(str(error)) from error
                skipped.append(at)  # without the page that it died of, the rest can be had
                lost = str(error)
            except DocumentRejectedError as error:
                if not skipped or isinstance(error, PassingRejectionError):
                    raise
                raise PassingRejectionError(lost) from error  # nothing is left without the pages that were skipped
            finally:
                self._forget()

    def _taken(self, wanted: WantedFile, read: DocumentRead) -> FileRead:
        members = members_of(read.members, self._own.process.folder / MEMBERS, wanted.folder)
        return FileRead(replace(read.document, path=wanted.path), read.passages, members)

    def _split(self, document: Document) -> Sequence[Draft]:
        try:
            answer = self._ask(Task(CutDocument(document), cutting=self._cutting()), _unheard)
        except LostError as error:
            raise PassingRejectionError(f"{document.title or document.doc_id} can't be split: {error}") from error
        passages = _answer(answer, DocumentCut).passages
        check_passages(passages, document)
        return passages

    def _ask_of(
        self,
        path: Path,
        asked: Message,
        heard: Heard,
        *,
        cutting: Cutting | None = None,
        place: ReadingPlace | None = None,
    ) -> Message:
        """Return what this thread's process answers of a file. Raises what the answer says, or `LostError`."""
        with open_ordinary(path) as file:
            task = Task(asked, file, cutting)
            answer = self._ask(task, heard, place)
            office = find_office() if isinstance(answer, NeedsProgram) else None
            if office is None:
                return answer
            file.seek(0)
            self._start(program=office)  # for this file only: the next is read by one that runs none
            return self._ask(task, heard, place)

    def _ask(self, task: Task, heard: Heard, place: ReadingPlace | None = None) -> Message:
        process = self._process()
        try:
            answer = process.ask(task, heard, lambda: self._closed.is_set() or (place is not None and place.given_up))
        finally:
            if process.alive and (process.size() > _TOO_FAT or process.program):
                process.retire()
        match answer:
            case Rejected(reason):
                raise DocumentRejectedError(reason)
            case RejectedForNow(reason):
                raise PassingRejectionError(reason)
            case Failed(reason):
                raise PinciteError(reason)
        return answer

    def _cutting(self) -> Cutting:
        return Cutting(self._encoder.tokenizer_json, min(MAX_TOKENS, self._encoder.max_tokens - _HEADING_TOKENS))

    def _forget(self) -> None:
        process: ReadingProcess | None = getattr(self._own, "process", None)
        if process:
            process.forget()

    def _process(self) -> ReadingProcess:
        """Return this thread's process."""
        process: ReadingProcess | None = getattr(self._own, "process", None)
        return process if process and process.alive else self._start()

    def _start(self, program: str | None = None) -> ReadingProcess:
        """Start a process of this thread, in place of the one that it had before."""
        before: ReadingProcess | None = getattr(self._own, "process", None)
        if before:
            before.end()  # also for what is left of one that ended itself
        process = ReadingProcess(
            self._room,
            memory=self._memory,
            patience=self._patience,
            wait=self._wait,
            program=program,
        )
        self._processes.append(process)
        if before:
            self._processes.remove(before)
        self._own.process = process
        return process


def _answer(message: Message, wanted: type[Result]) -> Result:
    """Return a message that is an answer to what was asked. Raises `DocumentRejectedError` if it is none."""
    if not isinstance(message, wanted):
        raise DocumentRejectedError(f"what was read of it makes no sense ({type(message).__name__}): save it again")
    return message


def _unheard(_page: int, _pages: int) -> None:
    """Take a report that nobody waits for."""


def split_documents(pool: ReadingPool, documents: Iterable[Document]) -> Iterator[tuple[Document, Sequence[Draft]]]:
    """Yield documents with their passages, in order; while one is taken in, the next are being cut."""
    begun: deque[tuple[Document, Future[Sequence[Draft]]]] = deque()
    for document in documents:
        begun.append((document, pool.split(document)))
        if len(begun) > _AHEAD * pool.parallel:
            first, passages = begun.popleft()
            yield first, passages.result()
    for left, passages in begun:
        yield left, passages.result()
