"""The messages between the process that reads and the one that asks. Each comes out as it went in, no other does."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from index.errors import DocumentRejectedError
from index.isolation.messages import (
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
from index.isolation.wire import receive, send
from index.records import Document, Heading, Page
from index.text.passages import Draft

TEXT = "Ferry\nIt leaves at noon."
PAGE = Page(0, len(TEXT), 595.0, 842.0, None, "i", None)
DOCUMENT = Document("id", "", "Ferry", "text/plain", TEXT, {1: PAGE}, (Heading(1, 0, 5),), "0" * 64, 1.5)
PASSAGES = [Draft(0, 5, "", 1), Draft(6, len(TEXT), "Ferry", 1)]


@pytest.mark.parametrize(
    "message",
    [
        Cutting('{"tokens": 1}', 120),
        ReadFile("a.pdf", "/a.pdf", 2.5, 10, 1 << 30, (3, 4)),
        CutDocument(DOCUMENT),
        ShowPage("a.zip", "b/c.pdf", "f" * 64, 2, 800),
        Ready(("nothing was given up",)),
        AtPage(1, 9),
        DocumentRead(DOCUMENT, PASSAGES, [("b/c.txt", "0001")]),
        DocumentCut(PASSAGES),
        PageShown(b"\x89PNG"),
        Rejected("it is damaged: save it again"),
        RejectedForNow("the disk is full: free some space"),
        Failed("report this"),
        NeedsProgram(),
    ],
)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    stream = io.BytesIO()
    send(stream, *pack(message))
    stream.seek(0)
    received = receive(stream)
    assert received is not None
    assert repr(unpack(*received)) == repr(message)  # documents with boxes are compared by identity


def test_boxes_come_along_with_a_document() -> None:
    boxes = np.arange(4 * len(TEXT), dtype=np.float32).reshape(-1, 4)
    page = Page(0, len(TEXT), 595.0, 842.0, boxes, "i", None)
    sent = DocumentRead(Document(**{**_fields(DOCUMENT), "pages": {1: page}}), PASSAGES, [])
    fields, data = pack(sent)
    came = unpack(json.loads(json.dumps(fields)), b"".join(data))
    assert isinstance(came, DocumentRead)
    there = came.document.pages[1].boxes
    assert there is not None
    assert np.array_equal(there, boxes)


@pytest.mark.parametrize(
    "change",
    [
        {"message": "Pickle"},
        {"message": ["DocumentRead"]},
        {"message": None},
        {"text": "all"},
        {"title": 7, "pages": None},
        {"passages": [[0, 5, 0, 1]]},  # the rest is in none
        {"passages": [[0, 5, 0, 1], [6, 9_999, 1, 1]]},
        {"passages": [[0, 5, 0, 1], [4, 24, 1, 1]]},
        {"passages": [[0, 5, 9, 1], [6, 24, 1, 1]]},
        {"passages": [[0, 5, 0, 2], [6, 24, 1, 1]]},
        {"above": ["x" * 100_000, "Ferry"]},
        {"members": [["name"]]},
        {"members": [["name", 1]]},
        {"members": 3},
    ],
)
def test_a_forged_document_is_rejected(change: dict[str, Any]) -> None:
    fields, data = pack(DocumentRead(DOCUMENT, PASSAGES, []))
    with pytest.raises(DocumentRejectedError, match="no sense"):
        unpack({**fields, **change}, b"".join(data))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"message": "AtPage", "page": "1", "pages": 2},
        {"message": "AtPage", "page": 1},
        {"message": "Rejected", "reason": {"a": 1}},
        {"message": "Ready", "kept": [1]},
        {"message": "ShowPage", "name": "a", "rest": "", "sha256": "", "number": 1.5, "width": 1},
        {"message": "ReadFile", "name": "a", "path": "/a", "modified": 1, "files": 1, "bytes": "many", "skipped": []},
    ],
)
def test_a_message_with_another_type_in_it_is_rejected(fields: dict[str, Any]) -> None:
    with pytest.raises(DocumentRejectedError, match="makes no sense"):
        unpack(fields, b"")


def _fields(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in document.__slots__}
