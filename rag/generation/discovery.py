"""Language model servers on this machine, found when a person asks for it: never in answering, and nowhere else."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass

USUAL_PORTS = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
_HERE = "127.0.0.1"
_SECONDS = 1.0
_MOST_BYTES = 1 << 20
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server of the OpenAI chat protocol on this machine, by the program that usually has its port."""

    program: str
    address: str
    models: tuple[str, ...]


def find_servers() -> list[FoundServer]:
    """Return the servers that answer at the usual ports of this machine's loopback address."""
    found = []
    for program, port in USUAL_PORTS.items():
        models = _models_at(port)
        if models is not None:
            found.append(FoundServer(program, f"http://{_HERE}:{port}", models))
    return found


def _models_at(port: int) -> tuple[str, ...] | None:
    """Return the models of the server at a port, None if none of this protocol is there."""
    connection = http.client.HTTPConnection(_HERE, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/v1/models")
        answer = connection.getresponse()
        listed = json.loads(answer.read(_MOST_BYTES)) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return None
    finally:
        connection.close()
    rows = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(rows, list):
        return None
    names = [row.get("id") for row in rows[:_MOST_NAMES] if isinstance(row, dict)]
    return tuple(name for name in names if isinstance(name, str))
