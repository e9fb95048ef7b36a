"""A conversation as a PDF, by typst and the template beside this. Its name and its exchanges go in, bytes come out.

The texts are data to the template, never markup. Fonts come with the extra `pincite[pdf]`: FiraGO for the alphabets
(Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari, Georgian), Noto Sans CJK for Chinese, Japanese and Korean;
the system's are used for the rest, and what is in none of them is named at the end of the file.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import SettingsError
from ui.languages import later, phrase
from ui.text import one_line
from ui.web.parts.markup import HALF
from ui.web.parts.pieces import Piece, pieces
from ui.web.parts.scripts import setting
from ui.web.state.exchange import Exchange

TEMPLATE = Path(__file__).with_name("export.typ")
CUTS = {"figo": "FiraGO-Regular", "figbo": "FiraGO-Bold", "figit": "FiraGO-Italic"}  # by their names in pymupdf_fonts
FAMILIES = ("FiraGO", "Noto Sans CJK TC")
UNDRAWN = later("No font here has these letters, which could not be drawn: {letters}.")
MOST_NAMED = 12  # letters
_UNSEEN = ("C", "Z")  # categories of characters that nothing is drawn for


def to_pdf(name: str, exchanges: Sequence[Exchange]) -> bytes:
    """Return a conversation as a PDF. Raises `SettingsError` if what writes it isn't installed."""
    try:
        import typst
    except ImportError as error:
        raise SettingsError("PDF needs typst, which isn't installed: `pip install 'pincite[pdf]'`") from error
    with tempfile.TemporaryDirectory(prefix="pincite-") as folder:
        fonts = typst.Fonts(include_embedded_fonts=False, font_paths=_our_fonts(Path(folder)))
        told = _told(name, exchanges)
        letters = undrawn(_texts(told), [(font.path, font.index) for font in _ours_first(fonts.fonts())])
        told["undrawn"] = phrase(UNDRAWN, letters=letters) if letters else ""
        template = Path(folder, TEMPLATE.name)
        template.write_bytes(TEMPLATE.read_bytes())
        made = typst.compile(
            template,
            root=Path(folder),
            font_paths=fonts,
            format="pdf",
            sys_inputs={"told": json.dumps(told)},
        )
    return bytes(made)


def undrawn(text: str, fonts: Sequence[tuple[str, int]]) -> str:
    """Name the letters of a text that none of the fonts (path, number in the file) has, "" if they have all."""
    from fontTools.ttLib import TTFont, TTLibError

    wanted = {letter for letter in text if unicodedata.category(letter)[0] not in _UNSEEN}
    for path, number in fonts:
        if not wanted:
            return ""
        try:
            with TTFont(path, fontNumber=number, lazy=True) as font:
                wanted -= {chr(code) for code in font.getBestCmap() or ()}
        except (TTLibError, OSError):
            continue  # a font that can't be read draws nothing
    named = [f"U+{ord(one):04X} {unicodedata.name(one, '')}".rstrip() for one in sorted(wanted)]
    more = f", and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more


def _our_fonts(folder: Path) -> list[str]:
    """Return where the fonts lie that come with the extra; those that are kept in Python are written to the folder."""
    import cvttf_NotoSansCJK_Regular
    import pymupdf_fonts

    for name, file in CUTS.items():
        (folder / f"{file}.ttf").write_bytes(pymupdf_fonts.myfont(name))
    return [str(folder), str(Path(cvttf_NotoSansCJK_Regular.__file__).parent)]


def _ours_first(fonts: Sequence[Any]) -> list[Any]:
    """Return the fonts that have a file: ours first, which have nearly every letter, the large one after the small."""
    ranks = {family: rank for rank, family in enumerate(FAMILIES)}
    return sorted((one for one in fonts if one.path), key=lambda one: ranks.get(one.family, len(ranks)))


def _told(name: str, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Return what the template shows: each text with the language it is set for."""
    turns = [{"question": _set(one.question), "pieces": [_piece(piece) for piece in pieces(one)]} for one in exchanges]
    return {"name": _set(name), "turns": turns}


def _piece(piece: Piece) -> dict[str, Any]:
    if piece.kind == "source":
        ((number, title, where, quote),) = piece.rows
        lines = HALF.sub("\ufffd", quote).splitlines()
        quoted = {"lang": setting(quote), "text": "\n".join(map(one_line, lines))}
        return {"kind": "source", "rows": [[_set(number), _set(title), _set(where), quoted]]}
    return {"kind": piece.kind, "rows": [[_set(text) for text in row] for row in piece.rows]}


def _set(text: str) -> dict[str, str]:
    return {"lang": setting(text), "text": HALF.sub("\ufffd", one_line(text))}


def _texts(told: Any) -> str:
    """Return all the texts of what is told, one after the other."""
    if isinstance(told, dict):
        return told["text"] if "text" in told else "".join(map(_texts, told.values()))
    return "".join(map(_texts, told)) if isinstance(told, list) else ""
