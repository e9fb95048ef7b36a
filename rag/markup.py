"""Markup: a line of what a language model or a person wrote goes in, its plain words come out.

All of it takes time in proportion to the length.
"""

from __future__ import annotations

import re

HEADING = re.compile(r"^\s{0,9}#{1,6}\s|^\s{0,9}[-=*_]{3,}\s*+$|^\s{0,9}(?:```|~~~)|^[\s|:+-]{3,}$")
_BULLET = re.compile(
    r"^\s{0,99}(?:>\s{0,9}|[-*+•–]\s{1,9}|\(?\d{1,3}[.)]\s{1,9}|\(?[a-z]\)\s{1,9}|\[[ xX]\]\s{1,9}){1,4}"
)
_TARGET = r"\((?:[^()]|\([^()]{0,300}\)){0,2000}\)"  # of a link: one more pair may stand in it
_PICTURE = re.compile(rf"!\[[^\][]{{0,300}}\](?:{_TARGET}|\[[^\][]{{0,99}}\])")
_LINK = re.compile(rf"\[(?!\^?\d)([^\][]{{0,300}})\](?:{_TARGET}|\[[^\][]{{0,99}}\])")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>|<\|[^<>|]{0,60}\|>")
_NUMBER = r"\^?\d{1,3}(?:\s?[,;–-]\s?\^?\d{1,3}){0,20}"
_WORD = r"(?:passages?|sources?|citations?|documents?|refs?\.?|references?|see)"
_CITED = re.compile(
    rf"\s?\[(?:{_WORD}\s?:?\s?)?{_NUMBER}(?:\s?(?:and|,)\s?{_WORD}?\s?\d{{1,3}})?\]|\s?\({_WORD}\s?:?\s?{_NUMBER}\)"
    r"|\s?【[^】]{0,60}】|(?<=[.!?,;])[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6}",
    re.I,
)
_EMPHASIS = re.compile(r"(?<![\w*])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\w*])|\*{2,3}|~~|`{1,3}|\$\$")


def without_markup(line: str) -> str:
    """Return a line without signs of lists, pictures, links (but their words), numbers of citations, tags, emphasis."""
    text = _CITED.sub("", _LINK.sub(r"\1", _PICTURE.sub("", _BULLET.sub("", line))))
    return _EMPHASIS.sub("", _TAG.sub("", text))
