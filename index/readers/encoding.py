"""Text in any encoding: bytes in, characters out, with the encoding that the bytes say, or else look most like."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from charset_normalizer import from_bytes

from index.errors import DocumentRejectedError

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
_CONTROL_SHARE = 0.02  # more control characters than that, and nobody wrote it to be read


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of `data`, in the encoding of its byte order mark, else UTF-8, `declared`, or the likeliest.

    Raises DocumentRejectedError for binary data.
    """
    text = _decode_marked(data) or _decode_as(data, "utf-8") or _decode_unmarked(data, declared)
    if "\0" in text or len(_CONTROL.findall(text[:_SAMPLE])) > _CONTROL_SHARE * min(len(text), _SAMPLE):
        raise DocumentRejectedError(
            "its bytes are not text: give the file the ending of what it is, or save it as text"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode_marked(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return ""


def _decode_as(data: bytes, encoding: str) -> str:
    """Return the text, or "" if it is not in this encoding or the encoding is unknown."""
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return ""
    # NULs that are valid UTF-8 are most often UTF-16 without a mark.
    return "" if "\0" in text else text


def _decode_unmarked(data: bytes, declared: str) -> str:
    wide = _wide_encoding(data[:_SAMPLE])
    if wide:
        return data.decode(wide, errors="replace")
    if b"\0" in data:
        return data.decode("latin-1")  # which the caller turns away
    declared = _AS_BROWSERS_READ.get(declared.lower(), declared)
    return (declared and _decode_as(data, declared)) or _likeliest(data)


def _wide_encoding(sample: bytes) -> str:
    """Return the UTF-16 or UTF-32 whose zero bytes stand where these do, or ""."""
    zeros = [sample[offset::4].count(0) / max(len(sample[offset::4]), 1) for offset in range(4)]
    for pattern, encoding in (((0, 1, 1, 1), "utf-32-le"), ((1, 1, 1, 0), "utf-32-be")):
        # The second byte of UTF-32 is not zero in emoji alone.
        if all(zero > 0.9 if wanted else zero < 0.1 for zero, wanted in zip(zeros, pattern, strict=True)):
            return encoding
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    for first, high, low, encoding in ((1, odd, even, "utf-16-le"), (0, even, odd, "utf-16-be")):
        # Spaces and digits alone give every seventh character a zero byte, whatever the script. An alphabet and its
        # signs fill three rows of 256 characters; other bytes, misread as UTF-16, spread over more.
        rows = Counter(sample[first::2]).most_common(3)
        one_script = sum(count for _, count in rows) > 0.8 * (len(sample) // 2)
        if high > 0.1 and low < 0.02 and one_script and _decode_strictly(sample[: len(sample) // 2 * 2], encoding):
            return encoding
    return ""


def _decode_strictly(sample: bytes, encoding: str) -> bool:
    """Tell whether the sample is text in this encoding: no broken pairs, next to no control characters."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return "\ufffd" not in text and "\0" not in text and len(_CONTROL.findall(text)) <= _CONTROL_SHARE * len(text)


def _likeliest(data: bytes) -> str:
    """Return the text in the encoding that it looks most like.

    The library judges by how often letters stand in a language, which needs a page of them. The signs before it are
    sure in a line: they are what the one encoding has in every text and another reads as nonsense.
    """
    sample = data[:_SAMPLE]
    encoding = next((name for name, shows in _SIGNS if shows(sample)), "")
    if not encoding:
        match = from_bytes(data[: 4 * _SAMPLE]).best()
        encoding = match.encoding if match else "cp1252"
    return data.decode(encoding, errors="replace")


def _is_western(sample: bytes) -> bool:
    """Tell whether all that is not ASCII is what western languages write, and in a word only letters."""
    text = sample.decode("cp1252", errors="replace")
    return _NOT_WESTERN.search(text) is None


def _is_japanese(sample: bytes) -> bool:
    """Tell whether there is a lot of hiragana; in no other language's encoding do these bytes stand for text."""
    text = sample.decode("euc_jp", errors="replace")
    wide = [character for character in text if character > "\x7f"]
    kana = sum("\u3041" <= character <= "\u3096" for character in wide)
    return kana > 0.2 * len(wide) and wide.count("\ufffd") <= 1


def _high_letters(sample: bytes) -> bytes:
    return bytes(byte for byte in sample if byte >= 0xC0)


def _is_hebrew(sample: bytes) -> bool:
    """Tell whether all letters are of the Hebrew alphabet's bytes; Cyrillic would use those beyond it, too."""
    letters = _high_letters(sample)
    return len(letters) >= 40 and all(0xE0 <= byte <= 0xFA for byte in letters) and _is_single_byte(sample)


def _is_koi8(sample: bytes) -> bool:
    """Tell whether the text has small and large letters the wrong way round for the usual Cyrillic encoding."""
    letters = _high_letters(sample)
    small = sum(byte <= 0xDF for byte in letters)
    return (
        len(letters) >= 20
        and small > 0.85 * len(letters)
        and _is_single_byte(sample)
        and _CYRILLIC.search(sample) is not None
    )


def _is_single_byte(sample: bytes) -> bool:
    """Tell whether next to no byte is from where only pairs of bytes for one character begin or end."""
    return sum(0x80 <= byte < 0xC0 for byte in sample) <= 0.1 * len(_high_letters(sample))


_WESTERN = "äöüßéèàâêëîïôçñáíóúåæøãõùûœÿÄÖÜÉÈÀÂÊÇÑÁÍÓÚÅÆØÃÕÎÔŒ"
_NOT_WESTERN = re.compile(
    rf"[^\x00-\x7f{_WESTERN}‘’‚“”„–—…€£¥§©®™°±²³·•«»‹›¿¡½¼¾×÷´\xa0ªº\xadµ¶†‡‰]"
    # Capitals inside a word, signs between letters, and words of special letters alone are another language misread.
    rf"|[a-z{_WESTERN}][ÄÖÜÉÈÀÂÊÇÑÁÍÓÚÅÆØÃÕÎÔŒ°±²³¿¡½¼¾ªºµ¶€£¥§©®][a-z]|[{_WESTERN}]{{4}}"
)
# Three words with spaces between, as they are in Russian and hardly by chance.
_CYRILLIC = re.compile(rb"[\xc0-\xff]{2,} [\xc0-\xff]+ [\xc0-\xff]{2,}")
_SIGNS = (("cp1252", _is_western), ("euc_jp", _is_japanese), ("windows-1255", _is_hebrew), ("koi8_r", _is_koi8))
