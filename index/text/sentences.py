"""Sentence boundaries: a text goes in, the spans of its sentences come out.

Rules, not a model: they are fast, the same on every machine, and work for any text. Lines and paragraphs are told apart
in `lines.py`.

Texts come from anywhere, so nothing here may look at a character more than a fixed number of times: the expressions
don't give back what they took (`++`, `*+`), and no walk through the text begins again at each of its steps.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from index.text.lines import Span, each_block, trim
from index.text.rows import cells_of

_CLOSERS = "\"'”’»›)]}」』】）》〉"
_OPENERS = "\"'“‘«‹„([{¿¡「『【（《〈`*_"
# Marks that end a sentence where white space follows, and ones that end it by themselves (scripts without spaces).
# Marks without white space are matched, too: else a run of them would be tried anew from each of its characters.
# French puts a space before what closes: "« À la gare. » Il"; German opens with the same mark, without a space behind.
_CLOSE = rf"[{re.escape(_CLOSERS)}]*+(?:[ \u00a0\u202f]»(?![^\s.,;:!?)])){{0,1}}+"
_BOUNDARY = re.compile(rf"(?:[.!?…؟۔।॥։።]++|(?P<wide>[。！？｡]++))(?P<close>{_CLOSE})")
_SPACE = re.compile(r"\s*+")
_INNER_END = re.compile(r"[.!?][^\w;]{0,4}\s")  # one that more follows on
_NEW_SENTENCE = re.compile(r"[.!?][^\w;]{0,4}\s[A-ZÀ-Þ]")  # no more than an abbreviation is "# param. (Millions)"
_LONGEST_ROW = 600  # characters
# References to notes and sources, which belong to the sentence that they stand behind: "[4]", "[12]:33", "[^a]",
# "[citation needed]", "¹" (a link is none); "(4)", "*"; a bare "4". None is longer than a fixed length, and at most
# eight are in a row.
_NUMBERS = r"\d{1,4}+(?: ?[,;–-] ?\d{1,4}+){0,8}+"
_RAISED = r"[⁰¹²³⁴-⁹ᵃ-ᶻ]{1,4}+"
_BRACKETED = rf"\[{{1,2}}+[^][\n]{{1,40}}+\]{{1,2}}+(?:\(#[^()\s]{{1,80}}+\)|(?!\())(?: ?: ?{_NUMBERS})?+"
_SURE = rf"{_BRACKETED}|<sup>[^<>\n]{{1,40}}+</sup>|{_RAISED}(?:[,;–⁻]{_RAISED}){{0,8}}+"
_ROUND = rf"[(（](?:{_NUMBERS}|[a-z])[)）]"
_NOTES = re.compile(
    rf"(?:(?P<sure>{_SURE})|(?P<round>{_ROUND})|[*†‡§_`]{{1,3}}+){{1,8}}+|(?P<bare>\d{{1,3}}+(?:[,–-]\d{{1,3}}+){{0,8}}+(?=\s))"
)
_SPACED_NOTES = re.compile(rf"(?: \[ ?\^?{_NUMBERS} ?\](?=\s|\Z)){{1,8}}+")
_OPENING = re.compile(rf"[{re.escape(_OPENERS)}]{{0,1000}}+")  # no sentence begins with more
_PARAGRAPH = re.compile(r"\((?:[a-z]|[ivx]{1,4})\)\s")  # of a law: "(b) The term", with a sentence of its own
_CLOSED = re.compile(rf"[{re.escape(_CLOSERS)}]*+")
_LAST_WORD = re.compile(r"(?:[^\W_]|[.’'&-])+$")

# Words that stand before a full stop without ending a sentence, whatever follows.
_ABBREVIATIONS = frozenset(
    """
    mr mrs ms mx dr prof rev fr sr hon st ste gen maj col lt cmdr capt sgt cpl adm gov sen rep pres supt messrs
    mmes e.g i.e eg ie cf vs viz approx ca al ed eds trans est dept univ assn ave blvd rd mt ft bzw z.b d.h u.a
    o.ä ggf evtl vgl sog bzgl inkl exkl zzgl abzgl einschl geb frl hrn mrd mme mlle v sra srta dra dott avv dhr mevr
    bijv bkz örn doç yrd
    """.split()
)
# Words that do so only before a number: "No. 7", "Jan. 23", "Fig. 2", "pp. 11".
_BEFORE_NUMBER = frozenset(
    """
    no nos nr fig figs vol vols ch chap sec sect art p pp par para eq tab pt bk ser ref jan feb mar apr jun jul
    aug sep sept oct nov dec bd abs c
    abb anm kap str ziff tel núm pág págs md
    """.split()
)
# Words that do so only before a capital that goes on with a name: "Acme Co. Ltd", "John Smith Jr. Park".
_STARTERS = frozenset(
    """
    the a an it its he his she her they their we our you i this that these those there in on at by for from with
    when while after before since as if but and or so yet however although though because during under over
    between some many most all no not both each one two what who how why where which
    """.split()
)
_GERMAN_MONTHS = frozenset(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert
    """.split()
)
_GERMAN_ARTICLES = frozenset("der das dem den des am im ans zum zur vom beim ab bis".split())
_LABELLED = frozenset(
    "annex appendix building category class exhibit grade group option plan schedule team type".split()
)
_ROMAN = re.compile(r"[ivx]{1,5}|[IVX]{1,5}")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the spans of the sentences of `text[start:end]`, in order, as offsets in `text`.

    Together they hold every character of it but white space. The rest of `text` is looked at to see how it is wrapped.
    """
    return [span for span, _ in each_sentence(text, start, end)]


def each_sentence(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[Span, bool]]:
    """Yield the sentences that `split_sentences` returns, and of each whether a paragraph begins with it."""
    for block_start, block_end in each_block(text, start, len(text) if end is None else end):
        for span in _split_block(text, block_start, block_end):
            yield span, span[0] == block_start


def paragraph_starts(text: str) -> list[int]:
    """Return the offsets at which a paragraph begins: after a blank line, or after a line end that is no wrapping."""
    return [start for start, _ in each_block(text, 0, len(text))]


def starts_paragraph(starts: list[int], offset: int) -> bool:
    """Tell whether `offset` is one of the sorted `starts`."""
    at = bisect_left(starts, offset)
    return at < len(starts) and starts[at] == offset


def _split_block(text: str, start: int, end: int) -> Iterator[Span]:
    if _is_row(text, start, end) and (row := trim(text, start, end)):
        yield row
        return
    begin = at = start
    numbered = _SPACED_NOTES.match(f" {text[start : start + 60]}") is not None  # a list of sources: they stand in front
    while mark := _BOUNDARY.search(text, at, end):
        cut, is_sure = _behind_notes(text, begin, mark, end)
        if text.startswith(" [", cut) and not numbered and (spaced := _SPACED_NOTES.match(text, cut, end)):
            cut = spaced.end()
        following = _following(text, cut, end)
        at = max(cut, following)
        if not mark["wide"] and following < end:
            is_apart = following > cut or (is_sure and text[following].isupper())
            if not is_apart or not _ends_sentence(text, begin, mark, following, is_sure=is_sure):
                continue
        if span := trim(text, begin, cut):
            yield span
        begin = following
    if rest := trim(text, begin, end):
        yield rest


def _is_row(text: str, start: int, end: int) -> bool:
    """Tell whether a line is a row of a table with named cells; neither its first name nor its last cell is parted.

    Parted at "Remarks: Broken since May. Delivery 3 June; Cost: £4" neither half would say what it is of.
    """
    if end - start > _LONGEST_ROW:
        return False
    row = text[start:end]
    cells = cells_of(row)
    if not cells:
        return False
    first, _, name = row[: row.index(": ")].partition("; ")
    parted = any(_INNER_END.search(part) for part in (first, row[cells[-1].start :]))
    return not parted and not _NEW_SENTENCE.search(name)


def _following(text: str, at: int, end: int) -> int:
    """Return where the white space from `at` on ends."""
    space = _SPACE.match(text, at, end)
    return space.end() if space else at


def _behind_notes(text: str, begin: int, mark: re.Match[str], end: int) -> tuple[int, bool]:
    """Return where the references behind the mark of a sentence end, and whether they are surely that."""
    if mark.end() == end or text[mark.end()].isspace():
        return mark.end(), False
    notes = _NOTES.match(text, mark.end(), end)
    if not notes:
        return mark.end(), False
    word = _word_before(text, begin, mark.start())
    if notes["bare"]:  # "in the spring.4 The", but "No.4 The" and "costs 19.4 The" are numbers
        is_word = len(word) > 1 and word.isalpha() and word[-1].islower()
        is_note = (is_word and word.lower() not in _ABBREVIATIONS | _BEFORE_NUMBER) or mark["close"] != ""
        after = text[_following(text, notes.end(), end) :][:1]
        is_note = is_note and not after.isdigit()
    else:  # "12.(4) The minister" is the fourth paragraph of section 12
        is_note = not (notes["round"] and word.isdigit() and len(word) < 4)
    if not is_note:
        return mark.end(), False
    closed = _CLOSED.match(text, notes.end(), end)
    return closed.end() if closed else notes.end(), bool(notes["sure"])


def _word_before(text: str, begin: int, stop: int) -> str:
    found = _LAST_WORD.search(text, max(begin, stop - 24), stop)
    return found.group() if found else ""


def _ends_sentence(text: str, begin: int, mark: re.Match[str], following: int, *, is_sure: bool) -> bool:
    """Decide whether the mark, of which it `is_sure` that notes follow it, ends the sentence that begins at `begin`."""
    next_char = text[following]
    opening = _OPENING.match(text, following)
    plain = opening.end() if opening else following
    first = text[plain] if plain < len(text) else next_char
    goes_on = first.islower() and not text[plain + 1 : plain + 2].isupper()  # "iPhone" may begin a sentence
    if (goes_on and not _PARAGRAPH.match(text, following)) or next_char in ",;:)]%.!?…":
        return False
    if mark.group() != ".":
        return True
    if is_sure and _word_before(text, begin, mark.start()).lower() not in _ABBREVIATIONS:
        return True
    return not _is_abbreviation(text, begin, mark.start(), plain, first, is_sure=is_sure)


def _is_abbreviation(text: str, begin: int, stop: int, plain: int, first: str, *, is_sure: bool = False) -> bool:
    """Tell whether the full stop at `stop` belongs to the word before it; `first` (at `plain`) begins what follows."""
    found = _word_before(text, begin, stop)
    if not found:
        return False
    word = found.lstrip(".'’-")
    folded = word.lower()
    next_word = re.match(r"[^\W_]+", text[plain : plain + 32])
    following = next_word.group().lower() if next_word else ""
    if folded in _ABBREVIATIONS:
        return not (is_sure and following in _STARTERS)  # "Smith et al.[3] The results"
    if first.isdigit() and (folded in _BEFORE_NUMBER or folded.endswith("str")):  # "Hauptstr. 12"
        return True
    if first == "§" and folded == "gem":
        return True
    if len(word) == 1 and word.isalpha():
        if text[plain + 1 : plain + 2] == ".":  # "J. R. R. Tolkien", "z. B."
            return True
        if _begins_item(text, begin, stop - len(found)):
            return True
        return word.isupper() and following not in _STARTERS and not _is_labelled(text, begin, stop - len(found))
    if "." in word and not any(c.isdigit() for c in word):  # "U.S", "p.m", "Ph.D"
        return following not in _STARTERS
    if word.isdigit() and len(word) <= 2:
        is_ordinal = following in _GERMAN_MONTHS or _counts(text, begin, stop - len(found), following)
        return is_ordinal or _begins_item(text, begin, stop - len(found))
    return _ROMAN.fullmatch(word) is not None and _begins_item(text, begin, stop - len(found))


def _counts(text: str, begin: int, at: int, following: str) -> bool:
    """Tell whether a German article stands before the number at `at`: "am 3. Werktag"; "I am 3." is English."""
    before = _word_before(text, begin, max(begin, at - 1)).lower()
    return before in _GERMAN_ARTICLES and following not in _STARTERS and text[max(begin, at - 5) : at] != "I am "


def _begins_item(text: str, begin: int, at: int) -> bool:
    """Tell whether what begins at `at` begins its sentence: "1. Open the lid", "# 2. Methods", "ii. Definitions"."""
    return at == begin or (at - begin < 8 and text[begin:at].strip("#*_•–- \t") == "")


def _is_labelled(text: str, begin: int, at: int) -> bool:
    """Tell whether the letter at `at` is a label, no initial: "moved to group B. Anna"."""
    return _word_before(text, begin, max(begin, at - 1)).lower() in _LABELLED
