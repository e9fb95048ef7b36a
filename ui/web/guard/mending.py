"""Mending: what goes out with every response, and Gradio's index page made ours.

Gradio's template names hosts outside this machine (previews for social networks, a manifest) and has inline scripts.
What names a host is taken out, each inline script gets this response's nonce, and the Content-Security-Policy lets
the page speak to its own origin only: whatever a template of a later Gradio brings, the browser does not fetch it.
"""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope, Send

from ui.languages import language
from ui.web.bundle import bundle_tags, phrases_tag

POLICY = (
    "default-src 'none'; "
    "script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "  # gr.HTML compiles its (constant) template with Function
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
TAKEN_ALONG = "sandbox; default-src 'none'; frame-ancestors 'none'"  # what is a file to keep is not shown here at all
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SHOWN = {  # what only matters of what a browser shows; a first load has fifty scripts and styles
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
USED = ("text/css", "text/javascript", "application/javascript")  # by a page, whose own policy holds
OUTSIDE = re.compile(r"""<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|<link\s+rel="manifest"[^>]*>""", re.DOTALL)
# What only speaks to a page around this one, of which there is none.
FRAMED = re.compile(r"<script>(?:(?!</script>).)*iframeResizer(?:(?!</script>).)*</script>", re.DOTALL)
SCRIPT = re.compile(r"<script\b")
HEAD_END = re.compile(r"</head>")
OURS = '<meta name="color-scheme" content="light dark">'


class Sender:
    """Sends a response on with its headers; an index page is gathered, mended, and sent whole, packed if `packs`."""

    def __init__(self, send: Send, *, mends: bool, packs: bool = False, look: Callable[[], str] = str) -> None:
        self._mends = mends
        self._packs = packs
        self._look = look
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._body = b""
        self._has_length = False
        self._started = self._ended = False

    async def __call__(self, message: Message) -> None:
        """Send a part of the response on."""
        if message["type"] == "http.response.start":
            self._started = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if not headers.get("content-type", "").startswith(USED):
                kept = headers.get("content-disposition", "").startswith("attachment")
                policy = TAKEN_ALONG if kept else POLICY.format(nonce=self._nonce)
                headers.update({**SHOWN, "Content-Security-Policy": policy})
            self._has_length = "content-length" in headers
            if self._mends and headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        else:
            self._ended = not message.get("more_body")
            if self._start is not None:
                self._body += message.get("body", b"")
                if self._ended:
                    await self._send_mended(self._start)
                return
        await self._send(message)

    async def fail(self, scope: Scope) -> None:
        """End a response that failed: with one line, or, where it has begun, with what it has so far."""
        if not self._started:
            response = PlainTextResponse("Something failed here.", status_code=500)
            await response(scope, _nothing, self)
        elif not self._ended and not self._has_length:
            await self({"type": "http.response.body", "body": b""})

    async def _send_mended(self, start: Message) -> None:
        body = mended(self._body.decode(), self._nonce, look=self._look()).encode()
        headers = MutableHeaders(scope=start)
        if self._packs:
            body = gzip.compress(body, 6)
            headers["content-encoding"] = "gzip"
        headers["vary"] = "Accept-Encoding, Accept-Language"
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def mended(page: str, nonce: str, *, look: str = "") -> str:
    """Return Gradio's index page without what names other hosts, with our style, our script, its words and the nonce.

    `look` has attributes of the page as a whole.
    """
    page = page.replace("<html", f"<html {look}", 1) if look else page
    page = page.replace('lang="en"', f'lang="{language()}"', 1)
    page = SCRIPT.sub(f'<script nonce="{nonce}"', OUTSIDE.sub("", FRAMED.sub("", page)))
    return HEAD_END.sub(lambda end: OURS + phrases_tag() + bundle_tags(nonce) + end[0], page, count=1)
