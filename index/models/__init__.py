"""The encoder: texts go in, unit-length embeddings come out."""

from index.models.default import bundled_folder
from index.models.encoder import DEFAULT_MODEL, Encoder

__all__ = ["DEFAULT_MODEL", "Encoder", "bundled_folder"]
