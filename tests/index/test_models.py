"""Another embedding model has its place: one class, here for a server that is asked and shows no tokenizer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
from numpy.typing import NDArray
from support import WordEncoder

from index.library import Library
from index.models import Encoder
from index.models.protocol import EmbeddingModel
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


class RemoteModel:
    """An embedding model behind an address."""

    ready, dimension, max_tokens, digest, tokenizer_json, unrelated = True, 384, 500, "1", "", None

    def __init__(self, address: str) -> None:
        self._address = address

    def load(self) -> None: ...

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        with urlopen(Request(self._address, json.dumps(list(texts)).encode())) as answer:
            return np.asarray(json.load(answer), dtype=np.float32)


def test_a_model_behind_an_address_embeds_and_finds(address: str, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    texts = {"cat": "The grey cat is called Bartholomew.\n" * 60, "dog": "The dog barks at herons.\n"}
    for name, text in texts.items():
        (tmp_path / "documents" / f"{name}.txt").write_text(text)
    model: EmbeddingModel = RemoteModel(address)
    library = Library(tmp_path / "home", Encoder("remote", model))
    report = sync_paths(library, [tmp_path / "documents"])
    assert (report.indexed, report.rejected) == (2, ())
    assert library.counts().embedded == report.passages > 2
    assert verify(library) == []
    assert library.document(library.search("the dog and the herons")[0].passage.doc_id).title == "dog"
    library.close()
