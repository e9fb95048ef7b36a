"""From a question to an answer pinned to its sources: retrieval policy, reading, grounding, follow-ups, evaluation.

What the layer above may use is named in `__init__.pyi`; it is loaded when it is first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
