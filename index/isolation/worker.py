"""The process that reads files: asked on standard input, it answers on standard output, and keeps nothing.

It is started by `index.isolation.process`, which watches its time and its memory, and ends it where it oversteps them.
All that is done to a document before it is stored is done here: reading it, cleaning it, cutting it into passages.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import DocumentRejectedError, PinciteError
from index.isolation.messages import (
    LONGEST,
    MEMBERS,
    AtPage,
    CutDocument,
    Cutting,
    DocumentCut,
    DocumentRead,
    Failed,
    Message,
    NeedsProgram,
    PageShown,
    ReadFile,
    Ready,
    Rejected,
    RejectedForNow,
    ShowPage,
    pack,
    unpack,
)
from index.isolation.sandbox import ProgramNeededError, allow_time, confine, end_after
from index.isolation.wire import receive, send
from index.readers import read_source, render_page
from index.readers.archives.members import Allowance, read_inside
from index.readers.archives.members import unpack as unpack_members
from index.readers.content import Source
from index.records import Document
from index.text.passages import Draft, split_document
from index.text.tokens import Tokenizing

_GRACE = 10.0  # seconds after its time is up in which the parent should have ended this process


def main() -> None:
    """Answer until nobody asks any more."""
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())  # what libraries print is no message
    memory, wait, program = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    tempfile.tempdir = os.getcwd()  # the folder of its own, in which it was started
    kept = confine(folder=Path.cwd(), memory=memory, program=program or None)
    send(told, *pack(Ready(tuple(kept))))
    worker = Worker(told, wait)
    while (message := receive(asked)) is not None:
        allow_time(2 * LONGEST)
        end_after(wait + _GRACE)
        worker.answer(*message)
        end_after(0)


class Worker:
    """What answers: documents, pages as pictures, passages."""

    def __init__(self, told: BinaryIO, wait: float) -> None:
        self._told = told
        self._wait = wait
        self._tokenizing: Tokenizing | None = None
        self._max_tokens = 0

    def answer(self, fields: Mapping[str, Any], data: bytes) -> None:
        """Answer one message, whatever comes of it."""
        try:
            self._answer(unpack(fields, data), data)
        except ProgramNeededError:
            self._tell(NeedsProgram())
        except DocumentRejectedError as error:
            self._tell(Rejected(str(error)))
        except PinciteError as error:
            self._tell(Failed(str(error)))
        except MemoryError:
            self._tell(Rejected("it takes more memory than a file may: split it"))
        except OSError as error:
            cure = "free some space" if error.errno == errno.ENOSPC else "check the file's rights"
            self._tell(RejectedForNow(f"it can't be read ({error.strerror or error}): {cure}"))
        except Exception as error:  # noqa: BLE001 - the last resort of the entry point: parsers raise anything
            self._tell(Rejected(f"the file is damaged ({_said(error)}): save it again from its source"))

    def _answer(self, asked: Message, data: bytes) -> None:
        """Answer what was asked; `data` are the bytes of the file, if it is about one."""
        match asked:
            case Cutting():
                self._tokenizing, self._max_tokens = Tokenizing(asked.tokenizer), asked.max_tokens
            case ReadFile():
                self._tell(self._read(asked, data))
            case CutDocument():
                self._tell(DocumentCut(self._passages(asked.document)))
            case ShowPage():
                self._tell(PageShown(_drawn(asked, data)))
            case _:
                raise PinciteError(f"{type(asked).__name__} is no question: report this")

    def _tell(self, message: Message) -> None:
        send(self._told, *pack(message))

    def _read(self, asked: ReadFile, data: bytes) -> DocumentRead:
        source = Source(data, asked.name, self._report, frozenset(asked.skipped))
        read = read_source(source, path=asked.path, modified=asked.modified)
        drafts = self._passages(read.document)
        shutil.rmtree(MEMBERS, ignore_errors=True)
        Path(MEMBERS).mkdir()
        allowance = Allowance(asked.files, asked.bytes)
        unpacked = unpack_members(read.members, Path(MEMBERS), allowance=allowance, report=self._report)
        missing = "; ".join(filter(None, (read.document.missing, unpacked.missing)))
        members = [(member.name, member.file.name) for member in unpacked.files]
        return DocumentRead(replace(read.document, missing=missing), drafts, members)

    def _passages(self, document: Document) -> list[Draft]:
        def report(_done: int, _total: int) -> None:
            self._report(0, 0)  # a sign of life, of no page

        if self._tokenizing is None:
            raise PinciteError("passages were asked for before the tokenizer was told: report this")
        return split_document(document, self._tokenizing, max_tokens=self._max_tokens, report=report)

    def _report(self, page: int, pages: int) -> None:
        end_after(self._wait + _GRACE)
        self._tell(AtPage(page, pages))


def _drawn(asked: ShowPage, data: bytes) -> bytes:
    data = read_inside(data, asked.name, asked.rest) if asked.rest else data
    if hashlib.sha256(data).hexdigest() != asked.sha256:
        raise PinciteError("it has changed since it was indexed")
    name = (asked.rest or asked.name).rpartition("/")[2]
    return render_page(data, name, asked.number, width=asked.width)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


if __name__ == "__main__":
    main()
