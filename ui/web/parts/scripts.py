"""How a text is set: from right to left or not, and with the letters of which language. Text in, its name out."""

from __future__ import annotations

import re
import unicodedata

# The first that is found in a text names the language that its letters are set for: kana before the Han signs.
_SETTINGS = (
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe]")),
    ("he", re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]")),
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")),
)


def is_rightward(text: str) -> bool:
    """Tell whether a text begins, with its first letter, at the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL", "L"):
            return direction != "L"
    return False


def setting(text: str) -> str:
    """Return the language that a text is set for: "en" if its letters ask for nothing else."""
    rightward = is_rightward(text)
    for language, letters in _SETTINGS:
        if (language in ("ar", "he")) <= rightward and letters.search(text):
            return language
    return "en"
