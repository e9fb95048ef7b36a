"""Reading what may be rejected: what is read is returned, and a reason is one of those that are expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from index.errors import DocumentRejectedError

Found = TypeVar("Found")


def read_or_rejected(read: Callable[[], Found], reasons: str) -> Found | None:
    """Return what is read; None if it is rejected for one of the reasons, a pattern that its beginning has."""
    try:
        return read()
    except DocumentRejectedError as rejected:
        reason = str(rejected)
    assert re.match(reasons, reason), reason
    return None
