"""Write the table of docs/settings.md, between its two marks, from the one table of settings: `make settings`."""

from __future__ import annotations

from pathlib import Path

from ui.checks import spelt
from ui.setting_rows import Setting
from ui.settings import DEFAULTS, TABLE
from ui.settings_sources import variable

SETTINGS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
BEGIN, END = "<!-- settings: made by `make settings` -->", "<!-- end of settings -->"
_HEADER = "| setting | flag | environment | default | meaning |\n|---|---|---|---|---|"
_EVERYWHERE = {"all", "answering"}  # of a flag that is not of a few commands only


def with_settings(text: str) -> str:
    """Return the document's text with the table as it should be. Raises `ValueError` if a mark is missing."""
    before, after = text.index(BEGIN) + len(BEGIN), text.index(END)
    rows = [_row(name, one) for name, one in TABLE.items()]
    return "\n".join([text[:before], _HEADER, *rows, text[after:]])


def _row(name: str, one: Setting) -> str:
    commands = "" if _EVERYWHERE & set(one.of) else f" ({', '.join(f'`{command}`' for command in one.of)})"
    default = f"`{DEFAULTS[name]}`" if DEFAULTS.get(name) else one.unset
    shown, meaning = spelt(name), one.meaning or one.help
    return f"| `{shown}` | `--{shown}`{commands} | `{variable(name)}` | {default} | {meaning} |"


if __name__ == "__main__":
    SETTINGS.write_text(with_settings(SETTINGS.read_text(encoding="utf-8")), encoding="utf-8")
