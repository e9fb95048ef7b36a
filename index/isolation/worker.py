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
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import DocumentRejectedError, PinciteError
from index.isolation.messages import (
    LONGEST,
    MEMBERS,
    document_message,
    document_of,
    members_message,
    passages_message,
    receive,
    send,
)
from index.isolation.sandbox import ProgramNeededError, allow_time, confine, end_after
from index.readers import read_source, render_page
from index.readers.archives.members import Allowance, read_inside, unpack
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
    send(told, {"ready": True, "kept": kept})
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

    def answer(self, asked: dict[str, Any], data: bytes) -> None:
        """Answer one message, whatever comes of it."""
        try:
            self._choose(asked)(asked, data)
        except ProgramNeededError:
            send(self._told, {"needs_program": True})
        except DocumentRejectedError as error:
            send(self._told, {"rejected": str(error)})
        except PinciteError as error:
            send(self._told, {"failed": str(error)})
        except MemoryError:
            send(self._told, {"rejected": "it takes more memory than a file may: split it"})
        except OSError as error:
            cure = "free some space" if error.errno == errno.ENOSPC else "check the file's rights"
            send(self._told, {"passing": f"it can't be read ({error.strerror or error}): {cure}"})
        except Exception as error:  # noqa: BLE001 - the last resort of the entry point: parsers raise anything
            reason = f"the file is damaged ({_said(error)}): save it again from its source"
            send(self._told, {"rejected": reason})

    def _choose(self, asked: dict[str, Any]) -> Callable[[dict[str, Any], bytes], None]:
        if "max_tokens" in asked:
            return self._prepare
        if "split" in asked:
            return self._split
        return self._show if "number" in asked else self._read

    def _prepare(self, asked: dict[str, Any], data: bytes) -> None:
        """Take what passages are made with; it is no question, and not answered."""
        self._tokenizing, self._max_tokens = Tokenizing(data.decode()), int(asked["max_tokens"])

    def _read(self, asked: dict[str, Any], data: bytes) -> None:
        source = Source(data, asked["name"], self._report, frozenset(asked["skipped"]))
        read = read_source(source, path=asked["path"], modified=asked["modified"])
        drafts = self._passages(read.document)
        shutil.rmtree(MEMBERS, ignore_errors=True)
        Path(MEMBERS).mkdir()
        allowance = Allowance(asked["files"], asked["bytes"])
        unpacked = unpack(read.members, Path(MEMBERS), allowance=allowance, report=self._report)
        fields, parts = document_message(read.document)
        fields["missing"] = "; ".join(filter(None, (fields["missing"], unpacked.missing)))
        send(self._told, {**fields, **passages_message(drafts), **members_message(unpacked.files)}, parts)

    def _split(self, asked: dict[str, Any], data: bytes) -> None:
        send(self._told, passages_message(self._passages(document_of(asked, data, path=""))))

    def _show(self, asked: dict[str, Any], data: bytes) -> None:
        data = read_inside(data, asked["name"], asked["rest"]) if asked["rest"] else data
        if hashlib.sha256(data).hexdigest() != asked["sha256"]:
            raise PinciteError("it has changed since it was indexed")
        name = str(asked["rest"] or asked["name"]).rpartition("/")[2]
        send(self._told, {"image": True}, [render_page(data, name, asked["number"], width=asked["width"])])

    def _passages(self, document: Document) -> list[Draft]:
        def report(_done: int, _total: int) -> None:
            self._report(0, 0)  # a sign of life, of no page

        if self._tokenizing is None:
            raise PinciteError("passages were asked for before the tokenizer was told: report this")
        return split_document(document, self._tokenizing, max_tokens=self._max_tokens, report=report)

    def _report(self, page: int, pages: int) -> None:
        end_after(self._wait + _GRACE)
        send(self._told, {"page": page, "pages": pages})


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


if __name__ == "__main__":
    main()
