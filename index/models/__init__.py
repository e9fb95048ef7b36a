"""The encoder: texts go in, unit-length embeddings come out."""

from index.models.encoder import DEFAULT_MODEL, Encoder
from index.models.minilm import bundled_folder

__all__ = ["DEFAULT_MODEL", "Encoder", "bundled_folder"]
