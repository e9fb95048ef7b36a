"""The process that reads files: asked on standard input, it answers on standard output, and keeps nothing.

It is started by `index.reading.pool`, which watches its time and its memory, and ends it where it oversteps them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import DocumentRejectedError, PinciteError
from index.readers import read_source, render_page
from index.readers.abilities import find_office
from index.readers.content import Source
from index.readers.members import Allowance, read_inside, unpack
from index.reading.messages import document_message, receive, send
from index.reading.sandbox import confine, end_after

_GRACE = 10.0  # seconds after its time is up in which the parent should have ended this process


def main() -> None:
    """Answer until nobody asks any more."""
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())  # what libraries print is no message
    memory, patience = int(sys.argv[1]), float(sys.argv[2])
    confine(memory=memory, program=find_office())
    send(told, {"ready": True})
    while (message := receive(asked)) is not None:
        end_after(patience + _GRACE)
        _answer(told, message[0], patience)
        end_after(0)


def _answer(told: BinaryIO, asked: dict[str, Any], patience: float) -> None:
    def report(page: int, pages: int) -> None:
        end_after(patience + _GRACE)
        send(told, {"page": page, "pages": pages})

    try:
        if "number" in asked:
            data = _bytes_of(asked)
            name = str(asked["rest"] or asked["name"]).rpartition("/")[2]
            send(told, {"image": True}, [render_page(data, name, asked["number"], width=asked["width"])])
            return
        tempfile.tempdir = asked["folder"]  # which is emptied, however this ends
        source = Source(Path(asked["file"]).read_bytes(), asked["name"], report, frozenset(asked["skipped"]))
        read = read_source(source, path=asked["file"], modified=asked["modified"])
        allowance = Allowance(asked["files"], asked["bytes"])
        unpacked = unpack(read.members, Path(asked["folder"]), allowance=allowance, report=report)
        fields, parts = document_message(read.document, unpacked.files)
        fields["missing"] = "; ".join(filter(None, (fields["missing"], unpacked.missing)))
        send(told, fields, parts)
    except DocumentRejectedError as error:
        send(told, {"rejected": str(error)})
    except PinciteError as error:
        send(told, {"failed": str(error)})
    except MemoryError:
        send(told, {"rejected": "it takes more memory than a file may: split it"})
    except OSError as error:
        cure = "free some space" if error.errno == errno.ENOSPC else "check the file's rights"
        send(told, {"passing": f"it can't be read ({error.strerror or error}): {cure}"})
    except Exception as error:  # noqa: BLE001 - the last resort of the entry point: parsers raise anything
        send(told, {"rejected": f"the file is damaged ({_said(error)}): save it again from its source"})


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _bytes_of(asked: dict[str, Any]) -> bytes:
    """Return the bytes of a file, or of the one inside of it. Raises PinciteError if they are not those it had."""
    data = Path(asked["file"]).read_bytes()
    data = read_inside(data, asked["name"], asked["rest"]) if asked["rest"] else data
    if hashlib.sha256(data).hexdigest() != asked["sha256"]:
        raise PinciteError("it has changed since it was indexed")
    return data


if __name__ == "__main__":
    main()
