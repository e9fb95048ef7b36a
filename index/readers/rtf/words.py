"""RTF's control words: which groups are no text, which words are characters, and the code pages of its fonts."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|((?:\\'[0-9a-fA-F]{2})+)|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
SIGNS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ",
    "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d",
    "zwnj": "\u200c", "ltrmark": "", "rtlmark": "", "lbr": "\n", "softline": "\n",
}  # fmt: skip
ESCAPED = {"~": "\xa0", "_": "-", "-": "", "\\": "\\", "{": "{", "}": "}"}
# Groups that are no text, whether they say that they may be passed over or not.
LEFT_OUT = frozenset(
    """
    colortbl filetbl pict nonshppict objdata objclass objname fldinst fldtype datafield formfield listtable
    listoverridetable revtbl rsidtbl generator private tc tcn xe rxe txe sp pntxta pntxtb ftnsep ftnsepc ftncn
    aftnsep aftnsepc aftncn template operator bkmkstart bkmkend themedata colorschememapping datastore latentstyles
    xmlnstbl nonesttables nesttableprops atnid atnref atndate atntime atnparent atnicn atrfstart atrfend background
    passwordhash fontemb fontfile panose falt fname pn upr htmltag mhtmltag pgptbl docvar wgrffmtfilter userprops
    revtim creatim printim buptim author manager company subject keywords category doccomm comment hlinkbase
    mmathPict levelnumbers shprslt fonttbl leveltext listname listpicture
    """.split()
)
# Groups that say so but have text in them that people see.
READ_ALL_THE_SAME = frozenset("shpinst annotation atnauthor ud picprop shppict do moMath moMathPara listtext".split())
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
SYMBOL = 2  # the character set of fonts of signs
_SYMBOLS = {0xB7: "•", 0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xDF: "←", 0xFC: "✓", 0xB0: "°", 0xB1: "±"}


class Token(NamedTuple):
    """A control word with its number, a sign after a backslash, a brace, or bytes of text; the others are empty."""

    word: str = ""
    number: int | None = None
    sign: str = ""
    brace: bytes = b""
    data: bytes = b""


def tokens(rtf: bytes) -> Iterator[Token]:
    """Yield what an RTF text is made of; binary data in it is passed over."""
    at, end = 0, len(rtf)
    while at < end and (found := _TOKEN.match(rtf, at)):
        at = found.end()
        word, number, code, sign, brace, data = found.groups()
        if word == b"bin":
            at += max(int(number or 0), 0)
        elif word:
            yield Token(word=word.decode("ascii"), number=None if number is None else int(number))
        elif code:
            yield Token(data=bytes.fromhex(code.replace(b"\\'", b"").decode("ascii")))
        elif sign:
            yield Token(sign=sign.decode("latin-1"))
        elif brace or data:
            yield Token(brace=brace or b"", data=data or b"")


def code_page(number: int | None) -> str:
    """Return the name of a code page, cp1252 if there is no such page."""
    try:
        return codecs.lookup("mac_roman" if number == 10000 else "utf-8" if number == 65001 else f"cp{number}").name
    except LookupError:
        return "cp1252"


def charset(number: int | None, default: str) -> str:
    """Return the encoding of a font's character set."""
    return default if number in (None, 0, 1) else _CHARSETS.get(number or 0, default)


def decode_symbols(data: bytes) -> str:
    """Return the signs of a font of signs as characters."""
    return "".join(_SYMBOLS.get(byte, chr(byte) if byte < 0x80 else "") for byte in data)
