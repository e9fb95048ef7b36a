"""Text in any encoding: bytes in, characters out, with the encoding that the bytes say, or else look most like."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter

from index.errors import DocumentRejectedError
from index.readers.alphabets import likeliest_encoding

# The longer mark first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Declared names that browsers take for a wider encoding, because writers don't keep them apart.
_AS_BROWSERS_READ = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-9": "cp1254",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "gb2312": "gb18030", "gbk": "gb18030",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-8-i": "iso8859-8",
    "utf-8": "", "utf-16": "", "utf-16le": "", "utf-16be": "",  # a page that can be read this far is none of these
}  # fmt: skip
_SAMPLE = 1 << 16  # bytes looked at where a pattern shows in a part as well as in the whole
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]"
)  # not tab, line ends, form feed, nor terminal colours' escape
_IN_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # where a character is a byte, or two beyond ASCII
_ASCII = re.compile(rb"[\t\n\r\x20-\x7e]")
_ASCII_SHARE = 0.9  # of the bytes; where every second one says the script, there are fewer
_UNSEEN = frozenset("\t\n\r\f\v\xad\ufeff\u200b\u200c\u200d\u200e\u200f")
_SWITCHED = (("iso2022_jp_ext", re.compile(rb"\x1b\$[@B]")), ("iso2022_kr", re.compile(rb"\x1b\$\)C")))  # by escapes
_CONTROL_SHARE = 0.02  # more control characters than that, and nobody wrote it to be read


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of `data`, in the encoding of its byte order mark, else UTF-8, `declared`, or the likeliest.

    Raises DocumentRejectedError for binary data.
    """
    text = (
        _decode_marked(data) or _decode_switched(data) or _decode_as(data, "utf-8") or _decode_unmarked(data, declared)
    )
    if "\0" in text or _is_binary(text):
        raise DocumentRejectedError(
            "its bytes are not text: give the file the ending of what it is, or save it as text"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_binary(text: str) -> bool:
    return len(_CONTROL.findall(text[:_SAMPLE])) > _CONTROL_SHARE * min(len(text), _SAMPLE)


def _decode_marked(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return ""


def _decode_switched(data: bytes) -> str:
    """Return text in which escapes switch between alphabets, as in Japanese mail, or "" if there are none."""
    return next((_decode_as(data, encoding) for encoding, escape in _SWITCHED if escape.search(data)), "")


def _decode_as(data: bytes, encoding: str) -> str:
    """Return the text, or "" if it is not in this encoding or the encoding is unknown."""
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return ""
    # Such bytes that are valid UTF-8 are most often UTF-16 without a mark.
    return "" if "\0" in text or _is_binary(text) else text


def _decode_unmarked(data: bytes, declared: str) -> str:
    wide = _wide_encoding(data[:_SAMPLE])
    if wide:
        return data.decode(wide, errors="replace")
    if b"\0" in data:
        return data.decode("latin-1")  # which the caller turns away
    declared = _AS_BROWSERS_READ.get(declared.lower(), declared)
    return (declared and _decode_as(data, declared)) or _mostly_utf8(data) or _likeliest(data)


def _wide_encoding(sample: bytes) -> str:
    """Return the UTF-32 or UTF-16 that the sample is in, or ""."""
    for encoding in ("utf-32-le", "utf-32-be"):
        if _read_wide(sample[: len(sample) // 4 * 4], encoding):  # of other bytes next to none are characters
            return encoding
    if not _IN_NO_TEXT.search(sample) or len(_ASCII.findall(sample)) > _ASCII_SHARE * len(sample):
        return ""
    readings = [
        (encoding, _read_wide(sample[: len(sample) // 2 * 2], encoding)) for encoding in ("utf-16-le", "utf-16-be")
    ]
    plausible = [(encoding, text) for encoding, text in readings if _is_plausible(text)]
    # The wrong way round, letters of ASCII are Chinese characters.
    return max(plausible, key=lambda reading: sum(map(str.isascii, reading[1])), default=("", ""))[0]


def _read_wide(sample: bytes, encoding: str) -> str:
    """Return the sample if it is text in this encoding: no broken pairs, next to no control characters; or ""."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    is_text = "\ufffd" not in text and "\0" not in text and len(_CONTROL.findall(text)) <= _CONTROL_SHARE * len(text)
    return text if is_text else ""


def _is_plausible(text: str) -> bool:
    """Tell whether a text has characters of one or two scripts, and none that stands for nothing."""
    scripts = Counter(map(_script, text))
    common = [count for script, count in scripts.most_common(3) if script]
    return scripts[""] <= len(text) // 100 and sum(common) >= 0.95 * len(text) > 0


def _script(character: str) -> str:
    """Return a name for the script of a character, "" if it stands for nothing."""
    category = unicodedata.category(character)
    if category in ("Cn", "Co", "Cs") or (category in ("Cf", "Cc") and character not in _UNSEEN):
        return ""
    if character < "\u0250" or ("\u1e00" <= character < "\u2070"):
        return "latin"
    if "\u3000" <= character < "\ua000" or "\uac00" <= character < "\ud7b0" or character >= "\uff00":
        return "wide"
    return str(ord(character) >> 8)


def _mostly_utf8(data: bytes) -> str:
    """Return text in UTF-8 that was cut off or has a few broken characters, or "" if it is not that."""
    sample = data[: 4 * _SAMPLE].decode("utf-8", errors="replace")
    broken = sample.count("\ufffd")
    whole = sum(character > "\x7f" for character in sample) - broken
    return data.decode("utf-8", errors="replace") if whole > 10 * broken else ""


def _likeliest(data: bytes) -> str:
    return data.decode(likeliest_encoding(data), errors="replace")
