"""Embedding: the passages that have no embedding yet, a batch a transaction."""

from __future__ import annotations

from index.progress import Report, SyncProgress
from index.writer import Writer

_AT_ONCE = 128  # passages a transaction: a second of work at the most is done again after a crash


def embed_pending(writer: Writer, report: Report) -> None:
    """Embed every passage that has no embedding yet, identical texts once."""
    if not writer.catalog.waiting():
        return
    counts = writer.catalog.counts()
    done, total = counts.embedded, counts.passages
    report(SyncProgress("embedding", done, total, ""))
    while embed_batch(writer):
        done = total - writer.catalog.waiting()
        report(SyncProgress("embedding", done, total, ""))


def embed_batch(writer: Writer) -> bool:
    """Embed the passages that have waited longest; return whether there were any."""
    pending = writer.catalog.unembedded(_AT_ONCE)
    if not pending:
        return False
    if not writer.catalog.model():
        writer.catalog.set_model(writer.encoder.model_id, writer.encoder.digest)
        pending = writer.catalog.unembedded(_AT_ONCE)
    texts = {key: stored.indexed_text for key, stored in pending}
    writer.catalog.add_embeddings(list(texts), writer.encoder.embed_passages(list(texts.values())))
    return True
