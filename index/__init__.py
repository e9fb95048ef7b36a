"""From documents to ranked hits: reading formats, splitting, embedding, storage, search."""

import sys

# OpenVINO and NNCF report to their makers that they were imported, by this package, which they can do without. Nothing
# leaves the machine: here, before anything imports them, the package is made to look as if it were not installed.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
