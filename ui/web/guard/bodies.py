"""Bodies: a request's body as JSON that is safe to pass on, or why it is denied.

It is read whole, up to a limit and a time, and parsed here; what is passed on is written anew from what was parsed, so
that no two parsers can see two things in it.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from index import PinciteError

DEEPEST = 16
LARGEST_NUMBER = 2**53  # what a browser counts to exactly
_HALF = re.compile(r"[\ud800-\udfff]")


class DeniedError(PinciteError):
    """A request that is not let in, with the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class ClientGoneError(Exception):
    """The connection ended before the request did: there is nobody to answer."""


async def read_body(receive: Receive, headers: Headers, *, limit: int, seconds: float) -> bytes:
    """Read a body of at most `limit` bytes. Raises `DeniedError` if it is longer, or isn't there after `seconds`."""
    too_large = DeniedError(413, f"The request is too large: at most {limit} bytes are taken here.")
    if declared_length(headers) > limit or (not limit and "transfer-encoding" in headers):
        raise too_large
    if not limit:
        return b""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGoneError
                body += message.get("body", b"")
                if len(body) > limit:
                    raise too_large
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise DeniedError(408, f"The request did not come whole within {seconds:g} seconds.") from None


def read_texts(body: dict[str, Any], name: str, *, longest: int) -> list[str]:
    """Return a list of texts that a body has, [] if it has none. Raises `DeniedError` if it isn't of such texts."""
    texts = body.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(one, str) and len(one) <= longest for one in texts):
        raise DeniedError(400, f"The request's {name} are no texts.")
    return texts


def declared_length(headers: Headers) -> int:
    """Return how long a body is said to be, 0 if nothing is said. Raises `DeniedError` if that is no number."""
    declared = headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit():
        raise DeniedError(400, "The request's Content-Length is no number.")
    return int(declared) if len(declared) <= 18 else 10**18


def patient(receive: Receive, *, seconds: float) -> Receive:
    """Return what receives a body as it comes, and raises `DeniedError` where nothing of it comes for `seconds`."""
    whole = False

    async def receive_in_time() -> Message:
        nonlocal whole
        if whole:  # what comes now is the end of the connection, whenever that is
            return await receive()
        try:
            async with asyncio.timeout(seconds):
                message = await receive()
        except TimeoutError:
            raise DeniedError(408, f"Nothing more came of it for {seconds:g} seconds: add it again.") from None
        whole = not message.get("more_body")
        return message

    return receive_in_time


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a body that is one JSON object, each key once. Raises `DeniedError` if it is anything else."""
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_each_once,
            parse_constant=_no_number,
            parse_float=_float,
            parse_int=_int,
        )
    except (ValueError, RecursionError):
        raise DeniedError(400, "The request is not sound JSON.") from None
    if not isinstance(found, dict) or _is_deeper(found, DEEPEST):
        raise DeniedError(400, "The request is not a JSON object, or is nested too deeply.")
    return found


def write_json(value: object) -> bytes:
    """Write a value as UTF-8, each half of a surrogate pair without its other half replaced."""
    return _HALF.sub("\ufffd", json.dumps(value, ensure_ascii=False, allow_nan=False)).encode()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _int(text: str) -> int:
    number = int(text)
    return number if abs(number) <= LARGEST_NUMBER else int(_no_number(text))


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in inner)
