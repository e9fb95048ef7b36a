"""Source code and settings: bytes in, the text as it is out; its lines and its indentation mean something."""

from __future__ import annotations

import re

from index.readers.content import Content, Source
from index.readers.encoding import decode

_DECLARED = re.compile(rb"(?:coding|fileencoding|charset)\s*[:=]\s*[\"']?([\w.-]+)")
_DECLARED_WITHIN = 512  # bytes; Python looks at two lines, CSS at the first


def read(source: Source) -> Content:
    """Read source code, in the encoding that it declares, if it declares one."""
    declared = _DECLARED.search(source.data[:_DECLARED_WITHIN])
    text = decode(source.data, declared[1].decode("ascii") if declared else "")
    return Content("", "\n".join(line.rstrip() for line in text.split("\n")).strip("\n"))
