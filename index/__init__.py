"""From documents to ranked hits: reading formats, splitting, embedding, storage, search."""
