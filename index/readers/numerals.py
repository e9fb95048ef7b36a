"""Numbers of lists and headings: a number and its form in, what a page shows of it ("iv", "bb", "07") out."""

from __future__ import annotations

from typing import NamedTuple

_ALPHABETS = {
    "a": "abcdefghijklmnopqrstuvwxyz",
    "а": "абвгдежзиклмнопрстуфхцчшщэюя",
    "α": "αβγδεζηθικλμνξοπρστυφχψω",
}
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_CHINESE = "〇一二三四五六七八九"
_MOST_ROMAN = 3999
_MOST_LETTERS = 30  # times that one letter stands for itself; more is a number that nobody reads so


class Label(NamedTuple):
    """What stands before an item or a heading, "" if nothing does, and how deep it is in its list, from 0."""

    text: str = ""
    depth: int = 0
    is_number: bool = False


def numeral(number: int, form: str, *, doubles: bool = False) -> str:
    """Return a number in a form, which is how 1 looks in it: "1", "01", "a", "A", "i", "I", "一".

    After z comes aa, and after that ab, or bb if it `doubles`. What a form can't show is in digits, as is any number in
    a form that isn't known.
    """
    kind = form.lower()
    if number < 1:
        return str(number)
    if kind == "i" and number <= _MOST_ROMAN:
        text = _roman(number)
    elif kind in _ALPHABETS and number <= _MOST_LETTERS * len(_ALPHABETS[kind]):
        text = _letters(number, _ALPHABETS[kind], doubles=doubles)
    elif kind == "一" and number < 100:
        text = _chinese(number)
    else:
        return str(number).zfill(len(form)) if form.isdecimal() else str(number)
    return text.upper() if form.isupper() else text


def _roman(number: int) -> str:
    parts = []
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        parts.append(letters * times)
    return "".join(parts)


def _letters(number: int, alphabet: str, *, doubles: bool) -> str:
    if doubles:
        times, at = divmod(number - 1, len(alphabet))
        return alphabet[at] * (times + 1)
    letters = ""
    while number > 0:
        number, at = divmod(number - 1, len(alphabet))
        letters = alphabet[at] + letters
    return letters


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_CHINESE[tens]}十"
    return ten + (_CHINESE[ones] if ones else "")
