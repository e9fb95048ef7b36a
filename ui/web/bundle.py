"""The bundle: the styles of the page and its parts as one file, their scripts as another, packed once.

They are sent without their comments. Each has its digest in its address, so that a browser that has it asks for it no
more, until there is another one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import brotli
from fastapi import APIRouter, Request
from fastapi.responses import Response

from ui.languages import messages

HERE = Path(__file__).parent
KINDS = {"css": "text/css", "js": "text/javascript"}
# A message that a script shows, as Biome writes it: the first string of a call.
PHRASE = re.compile(r'\bphrases?\(\s*"((?:[^"\\\n]|\\.)*)"')
# What only its readers need: comments, and what lines are set in by. No text of a script goes over the end of a line.
_UNSENT = {
    "css": re.compile(r"/\*.*?\*/|^[ \t]+", re.DOTALL | re.MULTILINE),
    "js": re.compile(r"^[ \t]*//.*\n|^[ \t]+", re.MULTILINE),
}
FOR_EVER = "private, max-age=31536000, immutable"


class Bundle(NamedTuple):
    """All files of a kind: as they are, packed in each way that browsers know, the smallest first, and their digest."""

    body: bytes
    packed: dict[str, bytes]
    digest: str


@cache
def bundle(kind: str) -> Bundle:
    """Return the bundle of a kind: the page's file, and then those of its parts, by name."""
    files = [HERE / f"page.{kind}", *sorted((HERE / "parts").glob(f"*.{kind}"))]
    body = _UNSENT[kind].sub("", "\n".join(file.read_text(encoding="utf-8") for file in files)).encode()
    packed = {"br": brotli.compress(body), "gzip": gzip.compress(body, mtime=0)}
    return Bundle(body, packed, hashlib.sha256(body).hexdigest()[:16])


def bundle_tags(nonce: str) -> str:
    """Return what loads both in a page's head."""
    style, script = (f"./page.{kind}?v={bundle(kind).digest}" for kind in KINDS)
    return f'<link rel="stylesheet" href="{style}"><script nonce="{nonce}" src="{script}"></script>'


@cache
def script_messages() -> tuple[str, ...]:
    """Return the messages that the scripts show, of a plural the first form."""
    return tuple(dict.fromkeys(json.loads(f'"{found}"') for found in PHRASE.findall(bundle("js").body.decode())))


def phrases_tag() -> str:
    """Return what hands the scripts their messages in the language that is spoken; nothing of English, which they have.

    It is data, which no browser runs.
    """
    known = messages(script_messages())
    if not known:
        return ""
    data = json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="phrases">{data}</script>'


def accepted_ways(header: str) -> set[str]:
    """Return the ways of packing that an Accept-Encoding header names, without those of no weight ("br;q=0")."""
    ways = (way.lower().replace(" ", "").partition(";q=") for way in header.split(","))
    return {name for name, _, weight in ways if not weight or weight.strip("0.")}


def bundle_routes() -> APIRouter:
    """Return the routes of both."""
    router = APIRouter()

    @router.get("/page.{kind}", include_in_schema=False)
    def send(request: Request, kind: str, v: str = "") -> Response:
        found = bundle(kind)  # its door lets in no other kind
        headers = {"Cache-Control": FOR_EVER if v == found.digest else "no-cache", "Vary": "Accept-Encoding"}
        accepted = accepted_ways(request.headers.get("accept-encoding", ""))
        way = next((way for way in found.packed if way in accepted), None)
        if way is None:
            return Response(found.body, media_type=KINDS[kind], headers=headers)
        return Response(found.packed[way], media_type=KINDS[kind], headers={**headers, "Content-Encoding": way})

    return router
