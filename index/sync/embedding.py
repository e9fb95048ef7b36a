"""Embedding: the passages that have no embedding yet, a batch a transaction."""

from __future__ import annotations

from index.library import Library
from index.progress import Report, SyncProgress

_AT_ONCE = 128  # passages a transaction: a second of work at the most is done again after a crash


def embed_pending(library: Library, report: Report) -> None:
    """Embed every passage that has no embedding yet, identical texts once; the writing lock must be held."""
    if not library.catalog.waiting():
        return
    counts = library.catalog.counts()
    done, total = counts.embedded, counts.passages
    report(SyncProgress("embedding", done, total, ""))
    while embed_batch(library):
        done = total - library.catalog.waiting()
        report(SyncProgress("embedding", done, total, ""))


def embed_batch(library: Library) -> bool:
    """Embed the passages that have waited longest; return whether there were any. The writing lock must be held."""
    pending = library.catalog.unembedded(_AT_ONCE)
    if not pending:
        return False
    if not library.catalog.model():
        library.catalog.set_model(library.encoder.model_id, library.encoder.digest)
        pending = library.catalog.unembedded(_AT_ONCE)
    texts = {key: stored.indexed_text for key, stored in pending}
    library.catalog.add_embeddings(list(texts), library.encoder.embed_passages(list(texts.values())))
    return True
