"""RTF: bytes in, the text out as it reads with all changes accepted: paragraphs, headings, lists, tables.

Page headers come before it, footers, notes and comments after it. What was deleted or no eye sees is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title, superscript
from index.readers.hidden import Tally, gap, with_hidden
from index.readers.rtf.hidden import PATTERNS, PLAIN, SHADINGS, Inks, Look, changed
from index.readers.rtf.story import Story
from index.readers.rtf.words import (
    ESCAPED,
    LEFT_OUT,
    READ_ALL_THE_SAME,
    SIGNS,
    SYMBOL,
    charset,
    code_page,
    decode_symbols,
    tokens,
)
from index.readers.tables import is_page_number

_TOKENS_A_REPORT = 100_000
_MAX_DEPTH = 10_000
_HEADINGS = 6  # levels
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|nagłówek|заголовок) ?([1-9])", re.I)
_STORIES = {"header": "header", "headerl": "header", "headerr": "header", "headerf": "header"} | {
    "footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer",
    "footnote": "note", "annotation": "comment", "shptxt": "box", "dptxbxtext": "box",
}  # fmt: skip
_APART = ("box", "comment")  # that stand on grounds of their own
_COLLECTED = frozenset(("title", "listtext", "pntext", "atnauthor", "sn", "sv"))


def read(source: Source) -> Content:
    """Read an RTF file."""
    reader = _Reader(Inks(source.data))
    for number, token in enumerate(tokens(source.data)):
        if number % _TOKENS_A_REPORT == 0:
            source.report(0, 0)  # it goes on
        if token.brace:
            reader.brace(opens=token.brace == b"{")
        elif token.word:
            reader.word(token.word, token.number)
        elif token.sign:
            reader.sign(token.sign)
        else:
            reader.bytes(token.data)
    return reader.content()


@dataclass(slots=True)
class _State:
    """What holds in a group, and in those in it until they say otherwise."""

    story: Story | None  # that words are added to; None if they are no text
    heard: list[str] | None = None  # where words are collected that are no text by themselves
    purpose: str = ""  # of the group that began the story or the collecting
    around: _State | None = None  # of a group that is there twice, for old and new programs
    font: int = -1
    fallback: int = 1  # how many characters stand for one that is given by its number, in programs that don't know it
    style: int = 0
    level: int = 0
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    html_only: bool = False
    raised: bool = False
    in_table: bool = False
    list_depth: int = 0
    look: Look = PLAIN


@dataclass(slots=True)
class _Reader:
    """Goes through the tokens once, in order."""

    inks: Inks
    body: Story = field(default_factory=Story)
    state: _State = field(init=False)
    _default_font: int = 0
    _encoding: str = "cp1252"
    _fonts: dict[int, str] = field(default_factory=dict)  # their encodings; "" is a font of signs
    _levels: dict[int, int] = field(default_factory=dict)  # of headings, by style
    _texts: dict[str, list[str]] = field(default_factory=dict)  # headers, footers, comments, the title
    _notes: list[Story] = field(default_factory=list)
    _stack: list[_State] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)  # that are not decoded yet
    _units: list[int] = field(default_factory=list)  # of UTF-16: a character may be given in two
    _skip: int = 0  # characters that stand for one before them
    _starred: bool = False
    _author: str = ""  # of the comment that comes
    _property: str = ""  # of a shape, whose value comes
    _hidden: Tally = field(default_factory=Tally)
    _place: int = 0  # of the paragraph or cell, counted
    _in_row: bool = False  # of a table, whether its paragraphs say so or not

    def __post_init__(self) -> None:
        self.state = _State(self.body)

    def content(self) -> Content:
        """Return what was read."""
        cut_off = "the file is cut off: get it again from where it came" if self._stack else ""
        while self._stack:
            self.brace(opens=False)
        builder = ContentBuilder()
        for text in dict.fromkeys(self._texts.get("header", ())):
            builder.paragraph("" if is_page_number(text) else text)
        self.body.write(builder)
        for text in dict.fromkeys(self._texts.get("footer", ())):
            builder.paragraph("" if is_page_number(text) else text)
        for note in self._notes:
            note.write(builder)
        for text in self._texts.get("comment", ()):
            builder.paragraph(text)
        content = builder.build(sensible_title("".join(self._texts.get("title", ())[:1])))
        return with_hidden(replace(content, missing=cut_off), self._hidden.passages)

    def brace(self, *, opens: bool) -> None:
        """Begin or end a group."""
        self._flush()
        self._skip, self._starred = 0, False
        if opens:
            if len(self._stack) >= _MAX_DEPTH:
                raise DocumentRejectedError(f"its groups are nested over {_MAX_DEPTH} deep: save it again")
            self._stack.append(self.state)
            self.state = replace(self.state)
        elif self._stack:
            ended, self.state = self.state, self._stack.pop()
            changed = ended.story is not self.state.story or ended.heard is not self.state.heard
            if changed or ended.purpose == "stylesheet":
                self._end_group(ended)

    def sign(self, sign: str) -> None:
        """Read what stands after a backslash and is no letter."""
        if sign == "*":
            self._starred = True
        elif sign in "\r\n":
            self.word("par", None)
        elif sign in ESCAPED:
            self._say(ESCAPED[sign])

    def bytes(self, data: bytes) -> None:
        """Read text in the encoding of its font."""
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        if self.state.story or self.state.heard is not None:
            self._flush_units()
            self._bytes += data[skipped:]

    def word(self, word: str, number: int | None) -> None:
        """Read a control word."""
        starred, self._starred = self._starred, False
        if word == "u" and number is not None:
            self._decode()
            self._units.append(number & 0xFFFF)
            self._skip = self.state.fallback
            return
        self._flush()
        self._skip = 0
        if word in SIGNS:
            self._say(SIGNS[word])
        elif word in _WORDS:
            _WORDS[word](self, number)
        elif word in _STORY_WORDS:
            self._in_row = word != "row" and (self._in_row or word == "trowd")
            self._place += 1
            if self.state.story:
                _STORY_WORDS[word](self.state.story)
        elif word in _SWITCHES:
            setattr(self.state, _SWITCHES[word], number != 0)
        elif word in _NUMBERS:
            name, highest = _NUMBERS[word]
            setattr(self.state, name, min(max(number or 0, 0), highest))
        elif word in SHADINGS or word in PATTERNS:
            self.state.look = changed(self.state.look, word, number)
            if not self.state.story:
                self.inks.note_style(changed(PLAIN, word, number))
        elif word == "nosupersub":
            self.state.raised = False
        elif self._stack and not self._begin_group(word) and starred:
            self.state.story, self.state.heard, self.state.purpose = None, None, ""

    def _begin_group(self, word: str) -> bool:
        """Take the word for the purpose of the group, if it is one; tell whether it is."""
        state = self.state
        if word == "upr":
            state.around, state.story, state.heard, state.purpose = self._stack[-1], None, None, ""
        elif word == "ud" and state.around:
            state.story, state.heard = state.around.story, state.around.heard
        elif word in LEFT_OUT or (word.startswith("m") and word.endswith("Pr")):
            state.story, state.heard, state.purpose = None, None, ""
        elif word in _COLLECTED:
            state.heard, state.purpose, state.story = [], word, None
        elif word in _STORIES and (state.story or word == "shptxt"):
            state.story, state.purpose, state.in_table = Story(), _STORIES[word], False
        elif word == "stylesheet":
            state.heard, state.purpose, state.story = [], word, None
        else:
            return word in READ_ALL_THE_SAME
        return True

    def _end_group(self, ended: _State) -> None:
        """Put what a group held where it belongs."""
        heard = one_line("".join(ended.heard or ()))
        if ended.purpose in ("header", "footer", "comment", "note", "box") and ended.story:
            self._end_story(ended.purpose, ended.story)
        elif ended.purpose == "title":
            self._texts.setdefault("title", []).append(heard)
        elif ended.purpose in ("listtext", "pntext") and self.state.story and heard:
            self.state.story.marker = f"{heard} " if any(map(str.isalnum, heard)) else "- "
        elif ended.purpose == "stylesheet" and ended.heard is not None:
            named = _HEADING.match(heard)
            self._levels[ended.style] = ended.level or (min(int(named[1]), _HEADINGS) if named else 0)
            ended.heard.clear()
        elif ended.purpose == "atnauthor":
            self._author = heard
        elif ended.purpose == "sn":
            self._property = heard
        elif ended.purpose == "sv" and self._property == "wzDescription":
            description = Story()
            description.add(heard, bold=False)
            next((one.story for one in reversed(self._stack) if one.story), self.body).add_box(description)

    def _end_story(self, purpose: str, story: Story) -> None:
        if purpose == "note":
            self._notes.append(story)
        elif purpose == "box":
            if self.state.story:
                self.state.story.add_box(story)
        elif text := story.text():
            if purpose == "comment":
                text = f"Comment by {self._author}: {text}" if self._author else f"Comment: {text}"
            self._texts.setdefault(purpose, []).append(text)

    def _say(self, text: str) -> None:
        """Add words to the text, or to what is collected."""
        self._flush()
        self._put(text)

    def _put(self, text: str) -> None:
        state = self.state
        if state.heard is not None:
            state.heard.append(text)
        elif state.story and not (state.deleted or state.html_only):
            in_table = state.in_table or self._in_row
            if state.hidden or not self.inks.is_seen(state.look, in_table=in_table, apart=state.purpose in _APART):
                self._hidden.add(text, self._place)
                text = gap(text)
            state.story.add(superscript(text) if state.raised else text, bold=state.bold)

    def _flush(self) -> None:
        self._decode()
        self._flush_units()

    def _decode(self) -> None:
        """Put the bytes so far into the text; two may be one character, so they are not decoded one by one."""
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            font = self._default_font if self.state.font < 0 else self.state.font
            encoding = self._fonts.get(font, self._encoding)
            self._put(data.decode(encoding, errors="replace") if encoding else decode_symbols(data))

    def _flush_units(self) -> None:
        if self._units:
            data, self._units = b"".join(unit.to_bytes(2, "little") for unit in self._units), []
            self._put(data.decode("utf-16-le", errors="replace"))

    def end_paragraph(self, _number: int | None) -> None:
        """End a paragraph, or a line in a cell."""
        state = self.state
        self._place += 1
        if state.story:
            if state.story.marker:
                state.story.marker = "  " * state.list_depth + state.story.marker.lstrip()
            level = max(state.level or self._levels.get(state.style, 0), 0)
            state.story.end_paragraph(level=level, in_table=state.in_table)

    def reset_paragraph(self, _number: int | None) -> None:
        """Begin a paragraph without any style."""
        state = self.state
        state.style = state.level = state.list_depth = 0
        state.in_table = False
        state.look = state.look.without_paragraph()

    def reset_characters(self, _number: int | None) -> None:
        """Go on with characters without any style."""
        state = self.state
        state.bold = state.hidden = state.deleted = state.raised = False
        state.font = -1
        state.look = state.look.without_characters()

    def set_charset(self, number: int | None) -> None:
        """Say in which encoding the words in a font are."""
        self._fonts[self.state.font] = "" if number == SYMBOL else charset(number, self._encoding)

    def set_code_page(self, number: int | None) -> None:
        """Say in which encoding words are where their font has none."""
        self._encoding = code_page(number)

    def set_default_font(self, number: int | None) -> None:
        """Say which font words have that are given none."""
        self._default_font = number or 0

    def set_level(self, number: int | None) -> None:
        """Take the paragraph for a heading, or for none whatever its style."""
        level = number or 0
        self.state.level = level + 1 if 0 <= level < _HEADINGS else -1


_WORDS: dict[str, Callable[[_Reader, int | None], None]] = {
    "par": _Reader.end_paragraph, "sect": _Reader.end_paragraph, "page": _Reader.end_paragraph,
    "pard": _Reader.reset_paragraph, "plain": _Reader.reset_characters, "outlinelevel": _Reader.set_level,
    "fcharset": _Reader.set_charset, "ansicpg": _Reader.set_code_page, "deff": _Reader.set_default_font,
}  # fmt: skip
_STORY_WORDS: dict[str, Callable[[Story], None]] = {
    "cell": Story.end_cell, "nestcell": Story.end_cell, "row": Story.end_row, "nestrow": Story.end_row,
    "trowd": Story.begin_row, "trhdr": Story.mark_header, "clvmrg": Story.merge_up, "cellx": Story.end_column,
}  # fmt: skip
# Words that say what holds from here on: whether or not, or a number up to the given one.
_SWITCHES = {
    "b": "bold", "v": "hidden", "deleted": "deleted", "super": "raised", "htmlrtf": "html_only", "intbl": "in_table",
}  # fmt: skip
_NUMBERS = {"f": ("font", 1 << 20), "s": ("style", 1 << 20), "uc": ("fallback", 100), "ilvl": ("list_depth", 9)}
