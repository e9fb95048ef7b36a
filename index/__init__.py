"""From documents to ranked hits: reading formats, splitting, embedding, storage, search.

What the layers above may use is named in `__init__.pyi`; it is loaded when it is first asked for, so that the processes
that read files, and commands that search nothing, start without the search engines.
"""

import sys

import lazy_loader

# OpenVINO and NNCF report to their makers that they were imported, by this package, which they can do without. Nothing
# leaves the machine: here, before anything imports them, the package is made to look as if it were not installed.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
