"""Running the shipped networks: token ids go in, the network's outputs come out. The only file that runs OpenVINO."""

from __future__ import annotations

import hashlib
import importlib
import json
import queue
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

# OpenVINO's binding prepares itself in its first run, and two threads that do so at once wait for each other for ever:
# one has what the other needs, the interpreter's lock or the preparation's.
_FIRST_RUN = threading.Lock()


_PRECISION = "f32"  # of what is not in 8 bits: bfloat16, the default where a processor has it, answers otherwise
_STEP = 16  # tokens by which the lengths of batches differ
WORDS = "words"  # the input of a network that has no word embeddings of its own: float32 [rows, tokens, width]
_WORD_EMBEDDINGS = "word_embeddings/aten::flatten/Reshape"  # the node that makes them, see `BlockedWords` in making/
HIDDEN = "hidden"  # the input of a network that stands on the first layers of another: float32 [rows, tokens, width]
_MASK = "attention_mask"


class Below(NamedTuple):
    """The first `layers` layers of a transformer, which is kept in the file `weights`."""

    weights: Path
    layers: int


class Network:
    """A network in OpenVINO's format, compiled for this machine's processor.

    `hint` is what it is compiled for: "LATENCY" gives one run all cores, "THROUGHPUT" does several at a time, as many
    as `parallel` says. Any number of threads may use it; they wait for each other. `words` is the network whose word
    embeddings it reads, where it has none of its own; `below` are the layers that it stands on, where it has only the
    upper ones. Without `weights` these are all there is, and what they put out is `HIDDEN`.
    """

    def __init__(
        self,
        weights: Path | None,
        *,
        hint: Literal["LATENCY", "THROUGHPUT"],
        words: Path | None = None,
        below: Below | None = None,
    ) -> None:
        openvino = importlib.import_module("openvino")  # takes a quarter of a second: `pincite list` need not wait
        core = openvino.Core()
        graph = core.read_model(weights) if weights else None
        if below is not None:
            graph = _on_layers(graph, core.read_model(below.weights), below.layers)
        if words is not None:
            graph = _behind_words(graph, core.read_model(words))
        compiled = core.compile_model(graph, "CPU", {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": _PRECISION})
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


def word_embeddings(graph: Any) -> tuple[Any, Any]:
    """Return the input of a network that takes token ids, and the node that makes word embeddings of them."""
    [ids] = (port.get_node() for port in graph.inputs if "input_ids" in port.get_names())
    [made] = (node for node in graph.get_ordered_ops() if node.get_friendly_name().endswith(_WORD_EMBEDDINGS))
    return ids, made


def _behind_words(graph: Any, other: Any) -> Any:
    """Return a network that takes word embeddings, `WORDS`, behind those of another: it takes token ids then."""
    openvino = importlib.import_module("openvino")
    ids, made = word_embeddings(other)
    [place] = (port.get_node() for port in graph.inputs if WORDS in port.get_names())
    place.output(0).replace(made.output(0))
    kept = [node for node in graph.get_parameters() if node.get_friendly_name() != place.get_friendly_name()]
    return openvino.Model(graph.get_results(), [ids, *kept])


def _on_layers(graph: Any, other: Any, layers: int) -> Any:
    """Return a network that takes what the first layers of another put out, on these; the layers alone without it."""
    openvino = importlib.import_module("openvino")
    name = f"encoder.layer.{layers - 1}.output.LayerNorm/aten::layer_norm/Add"
    [top] = (node for node in other.get_ordered_ops() if node.get_friendly_name().endswith(name))
    if graph is None:
        top.output(0).set_names({HIDDEN})
        return openvino.Model([openvino.opset13.result(top.output(0))], other.get_parameters())
    [mask] = (port.get_node() for port in other.inputs if _MASK in port.get_names())
    for port in graph.inputs:
        port.get_node().output(0).replace((top if HIDDEN in port.get_names() else mask).output(0))
    return openvino.Model(graph.get_results(), other.get_parameters())


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
