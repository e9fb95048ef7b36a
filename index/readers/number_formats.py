"""Number formats of spreadsheets: a number and its format code ("#,##0.0%", "d-mmm-yy") in, what the cell shows out.

The codes are those of Office Open XML (ECMA-376, part 1, 18.8.30), which are English whatever the file's language is.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from index.readers.dates import DATE_TOKENS, Token, shown_date

# The formats that files name by number only (18.8.30), as an American Excel shows them.
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **{5: "$#,##0;($#,##0)", 6: "$#,##0;($#,##0)", 7: "$#,##0.00;($#,##0.00)", 8: "$#,##0.00;($#,##0.00)"},
    **{14: "m/d/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm"},
    **{21: "h:mm:ss", 22: "m/d/yyyy h:mm", **dict.fromkeys((*range(27, 37), *range(50, 59)), "m/d/yyyy")},
    **{37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)"},
    **{41: '#,##0;(#,##0);"-"', 42: '$#,##0;($#,##0);"-"', 43: '#,##0.00;(#,##0.00);"-"'},
    **{44: '$#,##0.00;($#,##0.00);"-"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
}

_LONGEST = 255  # characters of a code that Excel takes
_LARGEST = 1e300  # beyond, nothing but the exponent can be read
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<gap>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]|(?P<general>general)'
    r"|(?P<noon>am/pm|a/p)|(?P<exponent>e[+-])|(?P<digit>[0#?])|(?P<date>y+|m+|d+|h+|s+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[\d.]+)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_CURRENCY = re.compile(r"\$([^-]*)(?:-([0-9a-f]+))?", re.IGNORECASE)


class _Section(NamedTuple):
    """One of the up to four parts of a code, for some of the numbers, or for text."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None
    language: int  # of the names of months

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(token.kind for token in self.tokens)


def shown(value: float, code: str, *, from_1904: bool = False) -> str:
    """Return what a cell shows of a number, date or time that has this format."""
    if value != value or abs(value) > _LARGEST:
        return ""
    sections = _sections(code)
    number = _chosen(value, sections)
    if number is None:
        return general(value)
    section = sections[number]
    if section.kinds & DATE_TOKENS:
        return shown_date(value, section.tokens, language=section.language, from_1904=from_1904) or general(value)
    # The second part says itself how it shows that a number is below zero.
    negative = value < 0 and (number == 0 or section.condition is not None)
    text = _shown_number(abs(value), section)
    return f"-{text}" if negative and any(character in "123456789" for character in text) else text


def shown_text(text: str, code: str) -> str:
    """Return what a cell shows of a text that has this format."""
    sections = _sections(code)
    if len(sections) > 3 or (sections and "text" in sections[-1].kinds):
        tokens = sections[-1].tokens
        return "".join(text if token.kind == "text" else token.text for token in tokens)
    return text


def general(value: float) -> str:
    """Return a number that has no format, without the noise of its binary form: 0.1 + 0.2 is 0.3.

    Excel shows 11 characters; whole numbers keep all of their digits here, since many are no numbers but names.
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if not 1e-9 <= abs(value) < 1e15:
        return f"{value:.6G}"
    decimals = 9 if abs(value) < 1 else max(0, 10 - len(str(int(abs(value)))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    """Return the parts of a code, which semicolons separate; none for a code that says nothing."""
    code = code[:_LONGEST]
    if code.strip().lower() in ("", "general", "standard"):
        return ()
    parts: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(code):
        if match["other"] == ";":
            parts.append([])
        else:
            parts[-1].append(match)
    return tuple(_section(part) for part in parts[:4])


def _section(matches: list[re.Match[str]]) -> _Section:
    tokens: list[Token] = []
    condition, language = None, 0
    for match in matches:
        bracket = match["bracket"]
        if bracket is None:
            tokens.append(_token(match))
        elif found := _CONDITION.fullmatch(bracket):
            with_number = found[2].replace(".", "", 1).lstrip("-").isdecimal()
            condition = (found[1], float(found[2])) if with_number else None
        elif _ELAPSED.fullmatch(bracket):
            tokens.append(Token("elapsed", bracket.lower()))
        elif found := _CURRENCY.fullmatch(bracket):
            tokens.append(Token("literal", found[1]))
            language = int(found[2][-4:], 16) if found[2] else language
    return _Section(_with_minutes(tokens), condition, language)


def _token(match: re.Match[str]) -> Token:
    kind, text = str(match.lastgroup), match[0]
    if kind in ("quoted", "escaped"):
        return Token("literal", match[kind])
    if kind in ("gap", "fill"):
        return Token("literal", " " if kind == "gap" else "")
    if kind == "date":
        return Token({"y": "year", "m": "month", "d": "day", "h": "hour", "s": "second"}[text[0].lower()], text.lower())
    if kind == "other":
        special = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}
        return Token(special.get(text, "literal"), text)
    return Token(kind, text)


def _with_minutes(tokens: list[Token]) -> tuple[Token, ...]:
    """Return the tokens with those that say "m" told apart: after hours and before seconds they are minutes.

    And ".00" after seconds is their fraction.
    """
    places = [at for at, token in enumerate(tokens) if token.kind in DATE_TOKENS]
    for before, at in pairwise([-1, *places]):
        if tokens[at].kind == "month" and len(tokens[at].text) < 3 and before >= 0 and tokens[before].text[0] == "h":
            tokens[at] = Token("minute", tokens[at].text)
    for at, after in pairwise(places):
        if tokens[at].kind == "month" and len(tokens[at].text) < 3 and tokens[after].text[0] == "s":
            tokens[at] = Token("minute", tokens[at].text)
    if places:
        return tuple(_with_fraction(tokens))
    return tuple(tokens)


def _with_fraction(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for token in tokens:
        if token.kind == "digit" and joined and joined[-1].kind in ("point", "fraction"):
            joined[-1] = Token("fraction", f"{joined[-1].text}{token.text}")
        else:
            joined.append(token)
    return joined


def _chosen(value: float, sections: tuple[_Section, ...]) -> int | None:
    """Return which part of a code is for this number, or None if none is."""
    if not sections or (len(sections) == 1 and "text" in sections[0].kinds):
        return None
    numbers = sections[:3] if len(sections) > 3 or "text" not in sections[-1].kinds else sections[:-1]
    if any(section.condition for section in numbers):
        return next((at for at, section in enumerate(numbers) if _meets(value, section.condition)), None)
    if len(numbers) > 2 and value == 0:
        return 2
    return 1 if len(numbers) > 1 and value < 0 else 0


def _meets(value: float, condition: tuple[str, float] | None) -> bool:
    if condition is None:
        return True
    operator, limit = condition
    below, same = value < limit, value == limit
    above = not below and not same
    return (below and "<" in operator) or (above and ">" in operator) or (same and "=" in operator)


def _shown_number(value: float, section: _Section) -> str:
    kinds = section.kinds
    if "general" in kinds:
        return "".join(general(value) if token.kind == "general" else token.text for token in section.tokens)
    if "digit" not in kinds:
        return "".join(token.text for token in section.tokens if token.kind != "text")
    if "exponent" in kinds:
        return _scientific(value, section.tokens)
    if "slash" in kinds:
        return _as_fraction(value, section.tokens)
    return _plain(Decimal(f"{value:.15g}"), section.tokens)


def _plain(value: Decimal, tokens: tuple[Token, ...]) -> str:
    """Return a number with its digits in the places that the format has for them."""
    digits = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    point = next((at for at, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    whole, decimals = [at for at in digits if at < point], [at for at in digits if at > point]
    last = whole[-1] if whole else -1
    grouped = any(token.kind == "comma" and whole and whole[0] < at < last for at, token in enumerate(tokens))
    for at, token in enumerate(tokens):
        if (
            token.kind == "comma"
            and digits[0] < at
            and not any(at < digit for digit in (whole if at < point else digits))
        ):
            value /= 1000
        elif token.kind == "percent":
            value *= 100
    text = f"{value.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP):f}"
    before, _, after = text.partition(".")
    shown = dict(zip(decimals, _fraction_digits(after, [tokens[at].text for at in decimals]), strict=True))
    shown |= _whole_digits(before, [(at, tokens[at].text) for at in whole], grouped=grouped)
    if point < len(tokens):
        shown[point] = f"{before if not whole and before != '0' else ''}{'.' if any(map(shown.get, decimals)) else ''}"
    return "".join(
        shown.get(at, "" if token.kind in ("digit", "comma", "text") else token.text) for at, token in enumerate(tokens)
    )


def _whole_digits(digits: str, places: list[tuple[int, str]], *, grouped: bool) -> dict[int, str]:
    """Return what each place before the point shows; the first one takes all digits that are left."""
    digits = "" if digits == "0" else digits
    shown: dict[int, str] = {}
    for count, (at, kind) in enumerate(reversed(places)):
        is_first = count == len(places) - 1
        rest = len(digits) - count
        taken = "0" if kind == "0" else ""
        if rest > 0:
            taken = digits[:rest] if is_first else digits[rest - 1]
        shown[at] = _grouped(taken, count) if grouped else taken
    return shown


def _grouped(digits: str, after: int) -> str:
    """Return digits with a comma before each group of three, `after` digits being to the right of them."""
    parts = []
    for number, digit in enumerate(reversed(digits)):
        place = after + number
        parts.append(f"{digit}," if place and place % 3 == 0 else digit)
    return "".join(reversed(parts))


def _fraction_digits(digits: str, kinds: list[str]) -> list[str]:
    """Return what each place after the point shows: zeros at the end only where the format asks for them."""
    shown = list(digits)
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] == "0" or shown[at] != "0":
            break
        shown[at] = ""
    return shown


def _scientific(value: float, tokens: tuple[Token, ...]) -> str:
    """Return a number as a mantissa and a power of ten."""
    at = next(at for at, token in enumerate(tokens) if token.kind == "exponent")
    mantissa, exponent = tokens[:at], [token for token in tokens[at + 1 :] if token.kind == "digit"]
    point = next((place for place, token in enumerate(mantissa) if token.kind == "point"), len(mantissa))
    step = max(1, sum(token.kind == "digit" for token in mantissa[:point]))
    number = Decimal(f"{value:.15g}")
    power = number.adjusted() // step * step if number else 0
    sign = "-" if power < 0 else ("+" if tokens[at].text[1] == "+" else "")
    rest = "".join(token.text for token in tokens[at + 1 :] if token.kind == "literal")
    return f"{_plain(number.scaleb(-power), mantissa)}E{sign}{abs(power):0{max(1, len(exponent))}d}{rest}"


def _as_fraction(value: float, tokens: tuple[Token, ...]) -> str:
    """Return a number as a whole and a fraction: 3 1/4."""
    slash = next(at for at, token in enumerate(tokens) if token.kind == "slash")
    below = "".join(token.text for token in tokens[slash + 1 :] if token.kind in ("digit", "literal")).strip()
    above = [token.kind for token in tokens[:slash]]
    has_whole = "literal" in above and "digit" in above[: above.index("literal")]
    fixed = int(below) if below.isdecimal() and int(below) and len(below) < 6 else 0
    if fixed:
        counter, denominator = round(value * fixed), fixed
    else:
        near = Fraction(value).limit_denominator(10 ** min(max(1, len(below)), 5) - 1)
        counter, denominator = near.numerator, near.denominator
    whole, counter = divmod(counter, denominator) if has_whole else (0, counter)
    parts = [str(whole)] if whole or (has_whole and not counter) else []
    return " ".join(parts + ([f"{counter}/{denominator}"] if counter or not has_whole else []))
