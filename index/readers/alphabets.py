"""Which encoding bytes are in that say nothing of it: that in which they are words of a language.

A library judges by how often letters stand in a language, which needs a page of them. The signs looked for here are
sure in a sentence: what one encoding makes words of, another makes letters of no language, or capitals inside of words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from charset_normalizer import from_bytes

_SAMPLE = 1 << 16  # bytes that are judged
_SIGNS = "‘’‚“”„–—…€£¥§©®™°±²³·•«»‹›¿¡½¼¾×÷´\xa0ªº\xadµ¶†‡‰№"
_WESTERN = "äöüßéèàâêëîïôçñáíóúåæøãõùûœÿìòÄÖÜÉÈÀÂÊËÎÏÔÇÑÁÍÓÚÅÆØÃÕÙÛŒŸÌÒ"
_NOT_WESTERN = re.compile(
    rf"[^\x00-\x7f{_WESTERN}{_SIGNS[:-1]}]"
    # Capitals inside a word, signs between letters, and words of special letters alone are another language misread.
    rf"|[a-z{_WESTERN}][ÄÖÜÉÈÀÂÊËÎÏÔÇÑÁÍÓÚÅÆØÃÕÙÛŒŸÌÒ°±²³¿¡½¼¾ªºµ¶€£¥§©®][a-z]|[a-z]{{2}}[±¶¼¾]|[{_WESTERN}]{{4}}"
)
_SIGN_IN_WORD = re.compile(r"[^\W\d_][±¶¼¾¹¿¡£¥§¬¯]")  # which is a letter in another encoding
# No western language has these letters together: they are Hungarian, read as one.
_HUNGARIAN = tuple(re.compile(f"[{letters}]", re.IGNORECASE) for letters in ("őű", "öü", "áíóú"))
_LATIN = (  # the special letters of a language, and the encodings that are usual for it, the likelier first
    ("áéíóöőúüű", ("cp1250", "iso8859-2")),
    ("ąćęłńóśźż", ("cp1250", "iso8859-2")),
    ("áäčďéěíĺľňóôŕřšťúůýž", ("cp1250", "iso8859-2")),
    ("čćđšž", ("cp1250", "iso8859-2")),
    ("ăâîşţ", ("cp1250", "iso8859-2")),
    ("çğıöşüâîû", ("cp1254",)),
    ("áðéíóúýþæöø", ("cp1252",)),
    ("ąčęėįšųūž", ("cp1257", "iso8859-13")),
    ("āčēģīķļņšūž", ("cp1257", "iso8859-13")),
)


class _Alphabet(NamedTuple):
    """The letters of languages that share them; the ones that make up some 60 % of a text; the usual encodings."""

    letters: frozenset[str]
    frequent: frozenset[str]
    encodings: tuple[str, ...]


_ALPHABETS = (
    _Alphabet(
        frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўђјљњћџѓќѕ"),
        frozenset("оеаинтсрвл"),
        ("cp1251", "koi8_u", "iso8859-5", "cp866", "mac_cyrillic"),
    ),
    _Alphabet(frozenset("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"), frozenset("αοιετσνηρυ"), ("cp1253", "iso8859-7")),
    _Alphabet(
        frozenset(map(chr, range(0x621, 0x653))) | set("پچژگ،؟؛"), frozenset("اليمونرتب"), ("cp1256", "iso8859-6")
    ),
)
_THAI = _Alphabet(frozenset(map(chr, range(0xE01, 0xE5C))), frozenset("านรอกเงมย่้ัี"), ("cp874",))
_MISPLACED_SIGNS = frozenset("€¬®©№ƒ¶§°ѕќѓς")  # what other encodings have in the place of capitals, or of я
_ENOUGH_LETTERS = 6
_FREQUENT = 0.85  # share of the characters that come first in an encoding; names may have others
_LIKELY = 0.4  # share of frequent letters; of letters by chance they are a quarter
_HEBREW_FINALS = "ךםןףץ"
_MISPLACED = re.compile(rf"[{_HEBREW_FINALS}](?=[א-ת])")
_IN_LATIN_WORD = re.compile(r"[א-ת][a-z]|[a-z][א-ת]", re.IGNORECASE)  # as the letters of Portuguese "opções" would be
_PLACED = re.compile(rf"[א-ת][{_HEBREW_FINALS}](?![א-ת])")


def likeliest_encoding(data: bytes) -> str:
    """Return the name of the encoding in which the bytes, which are in no form of Unicode, look most like a text."""
    sample = data[:_SAMPLE]
    for guess in (_japanese, _hebrew, _hungarian, _western, _latin, _other_alphabet, _east_asian, _thai):
        if encoding := guess(sample):
            return encoding
    match = from_bytes(sample).best()
    return match.encoding if match else "cp1252"


def _read(sample: bytes, encoding: str) -> str:
    """Return the sample in an encoding, or "" if it is not in it; a last character that was cut off is left out."""
    for end in (len(sample), len(sample) - 1):
        try:
            return sample[:end].decode(encoding)
        except UnicodeError:
            continue
    return ""


def _special(text: str) -> list[str]:
    return [character for character in text if character > "\x7f"]


def _japanese(sample: bytes) -> str:
    """Tell by kana, of which every sentence has some; in no other language's encoding do these bytes stand for text."""
    for encoding in ("euc_jp", "cp932"):
        wide = _special(_read(sample, encoding))
        kana = sum("\u3041" <= character <= "\u30fe" for character in wide)
        if wide and kana > 0.2 * len(wide):
            return encoding
    return ""


def _hebrew(sample: bytes) -> str:
    """Tell by the five letters that have another form at the end of a word: Cyrillic would have them everywhere.

    Hebrew letters are in words of their own, those that accented ones are taken for in Latin words.
    """
    text = sample.decode("cp1255", errors="replace")
    letters = [character for character in _special(text) if unicodedata.category(character) == "Lo"]
    enough = len(letters) >= 6 and len(letters) > 0.9 * len(_special(text))
    if not enough or len(_MISPLACED.findall(text)) > 0.01 * len(letters):
        return ""
    if len(_IN_LATIN_WORD.findall(text)) > 0.2 * len(letters):
        return ""
    return "cp1255" if _PLACED.search(text) else ""


def _hungarian(sample: bytes) -> str:
    text = sample.decode("cp1250", errors="replace")
    return "cp1250" if all(sign.search(text) for sign in _HUNGARIAN) and _is_in(text, _LATIN[0][0]) else ""


def _western(sample: bytes) -> str:
    """Tell whether all that is not ASCII is what western languages write, and in a word only letters."""
    return "" if _NOT_WESTERN.search(sample.decode("cp1252", errors="replace")) else "cp1252"


def _latin(sample: bytes) -> str:
    """Tell by the alphabets of the languages that are written with more letters than western ones."""
    for alphabet, encodings in _LATIN:
        for encoding in encodings:
            if _is_in(_read(sample, encoding), alphabet):
                return encoding
    return ""


def _is_in(text: str, alphabet: str) -> bool:
    if _SIGN_IN_WORD.search(text):
        return False
    special = Counter(_special(text))
    letters = sum(count for letter, count in special.items() if letter.lower().replace("i̇", "ı") in alphabet)
    signs = sum(special[sign] for sign in _SIGNS)
    return letters > 0 and letters + signs >= 0.995 * special.total()


class _Reading(NamedTuple):
    """How much a text that was read in an encoding looks like one: the highest is the likeliest."""

    score: float
    encoding: str


def _other_alphabet(sample: bytes) -> str:
    """Tell by the letters that are frequent in an alphabet, and by capitals and signs inside of words."""
    return _best_alphabet(sample, _ALPHABETS)


def _thai(sample: bytes) -> str:
    """Tell as of other alphabets, but last: its letters have nearly all bytes that Chinese characters have, too."""
    return _best_alphabet(sample, (_THAI,))


def _best_alphabet(sample: bytes, alphabets: Sequence[_Alphabet]) -> str:
    best = _Reading(_LIKELY, "")
    for alphabet in alphabets:
        for encoding in alphabet.encodings:
            text = sample.decode(encoding, errors="replace")
            special = _special(text)
            letters = [character for character in special if character.lower() in alphabet.letters]
            signs = sum(character in _SIGNS for character in special)
            if len(letters) < _ENOUGH_LETTERS or len(letters) + signs < 0.97 * len(special):
                continue
            frequent = sum(letter.lower() in alphabet.frequent for letter in letters) / len(letters)
            capitals = sum(letter.isupper() for letter in letters) / len(letters)
            misplaced = sum(map(_is_misplaced, text, text[1:])) / len(letters)
            best = max(best, _Reading(frequent - capitals / 8 - 3 * misplaced, encoding), key=lambda one: one.score)
    return best.encoding


def _is_misplaced(one: str, other: str) -> bool:
    """Tell whether a character would not stand after another one in a word."""
    return (one.islower() and other.isupper()) or (one in _MISPLACED_SIGNS and other.isalpha())


def _east_asian(sample: bytes) -> str:
    """Tell Korean, simplified and traditional Chinese by the characters that come first in their encodings.

    Those are the frequent ones; read in another's encoding a text has rare ones, or such as are in none.
    """
    readings: list[_Reading] = []
    for encoding, first, last in (("cp949", 0xB0, 0xC8), ("gb18030", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        text = _read(sample, encoding)
        wide = [character for character in text if character > "\u02ff"]
        if len(wide) < 2 or len(wide) < 0.9 * len(_special(text)):
            continue
        known = "cp949" if encoding == "cp949" else "gb2312" if encoding == "gb18030" else "big5"
        words = [character for character in wide if character.isalpha()] or wide
        leads = [character.encode(known, errors="ignore")[:1] for character in words]
        frequent = sum(bool(lead) and first <= lead[0] <= last for lead in leads)
        readings.append(_Reading(frequent / len(words), encoding))
    best = max(readings, key=lambda one: one.score, default=_Reading(0, ""))  # of equals the first: Korean
    return ("cp950" if best.encoding == "big5" else best.encoding) if best.score > _FREQUENT else ""
