"""Another embedding model has its place: it is one file and one line, here the one of `tests/toys/`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support import WordEncoder
from toys.model import RemoteModel

from index.errors import SettingsError
from index.library import Library
from index.models import Encoder
from index.store.verify import verify
from index.sync.sync import sync_paths


class EmbeddingsHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = json.dumps(WordEncoder().embed_passages(texts).tolist()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmbeddingsHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_model_behind_an_address_embeds_and_finds(address: str, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    texts = {"cat": "The grey cat is called Bartholomew.\n" * 60, "dog": "The dog barks at herons.\n"}
    for name, text in texts.items():
        (tmp_path / "documents" / f"{name}.txt").write_text(text)
    library = Library(tmp_path / "home", Encoder("remote", RemoteModel(address)))
    report = sync_paths(library, [tmp_path / "documents"])
    assert (report.indexed, report.rejected) == (2, ())
    assert library.counts().embedded == report.passages > 2
    assert verify(library) == []
    assert library.document(library.search("the dog and the herons")[0].passage.doc_id).title == "dog"
    library.close()


def test_a_server_that_is_not_there_is_named_with_the_cure() -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:9.*start the server"):
        Encoder("remote", RemoteModel("http://127.0.0.1:9/")).embed_query("the dog")
