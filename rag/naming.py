"""Names of documents: what a person typed goes in, the documents that it names by file name or title come out.

A name counts only if all of its words are said, and at least two or the whole file name: "minutes-april.md", "the April
minutes", "the Johnson lease". A single ordinary word names nothing, unless it stands before "document" or "file".
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from index import FUNCTION_WORDS, Entry, Snapshot, content_words, is_english, split_words

_MOST = 3  # documents that one name may be of
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z]{3})")
_SORT = re.compile(
    r"\b(?:the|my|our|this) (?P<name>[\w'’-]+(?: [\w'’-]+)?) "
    r"(?:document|doc|file|pdf|text|spreadsheet|presentation)s?\b",
    re.I,
)
# What a document is called by besides its name: "the whale report" is whales.md.
_SORTS = frozenset(
    split_words("document doc file pdf report text paper manual guide book letter article notes note page site")
)
_ARTICLES = frozenset("the a an of and in for to on".split())
_KINDS = frozenset(
    split_words(
        "agreement contract lease minutes invoice policy handbook plan protocol statement memo brief thesis essay"
        " budget presentation newsletter catalogue leaflet diary recipe story brochure specification proposal offer"
    )
)
# With these, words for what one looks things up in: "the bus timetable" is a document before it is a subject.
_WRITTEN = (
    _SORTS
    | _KINDS
    | frozenset(
        split_words(
            "log register list schedule timetable rota roster form certificate warranty instructions terms rules"
            " regulations bill receipt quote estimate payslip menu itinerary programme program syllabus transcript"
            " interview review survey study faq checklist inventory calendar directory glossary"
        )
    )
)
_WORD = re.compile(r"[^\W_](?:[\w.'’-]*\w)?")
_LEADING = frozenset("in from per of under within by".split())
_SAID_ABOUT = "What is said about "
_SAYS = re.compile(
    r"^what (?:does|do|did) (?:the |my |our )?(?P<name>\S.{0,80}?) (?:say|state|mention|write|tell(?: me| us)?) "
    r"(?:about|on|of|regarding) (?P<about>\S.*)$",
    re.I | re.S,
)
_PATIENCE = 20.0  # times as long as reading the names took they are kept, though documents came and went


@dataclass(frozen=True, slots=True)
class Name:
    """A document's file name, and the words of its stem and of its title."""

    doc_id: str
    path: str
    title: str
    file: str
    stem: frozenset[str]
    words: frozenset[str]


@dataclass
class Names:
    """The names of a library's documents, read anew when documents have come or gone."""

    _sequence: int = -1
    _until: float = 0.0
    _names: Sequence[Name] = ()
    _by_word: dict[str, list[Name]] = field(default_factory=dict)
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def all(self, snapshot: Snapshot) -> Sequence[Name]:
        """Return the names of all documents of a snapshot, by path."""
        with self._reading:
            if snapshot.sequence != self._sequence and time.monotonic() >= self._until:
                started = time.monotonic()
                self._names = [_name(entry) for entry in snapshot.entries() if entry.doc_id]
                self._by_word = {}
                for name in self._names:
                    for word in name.stem | name.words:
                        self._by_word.setdefault(word, []).append(name)
                self._sequence = snapshot.sequence
                self._until = time.monotonic() + _PATIENCE * (time.monotonic() - started)
            return self._names

    def within(self, snapshot: Snapshot, documents: Sequence[str], folders: Sequence[str]) -> list[Name]:
        """Return the names in a scope: of these documents (ids) and below these folders; of all if neither is given."""
        names = self.all(snapshot)
        if not documents and not folders:
            return list(names)
        roots = tuple(os.path.abspath(folder).rstrip(os.sep) + os.sep for folder in folders)
        return [name for name in names if name.doc_id in documents or name.path.startswith(roots)]

    def named_in(self, question: str) -> list[Name]:
        """Return the documents, of those last looked up, that a question names; none if that is not certain."""
        said = _words(question)
        written = question.casefold()
        possible = {name.doc_id: name for word in said for name in self._by_word.get(word, ())}.values()
        whole = [name for name in possible if _has_whole(written, name)]
        whole = whole or [name for name in possible if _has_own(written, name)]
        if whole:
            return whole[:_MOST]
        best = [
            (
                max(
                    (len(words) for words in (_stem_words(name), name.words) if len(words) > 1 and words <= said),
                    default=0,
                ),
                name,
            )
            for name in possible
        ]
        most = max((number for number, _ in best), default=0)
        found = [name for number, name in best if number == most] if most else self._of_a_sort(question)
        return found if len(found) <= _MOST else []

    def resolve(self, about: str) -> list[Name]:
        """Return the documents that `about` is a name of, and nothing else: "the whale report", "whales.md".

        One word is a name if it is all of a file name or title, or a word for a document: "the agreement".
        """
        exact = self.named_in(about)
        words = frozenset(content_words(_spaced(about)))
        if exact and all(words - _SORTS <= name.stem | name.words | _suffix_words(name) for name in exact):
            return exact
        wanted = words - _SORTS or words
        for part in (_stem_words, _title_words, _own_words):
            fitting = [name for name in self._names if wanted and wanted <= part(name)]
            sure = len(wanted) > 1 or words & (_SORTS | _KINDS) or all(wanted >= part(name) for name in fitting)
            if sure and 0 < len(fitting) <= _MOST:
                return fitting
        return []

    def _of_a_sort(self, question: str) -> list[Name]:
        """Return the one document that "the May document" means."""
        found = _SORT.search(question)
        words = frozenset(content_words(_spaced(found["name"]))) - _SORTS if found else frozenset()
        fitting = [name for name in self._names if words and words <= name.stem | name.words]
        return fitting if len(fitting) == 1 else []


def to_look_in(question: str, names: Sequence[Name]) -> Sequence[Name]:
    """Return `names` if the question that names them says to look there; what a page is titled may be its subject.

    "In the tides", "the Holm lease", "bees.md" and "What does the garden say" do; "Who found the optic nerve?" may be
    answered elsewhere, though a page is titled so. What says so is known in English only: elsewhere a title does.
    """
    if not names or not is_english(question):
        return names
    said = question.casefold()
    by_file = any(_has_whole(said, name) or _has_own(said, name) for name in names)
    place = _place(question, names)
    is_place = place is not None and not question[place[0] :].lower().startswith("of ")
    return names if by_file or is_place or _words(question) & _WRITTEN or _SAYS.match(question) else ()


def without_names(question: str, names: Sequence[Name]) -> str:
    """Return a question without "in the April minutes": it says where to look, and not what for."""
    place = _place(question, names)
    if place:
        rest = f"{question[: place[0]].rstrip(' ,')} {question[place[1] :].lstrip(' ,')}".strip()
        return re.sub(r"\s+([?.!])", r"\1", rest) if len(rest.split()) > 2 else question
    said = _SAYS.match(question)
    named = said and frozenset(content_words(_spaced(said["name"]))) <= _allowed(names)
    return f"{_SAID_ABOUT}{said['about']}" if said and named else question


def said_about(question: str) -> frozenset[str]:
    """Return the content words of X of "What is said about X", as `without_names` returns it; none of others."""
    about = question[len(_SAID_ABOUT) :] if question.lower().startswith(_SAID_ABOUT.lower()) else ""
    return frozenset(content_words(about)) - FUNCTION_WORDS


def _allowed(names: Sequence[Name]) -> frozenset[str]:
    """Return the words that a name may be said with."""
    own = [name.stem | name.words | _words(name.file) for name in names]
    return frozenset().union(*own) | _SORTS | frozenset(("mr", "mrs", "of", "the", "my", "our"))


def _place(question: str, names: Sequence[Name]) -> tuple[int, int] | None:
    """Return where a question says "in the April minutes", if it does."""
    words = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(question)]
    allowed = _allowed(names)
    for i, (word, start, _) in enumerate(words):
        if word.lower() not in _LEADING and not (word.lower() == "to" and words[i - 1][0].lower() == "according"):
            continue
        end = i + 1
        while end < len(words) and _words(words[end][0]) <= allowed:
            end += 1
        run = _words(question[start : words[end - 1][2]])
        if any(run >= name.stem or (name.words and run >= name.words) or _is_sort_of(run, name) for name in names):
            return (words[i - 1][1] if word.lower() == "to" else start), words[end - 1][2]
    return None


def _is_sort_of(words: frozenset[str], name: Name) -> bool:
    """Tell whether "the May document" is this one."""
    own = words & (name.stem | name.words)
    return bool(words & _SORTS) and bool(own - _SORTS)


def list_names(names: Iterable[Name], *, most: int) -> str:
    """Return the file names, at most so many of them, as one reads them."""
    files = [name.file for name in names]  # two files of one name are two
    shown = files[:most]
    if len(files) > most:
        return f"{', '.join(shown)} and {len(files) - most} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _name(entry: Entry) -> Name:
    file = re.split(r"[/\\]", entry.path)[-1] or entry.path
    stem = _words(_stem(file))
    words = frozenset(content_words(_spaced(entry.title))) if entry.title else frozenset()
    return Name(entry.doc_id, entry.path, entry.title, file, stem, words)


def _spaced(text: str) -> str:
    """Return a text with the words of a file name apart: JohnsonLease, report_final_v2, minutes-april."""
    return re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", text))


def _words(text: str) -> frozenset[str]:
    return frozenset(split_words(_spaced(text)))


def _stem(file: str) -> str:
    return PurePath(file).stem


def _stem_words(name: Name) -> frozenset[str]:
    return name.stem - _ARTICLES or name.stem


def _title_words(name: Name) -> frozenset[str]:
    return name.words


def _own_words(name: Name) -> frozenset[str]:
    return name.stem | name.words


def _suffix_words(name: Name) -> frozenset[str]:
    return _words(name.file)


def _has_own_form(name: Name) -> bool:
    """Tell whether a stem is no plain word or words: JohnsonLease, report_final_v2, minutes-april."""
    stem = _stem(name.file)
    return len(stem) > 3 and bool(re.search(r"[_\d-]|[a-z][A-Z]", stem)) and not stem.isdigit()


def _has_whole(text: str, name: Name) -> bool:
    """Tell whether a file's name, with its ending, stands in a text in small letters."""
    return "." in name.file and _stands_in(name.file.casefold(), text)


def _has_own(text: str, name: Name) -> bool:
    """Tell whether the stem of a file's name does, one that is no plain word."""
    return _has_own_form(name) and _stands_in(_stem(name.file).casefold(), text)


def _stands_in(name: str, text: str) -> bool:
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            return True
        at = text.find(name, at + 1)
    return False
