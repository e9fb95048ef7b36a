"""What the page is about: conversations, the library, indexing, sources; without any HTML."""
