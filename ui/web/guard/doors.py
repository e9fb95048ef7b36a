"""The doors: the list of all requests that come in, how large each may be, and what it may hold.

What is not listed here, or beside a router of our own, does not exist, whatever Gradio brings along. What Gradio would
read as a file (its `is_file_obj_with_meta`: a dictionary with "path" and "meta", anywhere in an event's data) does not
come through: the data of an event are single values of the kind that its components have, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block

from index import LARGEST
from ui.web.guard.bodies import DeniedError
from ui.web.state.inside import LONGEST_WORDS

EVENT_BYTES = 64 * 1024  # the longest question, each of its characters escaped, and room
SMALL_BYTES = 1024
SESSION = r"[A-Za-z0-9_-]{1,64}"
MOST_DETAILS = 32
LONGEST_NAME = 1000  # characters of a file's name
FILE_KEYS = frozenset({"path", "url", "meta", "_type", "orig_name", "mime_type", "is_stream", "is_file"})
Values = dict[str, Any]


def _as_it_is(values: Values) -> Values:
    return values


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: the method, a pattern of the whole path, the largest body in bytes, and what checks it.

    `query` has the parameters that are passed on, each with a pattern of its value; the others are taken out. A body
    is a JSON object; `read` returns what of it is passed on, or raises `DeniedError`; or it is `streamed`: the bytes of
    a file, which are passed on as they come. HEAD comes in where GET does.
    """

    method: str
    path: str
    limit: int = 0
    query: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[Values], Values] = _as_it_is
    streamed: bool = False

    def fits(self, method: str, path: str) -> bool:
        """Say whether a request comes to this door."""
        method = "GET" if method == "HEAD" else method
        return method == self.method and re.fullmatch(self.path, path, re.ASCII) is not None

    def read_query(self, query: bytes) -> bytes:
        """Return what is passed on of a query. Raises `DeniedError` if a value isn't what it must be."""
        given = [(key, value) for key, value in parse_qsl(query.decode("latin-1"), True) if key in self.query]
        for key, value in given:
            if not re.fullmatch(self.query[key], value, re.ASCII):
                raise DeniedError(400, f"The parameter {key} is not as it must be.")
        if len(dict(given)) < len(given):
            raise DeniedError(400, "A parameter is given twice.")
        return urlencode(given).encode()


def find_door(doors: Iterable[Door], method: str, path: str) -> Door:
    """Return the door of a request. Raises `DeniedError` if there is none."""
    for door in doors:
        if door.fits(method, path):
            return door
    raise DeniedError(404, "There is nothing here.")


def page_doors(blocks: gr.Blocks) -> tuple[Door, ...]:
    """List the doors of the page: what its browser asks for, as seen by driving every part of it."""
    events = blocks.fns
    return (
        Door("GET", "/"),
        Door("GET", r"/page\.(css|js)", query={"v": "[0-9a-f]{16}"}),
        Door("GET", r"/page/[\w-]{1,64}/[0-9]{1,9}\.png"),
        Door("GET", r"/glance/[\w-]{1,64}/[0-9]{1,9}-[0-9]{1,9}\.json"),
        Door("GET", r"/found/[\w-]{1,64}\.json", query={"words": f"(?s:.{{1,{LONGEST_WORDS}}})"}),
        Door("GET", r"/(outline|preview)/[\w-]{1,64}\.json"),
        Door("GET", r"/lines/[\w-]{1,64}/[0-9]{1,9}\.json"),
        Door("GET", r"/original/[\w-]{1,64}"),
        Door("GET", r"/conversation/[0-9a-f]{32}\.(pdf|docx|md|html|json)"),
        Door("GET", r"/health(/check)?"),
        Door("POST", "/health/check", SMALL_BYTES, read=lambda _: {}),
        Door("GET", "/settings"),
        Door("POST", "/settings/model", SMALL_BYTES, read=lambda _: {}),
        Door("POST", "/settings", SMALL_BYTES * 4, read=_read_setting),
        Door("POST", "/upload", LARGEST, query={"name": f"(?s:.{{1,{LONGEST_NAME}}})"}, streamed=True),
        Door("GET", r"/assets/[\w-][\w.-]*"),
        Door("GET", r"/(theme\.css|favicon\.ico)"),
        Door("GET", f"/gradio_api/heartbeat/{SESSION}"),
        Door("GET", "/gradio_api/queue/data", query={"session_hash": SESSION}),
        Door("POST", "/gradio_api/queue/join", EVENT_BYTES, read=lambda body: _read_event(events, body, queued=True)),
        Door("POST", "/gradio_api/run/predict", EVENT_BYTES, read=lambda body: _read_event(events, body, queued=False)),
    )


def _read_event(events: Mapping[int, BlockFunction], body: Values, *, queued: bool) -> Values:
    """Return what Gradio needs of an event, checked: who sends it, which one it is, its values and its details."""
    number = _whole(body, "fn_index")
    event = events.get(number)
    if event is None or event.fn is None or event.queue != queued:
        raise DeniedError(400, "There is no such event.")
    trigger = body.get("trigger_id")
    if trigger is not None and _whole(body, "trigger_id") not in {block for block, _ in event.targets}:
        raise DeniedError(400, "Nothing here sets off this event.")
    data = body.get("data")
    if not isinstance(data, list) or len(data) != len(event.inputs):
        raise DeniedError(400, f"This event takes {len(event.inputs)} values.")
    return {
        "fn_index": number,
        "trigger_id": trigger,
        "session_hash": _word(body, "session_hash", SESSION),
        "data": [_value(block, value) for block, value in zip(event.inputs, data, strict=True)],
        "event_data": _details(body.get("event_data")),
    }


def _read_setting(body: Values) -> Values:
    value = body.get("value")
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise DeniedError(400, "The value of a setting is a short text.")
    return {"name": _word(body, "name", "[a-z_]{1,20}"), "value": value}


def _value(block: Block, value: object) -> object:
    """Return a component's value that a browser sent. Raises `DeniedError` if it is not of the component's kind."""
    if block.stateful:
        return None  # it is kept here; what a browser says of it doesn't count
    if isinstance(block, gr.Textbox):
        if not isinstance(value, str):
            raise DeniedError(400, "A value is no text.")
    elif not _is_single(value):
        raise DeniedError(400, "A value is not a single one: no files are taken here.")
    return value


def _details(details: object) -> Values | None:
    if details is None:
        return None
    if not isinstance(details, dict) or len(details) > MOST_DETAILS or not all(map(_is_single, details.values())):
        raise DeniedError(400, "What tells of the event is no list of single values.")
    if FILE_KEYS & {key.strip().casefold() for key in details}:
        raise DeniedError(400, "No files are taken here.")
    return details


def _is_single(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _word(body: Values, name: str, pattern: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise DeniedError(400, f"The request's {name} is not as it must be.")
    return value


def _whole(body: Values, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise DeniedError(400, f"The request's {name} is no whole number.")
    return value
