"""Connections: one that begins a request and does not end it is closed, so that nobody holds them all open.

None outlives the server.

What is found out about a connection is remembered with it.
"""

from __future__ import annotations

import asyncio
import socket

from starlette.types import Scope
from uvicorn import Server
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEAD_SECONDS = 10.0
_REMEMBERED = "pincite.connection"  # in the state of each request's scope
LARGEST_HEAD = 32 * 1024  # bytes of a request's line and headers


def remembered(scope: Scope) -> dict[str, bool]:
    """Return what is known of the connection that a request came by, to be read and to be added to."""
    known: dict[str, bool] = scope.get("state", {}).get(_REMEMBERED, {})
    return known


class PatientProtocol(H11Protocol):
    """Uvicorn's HTTP, which waits for a request's headers at most `HEAD_SECONDS`, or twice that after another request.

    Uvicorn itself closes a connection that is quiet between two requests, but not one on which nothing was asked
    yet, or whose headers come byte by byte.
    """

    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        self.app_state = {
            **self.app_state,
            _REMEMBERED: {},
        }  # each request gets a shallow copy
        super().connection_made(transport)
        self._wait(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _wait(self, answered: RequestResponseCycle | None) -> None:
        self._watch = self.loop.call_later(HEAD_SECONDS, self._check, answered)

    def _check(self, answered: RequestResponseCycle | None) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self.cycle is answered:
            self.transport.close()
        else:
            self._wait(self.cycle if idle else None)


class EndingServer(Server):
    """Uvicorn, which leaves no connection open when it ends: one that came while it closed the others was forgotten."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, then drop what is left."""
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # by the loop's next turn they are closed
