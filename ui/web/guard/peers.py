"""Peers: whether what connects to us on this machine is another of its users. Linux says; other systems don't."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

from starlette.types import Scope

from ui.web.guard.connections import remembered

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LOCAL, _REMOTE, _USER = 1, 2, 7  # columns of a table, see proc_net_tcp of the kernel's documentation
_ROOT = 0  # who reads everything anyway


def is_another_user(scope: Scope) -> bool:
    """Tell whether a request was sent on this machine by a program of another user than ours.

    False where the system doesn't say whose a connection is. It is asked once for each connection.
    """
    known = remembered(scope)
    if "another user" not in known:
        known["another user"] = _is_another_user(scope)
    return known["another user"]


def _is_another_user(scope: Scope) -> bool:
    client, server = scope.get("client"), scope.get("server")
    if sys.platform != "linux" or not client or not server or not _is_loopback(client[0]):
        return False
    ends = (_end(*client), _end(*server))
    for table in _TABLES:
        user = _user_of(Path(table), ends)
        if user is not None:
            return user not in (os.geteuid(), _ROOT)
    return False


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _user_of(table: Path, ends: tuple[frozenset[str], frozenset[str]]) -> int | None:
    """Return whose the connection is that goes from one end to the other, None if it is not in the table."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines[1:]:
        columns = line.split()
        if columns[_LOCAL] in ends[0] and columns[_REMOTE] in ends[1]:
            return int(columns[_USER])
    return None


def _end(address: str, port: int) -> frozenset[str]:
    """Return the forms in which the tables write an address and a port: as of IPv4, of IPv6, and of one within it."""
    packed = ipaddress.ip_address(address).packed
    forms = {packed}
    if len(packed) == 4:
        forms.add(bytes(10) + b"\xff\xff" + packed)
    return frozenset(f"{_words(form)}:{port:04X}" for form in forms)


def _words(packed: bytes) -> str:
    """Return an address as hexadecimal words of 32 bits, each in the byte order of the machine."""
    words = (int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4))
    return "".join(f"{word:08X}" for word in words)
