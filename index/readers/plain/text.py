"""Plain text: bytes in, the text exactly as decoded out (line ends are "\\n", no byte order mark)."""

from __future__ import annotations

from index.readers.content import Content, Source
from index.readers.encoding import decode


def read(source: Source) -> Content:
    """Read plain text: no title, no headings."""
    return Content(title="", text=decode(source.data))
