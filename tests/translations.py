"""Bring the catalogues in ui/translations/ in line with the messages that stand in the code: `make translations`.

What is new gets an empty translation, which a test finds; what is used no more goes.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from ui.languages import ENGLISH, FOLDER, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
ONE, TWO = {"phrase", "later"}, {"phrases", "counted"}  # functions, and how many of their arguments are messages
TEXT = r'("(?:[^"\\\n]|\\.)*")'
CALL = re.compile(rf"\b(phrases?)\(\s*{TEXT}(?:,\s*{TEXT})?")  # in a script
Message = str | tuple[str, str]


def messages() -> dict[Message, list[str]]:
    """Return the messages that stand in the code, and in which files."""
    found: dict[Message, list[str]] = {}
    for path in sorted([*(ROOT / "ui").rglob("*.py"), *(ROOT / "ui").rglob("*.js")]):
        for message in _in_python(path) if path.suffix == ".py" else _in_script(path):
            places = found.setdefault(message, [])
            places += [str(path.relative_to(ROOT))] if str(path.relative_to(ROOT)) not in places else []
    plural = {message[0]: message for message in found if isinstance(message, tuple)}
    for one in [message for message in found if message in plural]:  # both as it is and in its forms
        found[plural[str(one)]] += found.pop(one)
    return found


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if node.func.id in ONE and texts and texts[0]:
            yield texts[0]
        elif node.func.id in TWO and len(texts) >= 2:
            yield texts[0], texts[1]


def _in_script(path: Path) -> Iterator[Message]:
    for name, one, many in CALL.findall(path.read_text(encoding="utf-8")):
        yield (json.loads(one), json.loads(many)) if name == "phrases" else json.loads(one)


def catalogue(name: str) -> Catalog:
    """Return the catalogue of a language."""
    path = FOLDER / f"{name}.po"
    if not path.exists():
        return Catalog(locale=name)
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=name)


def main() -> None:
    """Write the catalogues anew."""
    for name in LANGUAGES:
        if name == ENGLISH:
            continue
        old, new = catalogue(name), Catalog(locale=name, project="Pincite", fuzzy=False)
        for message, places in messages().items():
            known = old.get(message[0] if isinstance(message, tuple) else message)
            string = known.string if known and isinstance(known.id, tuple) == isinstance(message, tuple) else ""
            new.add(message, string or "", locations=[(place, 0) for place in places])
        write(name, new)


def write(name: str, new: Catalog) -> None:
    """Write a catalogue, of whose headers those stay that say something."""
    new.header_comment = f"# The words of Pincite in {LANGUAGES[name]}; the messages are the English words of the code."
    written = io.BytesIO()
    write_po(written, new, width=110, include_lineno=False)
    said = re.sub(rb'"(?!Language:|Plural-Forms|MIME|Content)[A-Z][\w-]+: [^\n]*\\n"\n', b"", written.getvalue())
    (FOLDER / f"{name}.po").write_bytes(said)


if __name__ == "__main__":
    main()
