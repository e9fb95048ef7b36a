"""What the process that reads files and the one that asked for it tell each other, as records.

What comes from the reading process is checked here like any other input, as it has to do with hostile files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.errors import DocumentRejectedError
from index.isolation.packing import check_passages, document_message, document_of, passages_message, passages_of
from index.records import Document
from index.text.passages import Draft

LONGEST = 3600.0  # seconds for a file, however many pages it shows
MEMBERS = "members"  # the folder, in the reading process's own, in which it unpacks


@dataclass(frozen=True, slots=True)
class Cutting:
    """Asked first: how texts are cut into passages, by a model's tokenizer, as JSON, and how many of its tokens fit.

    It is not answered.
    """

    tokenizer: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Asked, with the bytes of a file: the document in it, and at most so many `files` and `bytes` of members.

    `path` is where it is known to lie, `skipped` are pages that are not to be read.
    """

    name: str
    path: str
    modified: float
    files: int
    bytes: int
    skipped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CutDocument:
    """Asked: the passages of a document."""

    document: Document


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Asked, with the bytes of a file: a page as a picture, `width` pixels wide.

    `rest` is the path to the page's file inside of the other, "" if it is that one; `sha256` is its digest.
    """

    name: str
    rest: str
    sha256: str
    number: int
    width: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Told first; `kept` are sentences on what the system did not let the process give up."""

    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtPage:
    """Told on the way: which page is read, of how many; both 0 where there are none, as a sign of life."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """The answer to `ReadFile`; its path is "". Of each member the path to show, and the file's name in `MEMBERS`."""

    document: Document
    passages: Sequence[Draft]
    members: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DocumentCut:
    """The answer to `CutDocument`; whether the passages tile it, who asked must check: `check_passages`."""

    passages: Sequence[Draft]


@dataclass(frozen=True, slots=True)
class PageShown:
    """The answer to `ShowPage`: a PNG."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Rejected:
    """The answer where a file or document can't be read; the reason ends with the cure."""

    reason: str


@dataclass(frozen=True, slots=True)
class RejectedForNow:
    """The answer where it can't be read now, and perhaps later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer where it is not the file's fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeedsProgram:
    """The answer where a process is needed that may run a program."""


Message = (
    Cutting
    | ReadFile
    | CutDocument
    | ShowPage
    | Ready
    | AtPage
    | DocumentRead
    | DocumentCut
    | PageShown
    | Rejected
    | RejectedForNow
    | Failed
    | NeedsProgram
)


def pack(message: Message) -> tuple[dict[str, Any], list[bytes]]:
    """Return a message as fields for JSON, and bytes; those of a file are sent behind them."""
    fields: dict[str, Any]
    data: list[bytes]
    match message:
        case Cutting():
            fields, data = {"max_tokens": message.max_tokens}, [message.tokenizer.encode()]
        case CutDocument():
            fields, data = document_message(message.document, with_boxes=False)
        case DocumentRead():
            fields, data = document_message(message.document)
            fields |= {**passages_message(message.passages), "members": [list(member) for member in message.members]}
        case DocumentCut():
            fields, data = passages_message(message.passages), []
        case PageShown():
            fields, data = {}, [message.png]
        case _:
            fields, data = asdict(message), []
    return {**fields, "message": type(message).__name__}, data


def unpack(fields: Mapping[str, Any], data: bytes) -> Message:
    """Return the message that `pack` made these of. Raises `DocumentRejectedError` if they make no sense."""
    try:
        return _UNPACK[fields["message"]](fields, data)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DocumentRejectedError(f"what was read of it makes no sense ({error}): save it again") from error


def _read_file(fields: Mapping[str, Any], _data: bytes) -> ReadFile:
    name, path, modified = _text(fields["name"]), _text(fields["path"]), float(fields["modified"])
    skipped = tuple(map(_whole, fields["skipped"]))
    return ReadFile(name, path, modified, _whole(fields["files"]), _whole(fields["bytes"]), skipped)


def _show_page(fields: Mapping[str, Any], _data: bytes) -> ShowPage:
    name, rest, sha256 = _text(fields["name"]), _text(fields["rest"]), _text(fields["sha256"])
    return ShowPage(name, rest, sha256, _whole(fields["number"]), _whole(fields["width"]))


def _document_read(fields: Mapping[str, Any], data: bytes) -> DocumentRead:
    document, passages = document_of(fields, data, path=""), passages_of(fields)
    check_passages(passages, document)
    return DocumentRead(document, passages, [(_text(name), _text(file)) for name, file in fields["members"]])


_UNPACK: Mapping[object, Callable[[Mapping[str, Any], bytes], Message]] = {
    "Cutting": lambda fields, data: Cutting(data.decode(), _whole(fields["max_tokens"])),
    "ReadFile": _read_file,
    "CutDocument": lambda fields, data: CutDocument(document_of(fields, data, path="")),
    "ShowPage": _show_page,
    "Ready": lambda fields, _: Ready(tuple(map(_text, fields["kept"]))),
    "AtPage": lambda fields, _: AtPage(_whole(fields["page"]), _whole(fields["pages"])),
    "DocumentRead": _document_read,
    "DocumentCut": lambda fields, _: DocumentCut(passages_of(fields)),
    "PageShown": lambda _, data: PageShown(data),
    "Rejected": lambda fields, _: Rejected(_text(fields["reason"])),
    "RejectedForNow": lambda fields, _: RejectedForNow(_text(fields["reason"])),
    "Failed": lambda fields, _: Failed(_text(fields["reason"])),
    "NeedsProgram": lambda _fields, _data: NeedsProgram(),
}


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r:.50} is no whole number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.50} is no text")
    return value
