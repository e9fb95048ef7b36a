"""Taking in: the files that are new or changed are read, and become documents of the catalog with their passages.

Several files are read at a time, each in a process that may be lost with it. What is inside of a file, an attachment or
a file in an archive, is read like a file of its own; the file that holds it comes last, so that a run that was stopped
finds it unread and goes on there.
"""

from __future__ import annotations

import bisect
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from index.errors import DocumentRejectedError, PassingRejectionError, ReadingStoppedError
from index.isolation.pool import FileRead, ReadingPlace, WantedFile
from index.progress import InWork, IsSkipped, Rejected, Report, SyncProgress
from index.readers import Identity, identify
from index.readers.abilities import abilities
from index.readers.archives.members import MAX_DEPTH, Allowance
from index.readers.formats import BY_MEDIA_TYPE
from index.records import Document
from index.store.records import FileRow
from index.sync.embedding import embed_batch
from index.writer import Writer

_SEARCHABLE_AFTER = 1.0  # seconds after which new texts can be found while others are still being read
_IDLE = 0.5  # seconds without a text that was read, after which passages are embedded meanwhile
_AHEAD = 2  # files that wait for each process that reads
_UPCOMING = 3  # files that are told of before they are read
_SKIPPED = "it was skipped: try it again to have it read"
_TRY_AGAIN = "+again"  # what could read a document of which pages are missing in passing


@dataclass(slots=True, eq=False)
class _Outermost:
    """A file on the disk, and how much may still be unpacked of it."""

    left: Allowance
    modified: float = 0.0


@dataclass(slots=True, eq=False)
class _File:
    """A file that is to be read: the path it is known by, where it lies, and what it is inside of."""

    path: str
    file: Path
    outermost: _Outermost
    holder: _File | None = None
    place: ReadingPlace = field(default_factory=ReadingPlace)
    identity: Identity | None = None
    read: FileRead | None = None  # of a holder, until all that is in it is done
    folder: Path | None = None  # where what is in it was unpacked
    inside: set[str] = field(default_factory=set)  # the paths of what is in it
    waiting: int = 0  # how many of them are not done
    failed: int = 0

    @property
    def depth(self) -> int:
        return 0 if self.holder is None else 1 + self.holder.depth


class Intake:
    """Takes files into a library. `known` are the files that it knows already; `anew` are read all the same."""

    def __init__(
        self,
        writer: Writer,
        known: Mapping[str, FileRow],
        *,
        named: Sequence[Path],
        anew: Sequence[Path],
        is_kept_out: Callable[[str], bool],
        is_skipped: IsSkipped,
        report: Report,
    ) -> None:
        self.indexed = 0
        self.unchanged = 0
        self.removed = 0  # documents that were inside of files, and are not any more
        self.kept_out = 0  # files inside of others, that were removed before
        self.rejected: list[Rejected] = []
        self.partial: list[Rejected] = []
        self._writer = writer
        self._catalog = writer.catalog
        self._known = known
        self._sorted = sorted(known)
        again = {str(path) for path in anew}
        self._named = {str(path) for path in named} | again
        self._is_kept_out = is_kept_out
        self._is_skipped = is_skipped
        self._report = report
        self._abilities = abilities()
        self._partly_read = writer.catalog.partly_read()
        self._improvable = {doc_id for doc_id, (_, by) in self._partly_read.items() if by != self._abilities}
        wanted = {row.doc_id for path, row in known.items() if path in again and row.doc_id}
        self._improvable |= wanted
        # Of these only another outcome counts: what is as it was need not be embedded anew at every sync.
        again_by = self._abilities + _TRY_AGAIN
        self._passing = {doc_id for doc_id, (_, by) in self._partly_read.items() if by == again_by} - wanted
        self._running: dict[Future[FileRead], _File] = {}
        self._waiting: deque[_File] = deque()
        self._done = self._total = 0
        self._searchable = time.monotonic()

    def take(self, paths: Sequence[Path]) -> None:
        """Bring the library in line with these files."""
        self._total = len(paths)
        most = self._writer.most_inside
        self._waiting.extend(_File(str(path), path, _Outermost(Allowance(most))) for path in paths)
        self._unpacked = Path(tempfile.mkdtemp(prefix="unpacked-", dir=self._writer.store.temporary))
        try:
            while self._waiting or self._running:
                self._step()
        finally:
            for future in self._running:
                future.cancel()
            shutil.rmtree(self._unpacked, ignore_errors=True)
        self._report(SyncProgress("reading", self._total, self._total, ""))

    def _step(self) -> None:
        """Hand files to the processes that read, and take in what they are done with."""
        while self._waiting and len(self._running) < _AHEAD * self._writer.pool.parallel:
            self._begin(self._waiting.popleft())
        self._skip()
        if not self._running:
            return
        done, _ = wait(self._running, timeout=_IDLE, return_when=FIRST_COMPLETED)
        for future in [future for future in self._running if future in done]:
            self._end(self._running.pop(future), future)
        self._tell(next(iter(self._running.values()), None))
        if not done:
            embed_batch(self._writer)
        if time.monotonic() - self._searchable > _SEARCHABLE_AFTER:
            self._writer.index_words()
            self._searchable = time.monotonic()

    def _skip(self) -> None:
        """Give up those that are skipped while they wait for a process, or while one reads them."""
        for future, file in list(self._running.items()):
            if not self._is_skipped(file.path):
                continue
            file.place.given_up = True
            if future.cancel():
                del self._running[future]
                self._reject(file, _SKIPPED)

    def _tell(self, file: _File | None) -> None:
        if not file:
            return
        place, begun = file.place, {future: future.running() for future in self._running}
        working = [one for future, one in self._running.items() if begun[future]]
        waiting = chain((one for future, one in self._running.items() if not begun[future]), self._waiting)
        progress = SyncProgress(
            "reading",
            self._done,
            self._total,
            file.path,
            place.page,
            place.pages,
            in_work=tuple(InWork(one.path, one.place.page, one.place.pages) for one in working),
            upcoming=tuple(one.path for one in islice(waiting, _UPCOMING)),
        )
        self._report(progress)

    # --- one file ---------------------------------------------------------------------------------------------

    def _begin(self, file: _File) -> None:
        """Begin to read a file, unless what it holds is known."""
        self._tell(file)
        if file.holder and self._is_kept_out(file.path):
            self.kept_out += 1
            self._leave(file)
            return
        try:
            _check_place(file)
            file.identity = identify(file.file, name=os.path.basename(file.path))
            if file.holder is None:
                file.outermost.modified = file.identity.modified
            settled = self._is_settled(file, file.identity)
        except DocumentRejectedError as error:
            self._reject(file, str(error))
            return
        if settled:
            self._leave(file)
            return
        if self._is_skipped(file.path):
            self._reject(file, _SKIPPED)
            return
        folder = Path(tempfile.mkdtemp(dir=self._unpacked))
        file.folder = folder
        wanted = WantedFile(file.file, file.path, file.outermost.modified, folder, file.outermost.left)
        self._running[self._writer.pool.read(wanted, file.place)] = file

    def _is_settled(self, file: _File, identity: Identity) -> bool:
        """Tell whether there is nothing to read. Raises `DocumentRejectedError` if that is why."""
        old = self._known.get(file.path)
        if file.path in self._named and not (old and old.doc_id == identity.doc_id):
            return False  # who names a file wants it to be tried
        inside = self._known_inside(file)
        if identity.doc_id in self._improvable or any(self._known[path].doc_id in self._improvable for path in inside):
            return False
        if old and (old.doc_id, old.sha256) == (identity.doc_id, identity.sha256):
            for path in (file.path, *inside):
                self._keep(path, self._known[path].doc_id)
            return True
        if old and self._is_given_up(old) and old.sha256 == identity.sha256:
            raise DocumentRejectedError(old.reason)
        if BY_MEDIA_TYPE[identity.media_type].nests or not self._catalog.has_document(identity.doc_id):
            return False
        self._forget_inside(file)  # of a folder, or an archive, in whose place it came
        self._note(file, identity.sha256, identity.doc_id)  # renamed, or the same content a second time
        self._keep(file.path, identity.doc_id)
        return True

    def _is_given_up(self, old: FileRow) -> bool:
        """Tell whether a file that was rejected is not tried again, unless it has changed."""
        return not old.doc_id and (old.read_by == self._abilities or old.reason == _SKIPPED)

    def _end(self, file: _File, future: Future[FileRead]) -> None:
        """Take in what a file was read to be."""
        if self._is_skipped(file.path):
            self._reject(file, _SKIPPED)
            return
        try:
            read = future.result()
        except CancelledError as error:
            raise ReadingStoppedError from error
        except DocumentRejectedError as error:
            self._reject(file, str(error), passing=isinstance(error, PassingRejectionError))
            return
        left, size = file.outermost.left, sum(member.size for member in read.members)
        if not read.members:
            self._add(file, read)
            return
        if len(read.members) > left.files or size > left.bytes:  # of another file in it that was unpacked meanwhile
            self._reject(file, "it holds more than may be unpacked of one file: unpack it and index the folder")
            return
        old = self._known.get(file.path)
        if old and old.doc_id:  # until all that is in it is taken in, it is not what it is said to be
            self._catalog.put_file(replace(old, sha256=""))
        file.read = read
        file.waiting = len(read.members)
        file.outermost.left = Allowance(left.files - len(read.members), left.bytes - size)
        inside = [
            _File(f"{file.path}{os.sep}{member.name}", member.file, file.outermost, file) for member in read.members
        ]
        file.inside = {one.path for one in inside}
        self._waiting.extendleft(reversed(inside))

    def _add(self, file: _File, read: FileRead) -> None:
        """Add the document of a file: what is inside of it has been done."""
        document, by = read.document, self._abilities + _TRY_AGAIN * read.passing
        if document.missing:
            self.partial.append(Rejected(file.path, document.missing))
        if self._catalog.has_document(document.doc_id) and not self._is_better(document):
            self._note(file, document.sha256, document.doc_id, by=by)
            self.unchanged += 1
        else:
            row = FileRow(file.path, document.sha256, document.doc_id, document.modified, "", by)
            self._catalog.add_document(document, read.passages, row)
            self._improvable.discard(document.doc_id)
            self.indexed += 1
        self._forget_inside(file)
        self._leave(file)

    def _is_better(self, document: Document) -> bool:
        """Tell whether a document that is known was read anew, and is to take the place of what it was."""
        if document.doc_id in self._passing and document.missing == self._partly_read[document.doc_id][0]:
            return False
        return document.doc_id in self._improvable

    def _reject(self, file: _File, reason: str, *, passing: bool = False) -> None:
        old = self._known.get(file.path)
        if old and file.identity and old.doc_id == file.identity.doc_id:  # what was read of it before is still true
            if not passing:
                self._note(file, file.identity.sha256, file.identity.doc_id)
            self._keep(file.path, old.doc_id)
            self._leave(file)
            return
        self.rejected.append(Rejected(file.path, reason))
        sha256 = file.identity.sha256 if file.identity and not passing else ""  # without which it is tried again
        row = FileRow(file.path, sha256, None, 0.0, reason, self._abilities)
        if is_unicode(file.path) and self._known.get(file.path) != row:
            self._catalog.put_file(row)
        file.inside = set()
        self._forget_inside(file)
        if file.holder:
            file.holder.failed += 1
        self._leave(file)

    def _note(self, file: _File, sha256: str, doc_id: str, *, by: str = "") -> None:
        row = FileRow(file.path, sha256, doc_id, file.outermost.modified, "", by or self._abilities)
        self._catalog.put_file(row)

    def _leave(self, file: _File) -> None:
        """Be done with a file, and with the one that it is in, if it was the last there."""
        if file.folder:
            shutil.rmtree(file.folder, ignore_errors=True)
        holder = file.holder
        if holder is None:
            self._done += 1
            return
        file.file.unlink(missing_ok=True)
        holder.waiting -= 1
        if not holder.waiting and holder.read:
            document = _with_failures(holder.read.document, failed=holder.failed, count=len(holder.inside))
            self._add(holder, holder.read._replace(document=document))

    # --- what is inside of a file -----------------------------------------------------------------------------

    def _known_inside(self, file: _File) -> list[str]:
        """Return the known files that are inside of this one."""
        below = file.path + os.sep
        start = bisect.bisect_left(self._sorted, below)
        end = bisect.bisect_left(self._sorted, below[:-1] + chr(ord(os.sep) + 1))
        return self._sorted[start:end]

    def _keep(self, path: str, doc_id: str | None) -> None:
        """Count a file that has not changed; what could not be read of it is said again."""
        if doc_id is None:
            self.rejected.append(Rejected(path, self._known[path].reason))
            return
        self.unchanged += 1
        if doc_id in self._partly_read:
            self.partial.append(Rejected(path, self._partly_read[doc_id][0]))

    def _forget_inside(self, file: _File) -> None:
        """Forget what was inside of a file and is not any more."""
        places = file.inside | (file.holder.inside if file.holder else set())  # a folder may be called as the file is
        gone = [path for path in self._known_inside(file) if not _is_at(path, places, below=file.path)]
        self.removed += self._catalog.remove_files(gone)


def _check_place(file: _File) -> None:
    """Raise `DocumentRejectedError` for a file that is not read for where it is."""
    if not is_unicode(file.path):  # which the catalog can't hold
        raise DocumentRejectedError("its name is not Unicode: rename it")
    if file.depth > MAX_DEPTH:
        raise DocumentRejectedError(f"it lies over {MAX_DEPTH} files deep in others: unpack it")


def _is_at(path: str, places: set[str], *, below: str) -> bool:
    """Tell whether a path is one of `places`, or inside of one of them."""
    while len(path) > len(below):
        if path in places:
            return True
        path = os.path.dirname(path)
    return False


def _with_failures(document: Document, *, failed: int, count: int) -> Document:
    """Return the document of a file that holds others, with what is missing of those."""
    if not failed:
        return document
    said = f"{failed} of {count} files in it could not be read: they are listed with their reasons"
    return replace(document, missing="; ".join(filter(None, (document.missing, said))))


def is_unicode(name: str) -> bool:
    """Tell whether a name can be written as text; one that can't is bytes of another encoding."""
    return name.encode("utf-8", "replace").decode("utf-8") == name
