"""Outlook's packed RTF: unpacked as MS-OXRTFCP has it; and the HTML that Outlook wraps in it, as MS-OXRTFEX has it."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

_PACKED = 0x75465A4C  # "LZFu"
_PLAIN = 0x414C454D  # "MELA"
_HEADER = struct.Struct("<IIII")
_WINDOW = 4096
# What the window holds before the first byte, so that what every RTF has is packed from the start.
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"tab": "\t", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"bullet": "•", b"endash": "–", b"emdash": "—",
}  # fmt: skip
_ESCAPED = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "&nbsp;", b"_": "&shy;"}
_NO_TEXT = frozenset((b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"listtable", b"pntext"))
_CHARSETS = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_FONT = re.compile(rb"\\f(\d{1,5})[^{}]{0,60}?\\fcharset(\d{1,3})")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{2,5})")


def unpacked(data: bytes) -> bytes:
    """Return the RTF of a message; what is cut off or damaged ends there."""
    if len(data) < _HEADER.size:
        return b""
    _, size, kind, _ = _HEADER.unpack_from(data)
    if kind == _PLAIN:
        return data[_HEADER.size : _HEADER.size + size]
    if kind != _PACKED:
        return b""
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    output, to, at = bytearray(), len(_DICTIONARY), _HEADER.size
    while at < len(data) and len(output) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(data):
                    return bytes(output[:size])
                reference = data[at] << 8 | data[at + 1]
                at += 2
                offset, length = reference >> 4, (reference & 0xF) + 2
                if offset == to:
                    return bytes(output[:size])
                found = [(offset + step) % _WINDOW for step in range(length)]
            else:
                if at >= len(data):
                    return bytes(output[:size])
                window[to] = data[at]  # so that one byte is copied as a reference is
                found = [to]
                at += 1
            for place in found:
                byte = window[place]
                output.append(byte)
                window[to] = byte
                to = (to + 1) % _WINDOW
    return bytes(output[:size])


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside of a pair of braces."""

    skipped: bool = False
    is_rtf: bool = False  # what RTF readers show in the place of a tag
    encoding: str = "cp1252"
    fallback: int = 1  # characters after one of Unicode that stand for it


@dataclass(slots=True)
class _Unwrapper:
    """Goes through the RTF once and collects what is HTML in it."""

    fonts: dict[int, str]
    group: _Group
    _groups: list[_Group] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _raw: bytearray = field(default_factory=bytearray)  # bytes of characters that may have more than one
    _starred: bool = False
    _skip: int = 0  # characters that stand for the one before

    def read(self, rtf: bytes) -> str:
        for token in _TOKEN.finditer(rtf):
            word, number, code, sign, brace, text = token.groups()
            if code is None:
                self._flush()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, int(number) if number else None)
            elif sign == b"*":
                self._starred = True
            elif code or text:
                self._bytes(bytes.fromhex(code.decode("ascii")) if code else text)
            elif sign in _ESCAPED:
                self._add(_ESCAPED[sign])
        self._flush()
        return "".join(self._parts)

    def _brace(self, brace: bytes) -> None:
        self._skip = 0
        if brace == b"{":
            self._groups.append(self.group)
        elif self._groups:
            self.group = self._groups.pop()
        self._starred = False

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"htmltag":
            self.group = replace(self.group, is_rtf=False)
        elif starred or word in _NO_TEXT:
            self.group = replace(self.group, skipped=True)
        elif word == b"htmlrtf":
            self.group = replace(self.group, is_rtf=number != 0)
        elif word == b"f":
            self.group = replace(self.group, encoding=self.fonts.get(number or 0, self.group.encoding))
        elif word == b"uc":
            self.group = replace(self.group, fallback=min(max(number or 0, 0), 10))
        elif word == b"u" and number is not None:
            self._add(chr(number % 0x10000))
            self._skip = self.group.fallback
        elif word in _SIGNS:
            self._add(_SIGNS[word])

    def _bytes(self, data: bytes) -> None:
        skip = min(self._skip, len(data))
        self._skip -= skip
        if not (self.group.skipped or self.group.is_rtf):
            self._raw += data[skip:]
            if len(data) > 1:
                self._flush()

    def _flush(self) -> None:
        if self._raw:
            self._parts.append(self._raw.decode(self.group.encoding, "replace"))
            self._raw.clear()

    def _add(self, text: str) -> None:
        if not (self.group.skipped or self.group.is_rtf):
            self._parts.append(text)


def html_in(rtf: bytes) -> str:
    """Return the HTML that is wrapped in an RTF, or "" if there is none."""
    if b"\\fromhtml" not in rtf[:500]:
        return ""
    page = _CODE_PAGE.search(rtf[:500])
    default = _known(f"cp{page[1].decode('ascii')}") if page else "cp1252"
    fonts = {int(number): _CHARSETS.get(int(charset), default) for number, charset in _FONT.findall(rtf[:50_000])}
    html = _Unwrapper(fonts, _Group(encoding=default)).read(rtf)
    return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs that were written as two


def _known(encoding: str) -> str:
    try:
        b"".decode(encoding)
    except LookupError:
        return "cp1252" if encoding != "cp65001" else "utf-8"
    return encoding
