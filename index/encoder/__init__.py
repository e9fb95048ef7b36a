"""The encoder: texts go in, unit-length embeddings come out."""

from index.encoder.model import DEFAULT_MODEL, Encoder
from index.encoder.shipped import bundled_folder

__all__ = ["DEFAULT_MODEL", "Encoder", "bundled_folder"]
