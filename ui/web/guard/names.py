"""Names: what this machine is called and where it is found, and what a request says it was sent to, and by whom."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

import psutil
from starlette.datastructures import Headers
from starlette.types import Scope

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
ANY = ("0.0.0.0", "::")  # noqa: S104 - every address of the machine
_AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?")
_STANDARD_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """What a request was sent to: scheme, name in lower case ("[::1]" for an address of IPv6), port; and its sender."""

    scheme: str
    name: str
    port: int
    client: str

    @property
    def authority(self) -> str:
        """Return name and port as a Host header has them."""
        return self.name if self.port == _STANDARD_PORTS[self.scheme] else f"{self.name}:{self.port}"

    def is_origin(self, origin: str) -> bool:
        """Say whether an Origin header names this very place: its scheme, its name and its port."""
        scheme, _, authority = origin.lower().partition("://")
        name, port = split_authority(authority, scheme)
        return bool(name) and (scheme, name, port) == (self.scheme, self.name, self.port)


def read_target(scope: Scope, headers: Headers, *, forwarded: bool) -> Target | None:
    """Read what a request was sent to; None where it doesn't say so in exactly one way.

    `forwarded`: it comes from a proxy that is believed, whose headers name the place that the person sees.
    """
    hosts = headers.getlist("host")
    scheme, client = scope.get("scheme", "http"), peer(scope)
    if forwarded:
        hosts = headers.getlist("x-forwarded-host") or hosts
        scheme = headers.get("x-forwarded-proto", scheme).lower()
        client = headers.get("x-forwarded-for", client).rpartition(",")[2].strip()  # the last one is the proxy's word
    if len(hosts) != 1 or scheme not in _STANDARD_PORTS:
        return None
    name, port = split_authority(hosts[0].lower(), scheme)
    return Target(scheme, name, port, client)


def split_authority(authority: str, scheme: str) -> tuple[str, int]:
    """Split "localhost:7860" into name and port; the name is "" if it is none."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        return "", 0
    return found["name"], int(found["port"] or _STANDARD_PORTS.get(scheme, 0))


def peer(scope: Scope) -> str:
    """Return the address that a request's connection comes from, "" if it has none."""
    return plain_address((scope.get("client") or ("",))[0])


def plain_address(address: str) -> str:
    """Return an IP address in its shortest form, one of IPv4 within IPv6 as IPv4; a name as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(getattr(found, "ipv4_mapped", None) or found)


def as_host(address: str) -> str:
    """Return an address as an address bar has it: that of IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches what is served at `host`; a name other than localhost may be anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def own_names(host: str) -> tuple[str, ...]:
    """Return the names that what is served at `host` answers to, without asking anyone for them.

    On loopback those are of loopback only: a neighbour may give out this machine's other names as its own.
    """
    if is_loopback(host):
        return (*LOCAL_HOSTS, as_host(host))
    name = socket.gethostname().lower().rstrip(".")
    short = name.partition(".")[0]
    return (*LOCAL_HOSTS, name, short, f"{short}.local", reached_at(host))


def reached_at(host: str) -> str:
    """Return the name for the address bar of what is served at `host`: for every address, one that neighbours reach."""
    if host not in ANY:
        return as_host(host)
    families = (socket.AF_INET,) if host == ANY[0] else (socket.AF_INET, socket.AF_INET6)
    for family in families:
        for addresses in psutil.net_if_addrs().values():
            for found in addresses:
                if found.family != family or "%" in found.address:  # an address with a zone is of one link only
                    continue
                address = ipaddress.ip_address(found.address)
                if not address.is_loopback and not address.is_link_local:
                    return as_host(str(address))
    return "127.0.0.1"
