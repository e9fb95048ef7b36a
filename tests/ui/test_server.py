"""The server: who may come in, what goes out with every answer, the pages of PDFs, the port."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import brotli
import pytest

from index.errors import SettingsError
from ui.web.guard.mending import mended
from ui.web.server import bind

if TYPE_CHECKING:
    from conftest import Served


def get(served: Served, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {key.lower(): value for key, value in response.getheaders()}, body


def doc_id(served: Served, ending: str) -> str:
    return next(entry.doc_id for entry in served.assistant.library.entries() if entry.path.endswith(ending))


def test_the_page_names_no_other_host(served: Served) -> None:
    status, headers, body = get(served, "/", Accept_Encoding="br")
    assert status == 200
    page = re.sub(r"<script[^>]*>window\.gradio_(config|api_info) = .*?</script>", "", body.decode())
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}", page))
    assert not addresses
    assert headers["cache-control"] == "no-store"


def test_the_page_holds_no_document_before_it_is_asked_for(served: Served) -> None:
    body = get(served, "/")[2].decode()
    assert "Marta" not in body
    assert str(served.folder) not in body


def test_scripts_run_with_this_answers_nonce_only(served: Served) -> None:
    _, headers, body = get(served, "/")
    policy = headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]+)'", policy)
    assert nonce
    assert nonce[1] not in get(served, "/")[1]["content-security-policy"]
    assert body.decode().count("<script") == body.decode().count(f'<script nonce="{nonce[1]}"')
    script = re.search(r"script-src ([^;]*)", policy)
    assert script
    assert "unsafe-inline" not in script[1]
    assert "connect-src 'self'" in policy
    assert not re.search(r"https?:|\*", policy)


def test_styles_and_scripts_are_packed_and_kept_by_a_browser_until_they_change(served: Served) -> None:
    page = gzip.decompress(get(served, "/", Accept_Encoding="br, gzip")[2]).decode()
    for kind in ("css", "js"):
        (path,) = re.findall(rf'"\./(page\.{kind}\?v=[0-9a-f]{{16}})"', page)
        status, headers, body = get(served, f"/{path}", Accept_Encoding="gzip")
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert "immutable" in headers["cache-control"]
        _, headers, plain = get(served, f"/page.{kind}?v=0000000000000000")
        assert "content-encoding" not in headers
        assert headers["cache-control"] == "no-cache"
        assert gzip.decompress(body) == plain
        _, headers, body = get(served, f"/{path}", Accept_Encoding="gzip, deflate, br, zstd")
        assert headers["content-encoding"] == "br"
        assert brotli.decompress(body) == plain
        assert len(body) < len(gzip.compress(plain))


def test_each_answer_has_the_headers(served: Served) -> None:
    for path in ("/", "/page.css", "/page.js", "/page/none/1.png", "/gradio_api/upload", "/nowhere"):
        headers = get(served, path)[1]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        shown = not path.endswith((".css", ".js"))
        assert (headers.get("referrer-policy") == "no-referrer") == shown
        assert ("content-security-policy" in headers) == ("x-frame-options" in headers) == shown


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", ""])
def test_another_host_name_is_refused(served: Served, host: str) -> None:
    assert get(served, "/", Host=host)[0] == 421


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "LOCALHOST", "[::1]:7860"])
def test_this_machines_names_are_answered(served: Served, host: str) -> None:
    assert get(served, "/page.css", Host=host)[0] == 200


def test_another_origin_is_refused(served: Served) -> None:
    own = served.address.rstrip("/")
    assert get(served, "/gradio_api/queue/join", method="POST", Origin="https://evil.example")[0] == 403
    assert get(served, "/page.css", Origin="null")[0] == 403
    assert get(served, "/page.css", Origin=own)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/file=/etc/passwd", "/gradio_api/upload", "/gradio_api/proxy=http://x", "/gradio_api/info"),
        *("/docs", "/openapi.json", "/redoc", "/monitoring", "/monitoring/summary", "/gradio_api/runs"),
        *("//gradio_api/file=/etc/passwd", "/a/../gradio_api/file=/etc/passwd", "/%67radio_api/file=/etc/passwd"),
    ],
)
def test_ways_in_that_the_page_does_not_need_are_closed(served: Served, path: str) -> None:
    assert get(served, path)[0] in (403, 404)


def test_a_page_is_an_image_that_nothing_keeps(served: Served) -> None:
    status, headers, body = get(served, f"/page/{doc_id(served, '.pdf')}/1.png")
    assert status == 200
    assert headers["content-type"] == "image/png"
    assert headers["cache-control"] == "no-store"
    assert body.startswith(b"\x89PNG")


def test_a_page_that_is_not_there_is_not_found(served: Served) -> None:
    pdf = doc_id(served, ".pdf")
    wrong = [f"/page/{pdf}/0.png", f"/page/{pdf}/4.png", f"/page/{pdf}/-1.png", f"/page/{doc_id(served, '.md')}/1.png"]
    wrong += ["/page/none/1.png", f"/page/{quote(str(served.folder / 'manual.pdf'), safe='')}/1.png"]
    wrong += ["/page/..%2F..%2Fetc%2Fpasswd/1.png", "/page/../../../etc/passwd"]
    assert {get(served, path)[0] for path in wrong} == {404}


def test_a_port_in_use_is_named_with_the_cure() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"port {port} is in use.*--port"):
            bind("127.0.0.1", port)


def test_answers_are_not_held_back_for_the_other_side() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # for asyncio to set TCP_NODELAY


def test_an_index_page_is_mended() -> None:
    page = (
        '<head><meta property="og:url" content="https://x.example"/><link rel="manifest" href="/m">\n'
        '<script>a(); load("iframeResizer.js"); b()</script>'
        '<script>1</script><script type="module" src="./a.js"></script></head><body></body>'
    )
    mine = mended(page, "abc")
    assert "example" not in mine
    assert "manifest" not in mine
    assert "iframeResizer" not in mine
    assert mine.count('<script nonce="abc"') == mine.count("<script") == 3
