"""Subtitles (SRT, WebVTT): what is said in, sentences out that go on from one subtitle to the next.

Each subtitle is a page whose label is the time at which it is shown; the text itself has no times.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from index.readers.content import Content, Source, one_line, sensible_title
from index.readers.encoding import decode
from index.records import Page

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_TIME}\s*-+>\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*+)?\s++([^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|</?>|<[\d:.]+>|\{\\[^{}]*\}|\{[a-zA-Z]:[^{}]*\}")
_RUBY = re.compile(r"<rt>[^<>]*</rt>")  # how the word before it is read
_TURN = re.compile(r"[-–—‐][ \xa0]?(?=\S)")  # before what another one says
_SENTENCE_END = re.compile(r"[.!?…。！？♪][\"'”’»)\]]*$")
_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n")
_PAUSE = 3.0  # seconds of silence after which a paragraph ends
_PARAGRAPH = 600  # characters after which one ends with a sentence
_LINE = 200  # and after which one ends anyhow where there are no sentences, as in what machines write down
_NO_SUBTITLES = ("NOTE", "STYLE", "REGION")


Line: TypeAlias = tuple[tuple[str, str], ...]  # what is said in it, each after who says it, if that is marked


@dataclass(slots=True)
class _Cue:
    """A subtitle: when it is shown, in seconds, and its lines."""

    start: float
    end: float
    lines: list[str] = field(default_factory=list)


def read(source: Source) -> Content:
    """Read subtitles; a file without any is plain text."""
    text = decode(source.data)
    is_vtt = text.startswith("WEBVTT")
    speech = _Speech()
    for cue in _cues(text, is_vtt=is_vtt):
        speech.add(cue)
    if not speech.pages:
        return Content("", text)
    header = text.split("\n", 1)[0].removeprefix("WEBVTT").strip(" -\t") if is_vtt else ""
    return Content(sensible_title(header), "".join(speech.parts), dict(enumerate(speech.pages, start=1)))


def _cues(text: str, *, is_vtt: bool) -> Iterator[_Cue]:
    """Yield the subtitles; a blank line ends one in WebVTT, in SRT only the next one's number and times do."""
    cue: _Cue | None = None
    for block in _BLANK_LINE.split(text):
        lines = block.split("\n")
        places = [place for place, line in enumerate(lines) if "->" in line and _TIMES.fullmatch(line)]
        if is_vtt and lines[0].startswith(_NO_SUBTITLES) and (not places or places[0] > 1):
            continue
        before = lines[: places[0]] if places else lines
        if cue is not None and not is_vtt:
            cue.lines += before[: len(before) - 1 if places else None]
        for number, place in enumerate(places):
            if cue is not None:
                yield cue
            after = places[number + 1] - 1 if number + 1 < len(places) else len(lines)  # a number is before the next
            cue = _Cue(*_seconds(lines[place]), lines[place + 1 : after])
    if cue is not None:
        yield cue


def _seconds(line: str) -> tuple[float, float]:
    times = _TIMES.fullmatch(line)
    found = [int(group or 0) for group in times.groups()] if times else [0] * 8
    fractions = [(times[group] or "0") if times else "0" for group in (4, 8)]
    start, end = (
        3600 * hours + 60 * minutes + seconds + int(fraction) / 10 ** len(fraction)
        for (hours, minutes, seconds), fraction in zip((found[:3], found[4:7]), fractions, strict=True)
    )
    return start, end


@dataclass(slots=True)
class _Speech:
    """The text so far, in parts, and the pages; and what was shown last, which a rolling subtitle shows again."""

    parts: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    _length: int = 0
    _paragraph: int = 0  # characters since it began
    _sentences: bool = False  # whether any ended so far
    _speaker: str = ""
    _shown: list[Line] = field(default_factory=list)
    _shown_until: float = 0.0

    def add(self, cue: _Cue) -> None:
        """Add what is new in a subtitle; one without anything new is no page."""
        lines = [line for line in map(_pieces, cue.lines) if line]
        turns = list(self._turns(_new_lines(lines, self._shown if cue.start <= self._shown_until else [])))
        paused = cue.start - self._shown_until > _PAUSE
        if lines:
            self._shown, self._shown_until = lines, cue.end
        if not turns:
            return
        start = None
        for speaker, text in turns:
            begins = speaker or _TURN.match(text) is not None or paused
            paused = False
            self._separate(begins=bool(begins))
            start = self._length if start is None else start
            self._write(f"{speaker}: {text}" if speaker else text)
            self._sentences = self._sentences or _SENTENCE_END.search(text) is not None
        minutes, seconds = divmod(int(cue.start), 60)
        label = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        self.pages.append(Page(start or 0, self._length, label=label))

    def _turns(self, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
        """Yield what one speaker says after the other, with the name where it is said and another one's than before."""
        said: list[str] = []
        speaker = ""
        for name, text in (piece for line in lines for piece in line):
            changes = name not in ("", self._speaker)
            if said and (changes or _TURN.match(text)):
                yield speaker, " ".join(said)
                said, speaker = [], ""
            if changes:
                self._speaker = speaker = name
            said.append(text)
        if said:
            yield speaker, " ".join(said)

    def _separate(self, *, begins: bool) -> None:
        """Put between what was said and what comes a space, or a blank line where a paragraph ends."""
        if not self.parts:
            return
        ended = _SENTENCE_END.search(self.parts[-1]) is not None
        if begins or (ended and self._paragraph > _PARAGRAPH) or (not self._sentences and self._paragraph > _LINE):
            self._write("\n\n")
            self._paragraph = 0
        else:
            self._write(" ")

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)
        self._paragraph += len(text)


def _pieces(line: str) -> Line:
    """Return what is said in a line, without the marks of its style."""
    first, *rest = _VOICE.split(_RUBY.sub("", line))  # text, name, text, name, text...
    pieces = [("", first), *zip(rest[::2], rest[1::2], strict=True)]
    plain = [tuple(one_line(html.unescape(_TAG.sub("", part))) for part in piece) for piece in pieces]
    return tuple((name, text) for name, text in plain if text)


def _new_lines(lines: list[Line], shown: list[Line]) -> list[Line]:
    """Return the lines without those at their beginning that are still shown."""
    for count in range(min(len(shown), len(lines)), 0, -1):
        if shown[-count:] == lines[:count]:
            return lines[count:]
    now = _said(lines)
    for count in range(len(shown), 0, -1):  # word by word
        if now.startswith(f"{_said(shown[-count:])} "):
            return [(("", now[len(_said(shown[-count:])) + 1 :]),)]
    return lines


def _said(lines: list[Line]) -> str:
    return " ".join(text for line in lines for _, text in line)
