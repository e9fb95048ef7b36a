"""Outlook's packed RTF: unpacked as MS-OXRTFCP has it; and the HTML that Outlook wraps in it, as MS-OXRTFEX has it."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace

from index.readers.rtf.words import ESCAPED, SIGNS, charset, code_page, tokens

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

_SIGNS = {**SIGNS, "par": "\n"}
_ESCAPED = {**ESCAPED, "~": "&nbsp;", "_": "&shy;"}
_NO_TEXT = frozenset(("fonttbl", "colortbl", "stylesheet", "info", "pict", "listtable", "pntext"))
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
        for token in tokens(rtf):
            if token.data:
                self._bytes(token.data)
                continue
            self._flush()
            if token.brace:
                self._brace(token.brace)
            elif token.word:
                self._word(token.word, token.number)
            elif token.sign == "*":
                self._starred = True
            else:
                self._add(_ESCAPED.get(token.sign, ""))
        self._flush()
        return "".join(self._parts)

    def _brace(self, brace: bytes) -> None:
        self._skip = 0
        if brace == b"{":
            self._groups.append(self.group)
        elif self._groups:
            self.group = self._groups.pop()
        self._starred = False

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == "htmltag":
            self.group = replace(self.group, is_rtf=False)
        elif starred or word in _NO_TEXT:
            self.group = replace(self.group, skipped=True)
        elif word == "htmlrtf":
            self.group = replace(self.group, is_rtf=number != 0)
        elif word == "f":
            self.group = replace(self.group, encoding=self.fonts.get(number or 0, self.group.encoding))
        elif word == "uc":
            self.group = replace(self.group, fallback=min(max(number or 0, 0), 10))
        elif word == "u" and number is not None:
            self._add(chr(number % 0x10000))
            self._skip = self.group.fallback
        elif word in _SIGNS:
            self._add(_SIGNS[word])

    def _bytes(self, data: bytes) -> None:
        skip = min(self._skip, len(data))
        self._skip -= skip
        if not (self.group.skipped or self.group.is_rtf):
            self._raw += data[skip:]

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
    default = code_page(int(page[1])) if page else "cp1252"
    fonts = {
        int(number): charset(int(kind), default) if int(kind) else "cp1252"
        for number, kind in _FONT.findall(rtf[:50_000])
    }
    html = _Unwrapper(fonts, _Group(encoding=default)).read(rtf)
    return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs that were written as two
