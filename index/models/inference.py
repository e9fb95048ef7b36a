"""Running the shipped networks: token ids go in, the network's outputs come out. The only file that runs OpenVINO."""

from __future__ import annotations

import hashlib
import importlib
import json
import queue
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

# OpenVINO's binding prepares itself in its first run, and two threads that do so at once wait for each other for ever:
# one has what the other needs, the interpreter's lock or the preparation's.
_FIRST_RUN = threading.Lock()


_STEP = 16  # tokens by which the lengths of batches differ


class Network:
    """A network in OpenVINO's format, compiled for this machine's processor.

    `hint` is what it is compiled for: "LATENCY" gives one run all cores, "THROUGHPUT" does several at a time, as many
    as `parallel` says. Any number of threads may use it; they wait for each other.
    """

    def __init__(self, weights: Path, *, hint: Literal["LATENCY", "THROUGHPUT"]) -> None:
        openvino = importlib.import_module("openvino")  # takes a quarter of a second: `pincite list` need not wait
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(weights), "CPU", {"PERFORMANCE_HINT": hint})
        self.parallel = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(self.parallel):
            self._free.put(compiled.create_infer_request())
        with _FIRST_RUN:
            self.run({port.any_name: np.ones((1, 1), dtype=np.int64) for port in compiled.inputs})

    def run(self, inputs: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.float32]]:
        """Return the network's outputs by name, for inputs int64 [rows, tokens], 0 where a row has ended.

        More zeros are put after them: it keeps code for every shape that it has seen, and with few it takes less than
        half the memory. Outputs for tokens are as much longer.
        """
        padded = {name: np.pad(rows, ((0, 0), (0, -rows.shape[1] % _STEP))) for name, rows in inputs.items()}
        request = self._free.get()
        try:
            return {port.any_name: values for port, values in request.infer(padded).items()}
        finally:
            self._free.put(request)


def damage(folder: Path, manifest: str) -> str:
    """Return what is wrong with a network's files, by the digests in its manifest; "" if nothing is."""
    try:
        digests = json.loads((folder / manifest).read_text(encoding="utf-8"))["sha256"]
        for name, digest in digests.items():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    return f"{name} is damaged"
    except OSError as error:
        return f"{Path(str(error.filename)).name}: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{manifest} is damaged"
    return ""
