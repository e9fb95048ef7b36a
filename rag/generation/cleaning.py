"""Cleaning: what a model writes goes in as it comes, plain finished sentences come out, and a draft of the next.

Thoughts, scripts and calls of tools are left out whole; of markup, links, pictures, addresses and numbers of citations
only the plain words stay. All of it takes time in proportion to the length, and nothing is held that is longer than
`LONGEST_LINE`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from index import clean_text, split_sentences
from rag.markup import HEADING, without_markup

LONGEST_LINE = 2000  # characters of a sentence; a longer one is cut
_LONGEST_MARK = 120  # characters from "<" to ">" of a tag that is waited for
_HIDDEN = "think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|script|style|tool_calls?|function_call"
_MARK = re.compile(
    rf"<(?P<name>{_HIDDEN})\b[^<>]{{0,{_LONGEST_MARK}}}>|(?P<comment><!--)|(?P<channel><\|channel\|>)"
    rf"|(?P<end></(?:{_HIDDEN})\s{{0,9}}>)",
    re.I,
)
_MAY_END = re.compile(r"[\s。！？।]")  # without it in a piece, no sentence has ended
_REST = r"[^\s<>\"'“”‘’)\]]"
_ADDRESS = re.compile(
    rf"\b(?:https?|ftps?|file|wss?|javascript|data|vbscript|mailto|tel|ssh|git):{_REST}{{2,}}(?<![.,;:!?])"
    rf"|(?<![\w.@-])www\.{_REST}{{2,}}(?<![.,;:!?])"
    rf"|(?<![\w.@/-])(?:[a-z\d-]{{1,63}}\.){{1,5}}[a-z]{{2,12}}/{_REST}*(?<![.,;:!?])",
    re.I,
)
_SPACE_BEFORE = re.compile(r"\s+([.,;:!?])")


@dataclass
class Cleaner:
    """Takes what a model writes; `feed` returns the sentences that it finished, `draft` is the one that it is at.

    `anew` counts how often all that came before has turned out to be a thought, so that no sentence of it counts.
    """

    anew: int = 0
    _raw: str = ""
    _line: str = ""
    _hidden: re.Pattern[str] | None = None
    _found: list[str] = field(default_factory=list)

    def feed(self, text: str) -> list[str]:
        """Take a piece; return the sentences that end in it."""
        self._raw += text
        self._take(final=False)
        return self._leave()

    def finish(self) -> list[str]:
        """Return what is left, as if it ended there."""
        self._take(final=True)
        self._end_line()
        return self._leave()

    @property
    def draft(self) -> str:
        """The sentence that has no end yet, as plain as the finished ones."""
        return "" if HEADING.match(self._line) else plain(self._line)

    def _leave(self) -> list[str]:
        found, self._found = self._found, []
        return found

    def _take(self, *, final: bool) -> None:
        """Move what is seen from the raw text to the line; stop at what may be the beginning of something hidden."""
        while self._raw:
            if self._hidden:
                closing = self._hidden.search(self._raw)
                if not closing:
                    self._raw = "" if final else self._raw[-_LONGEST_MARK:]
                    return
                self._raw, self._hidden = self._raw[closing.end() :], None
                continue
            end = len(self._raw) if final else _seen_until(self._raw)
            mark = _MARK.search(self._raw, 0, end)
            if mark is None:
                self._show(self._raw[:end])
                self._raw = self._raw[end:]
                return
            before, self._raw = self._raw[: mark.start()], self._raw[mark.end() :]
            if mark.group("end"):  # the end of a thought whose beginning the template has written
                self._line, self._found = "", []
                self.anew += 1
                continue
            self._show(before)
            self._hidden = _closing_of(mark)

    def _show(self, text: str) -> None:
        """Add to the line; where it ends, or has sentences that do, these are finished."""
        *lines, last = text.split("\n")
        for line in lines:
            self._line += line
            self._end_line()
        self._line += last
        if len(self._line) > LONGEST_LINE:
            self._end_line()
        elif _MAY_END.search(last) and not HEADING.match(self._line):
            spans = split_sentences(self._line)
            for start, end in spans[:-1]:
                self._add(self._line[start:end])
            if len(spans) > 1:
                self._line = self._line[spans[-1][0] :]

    def _end_line(self) -> None:
        line, self._line = self._line[: 2 * LONGEST_LINE], ""
        if HEADING.match(line):
            return
        for start, end in split_sentences(line):
            self._add(line[start:end])

    def _add(self, sentence: str) -> None:
        text = plain(sentence)
        if re.search(r"[^\W_]", text):
            self._found.append(text)


def plain(text: str) -> str:
    """Return the plain words of a sentence, on one line, without what leads anywhere."""
    text = _ADDRESS.sub("…", without_markup(clean_text(text[:LONGEST_LINE])))
    text = text.replace("<", "‹").replace(">", "›")
    if text.count("|") > 1:
        text = "; ".join(cell.strip() for cell in text.split("|") if cell.strip())
    return _SPACE_BEFORE.sub(r"\1", " ".join(text.split())).strip("# ")


def _closing_of(mark: re.Match[str]) -> re.Pattern[str]:
    """Return what ends the hidden text that a mark begins."""
    if name := mark.group("name"):
        return re.compile(rf"</{name}\s{{0,9}}>", re.I)
    return re.compile("-->") if mark.group("comment") else re.compile(r"final<\|message\|>")


def _seen_until(text: str) -> int:
    """Return how far no tag has begun that may yet be ended by what comes."""
    at = text.rfind("<", max(0, len(text) - _LONGEST_MARK))
    if at < 0 or ">" in text[at:] or not re.fullmatch(r"<(?:[a-zA-Z/!|][^\n]*)?", text[at:]):
        return len(text)
    return at
