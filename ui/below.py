"""What the layers below say in English, in the language that is spoken: a sentence goes in, its translation comes out.

What `index` and `rag` raise, find missing or are at, and what was kept with a conversation, are English sentences. Here
are the messages that they are made of; the values in them are found by the words around them. A sentence that is
none of these stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ui.languages import ENGLISH, Value, counted, language, later, phrase, phrases, spoken

MESSAGES = (
    # What a question is at.
    later("Loading the models"),
    later("Searching {n} passages"),
    later("Reading the best {n}"),
    later("Answering"),
    later("Asking the language model"),
    later("The language model's server is busy: waiting {seconds} s"),
    later("{model} is thinking"),
    later("{model} is writing"),
    later("Reading part {number} of {total}"),
    later("Reading what is said of {title} ({number} of {total})"),
    later("Asking the language model what the question means"),
    later("Asking the language model what to search for next"),
    later("Searching for “{query}”"),
    # Why there is no answer.
    later("Something failed: {why}"),
    later("the question is empty: type one"),
    later("the question has {n} characters: ask in at most {most}"),
    later("Pincite was started again, or this page was left alone for long, and the conversation is no longer held."),
    later("The page was left, or Pincite ended, before the answer was there."),
    later("Too many people are asking just now: ask again in a moment."),
    later("You have {n} questions waiting: wait for one of them, then ask again."),
    later("Too many questions come from your address just now: ask again in a moment."),
    later("the models can't be loaded ({reason}): run it again with --debug to see where, or reinstall Pincite"),
    # What is said of a model's words.
    later("the model came to its limit: the end is missing"),
    later("the server held the rest back"),
    later("the model came to no end: it was stopped"),
    later("the model only repeated itself: it was stopped"),
    later("stopped before its end"),
    later("a document that the model read was removed meanwhile: ask again"),
    later("the model found no answer in the passages"),
    later("for a part of it the model found no answer"),
    later("{n} of {total} passages were read"),
    later("of {total} parts the first {number} were read"),
    later("of {total} documents {number} were read"),
    later("the source has no {words}"),
    later("the source says otherwise"),
    later("the source says only a part of this, or in other words"),
    later("by itself it says nothing that could be checked"),
    later("no source says this"),
    later("sentences are checked by their words alone"),
    later("the language model's server at {address} can't be reached: start it, or name another address with --llm"),
    later("the language model's server at {address} refuses the key: put one that it takes into PINCITE_LLM_KEY"),
    later("the language model's server at {address} has no model {model}: name one that it has with --llm-model"),
    later(
        "the language model's server at {address} knows no chat ({said}): check the address, which often ends in /v1"
    ),
    later(
        "the language model's server at {address} lets nobody in at the moment (too many questions): ask again later"
    ),
    later("the language model's server at {address} says: {said}: see its own log"),
    later(
        "the language model at {address} was silent for {seconds} s: see whether it is busy, or give it longer with "
        "--llm-wait"
    ),
    later("the server at {address} went away in the middle of its answer: see its own log"),
    later("the server at {address} has no model: load one there"),
    # Replies.
    later("Hello. {holdings} Ask me what you want to know."),
    later("You're welcome."),
    later("Goodbye."),
    later("I haven't answered anything yet. Every sentence of an answer is quoted, with the place that it comes from."),
    later(
        "I answer questions from your documents, in their own words, and show for every sentence where it stands. "
        'Ask me a question, for a place ("what does section 4.2 say?", "page 3"), or for a summary '
        '("summarize {example}"). {holdings}'
    ),
    later("There are no documents yet: add some files or folders first."),
    later("No document about “{about}”."),
    later("No document holds all the words of “{about}”. Closest: {names}."),
    # Sources that can't be shown.
    later("That is not a place in a document."),
    later("This place is not in the document: it may have changed since. Ask again."),
    later("This document has changed since, and was read again: ask again to see what it says now."),
    later("This document has been removed from the library."),
    later("The file is no longer where it was; this is its text as it was indexed."),
    later("The file has changed since it was indexed; this is its text as it was then."),
    later("The file is no longer where it was."),
    later("The file has changed since it was indexed: index its folder again."),
    # The library.
    later("{file} is being read: it is not searched yet."),
    later("{n} added documents are being read: they are not searched yet."),
    later("{file} is not removed: {why}"),
    later("{n} documents are not removed: {why}"),
    later("That can't be undone any more."),
    later("That can't be undone any more: the collection is gone."),
    later("A collection needs a name."),
    later("There is a collection {name} already: give it another name."),
    later("Indexing failed: {why}"),
    later("{folder} is gone: what is indexed of it stays, and it is followed again when it is back"),
    later("{folder} is back"),
    later("{folder} is not synced (any more)"),
    later("{reason} (what has changed is tried again)"),
    later("{folder} is being written by this program: try again when indexing is done"),
    later("{folder} is being written by process {process}: wait until it is done, or name another folder with --home"),
    later("PDF needs typst, which isn't installed: `pip install 'pincite[pdf]'`"),
    # What is sent to the page.
    later("It did not come whole."),
    later("The file is larger than {n} MB: split it."),
    later("{file} is larger than {n} MB: split it"),
    later("{file} is empty: there is nothing to read in it."),
    later("{file} can't be added: the disk is full: free some space and add it again"),
    later(
        "{file} can't be added: {n} added files are kept already: remove some, or name their folder when you start "
        "Pincite"
    ),
    later("Nothing more came of it for {seconds} seconds: add it again."),
    later("This is for those who were let in: open the link that Pincite printed when it started."),
    later("This is another user's Pincite: start your own."),
    later("Something failed here."),
    later("There is nothing here."),
    # Settings.
    later("{name} is settled by {what}: start Pincite without it to change it here"),
    later(
        "reader {name} is no folder and no name at the hub: name a folder that is there, a model of the hub, "
        "'pincite' or 'none' with --reader"
    ),
    later("setting {name} is {value}: give it a name"),
    later("{path} can't be changed ({reason}): write `{name} = ...` into it yourself"),
    # Why a file is not read, or only in part.
    later("the file is empty: leave it out, or save it again"),
    later("it holds no text: leave it out, or add one that does"),
    later("it is larger than {n} MB: split it"),
    later("it was skipped: try it again to have it read"),
    later("its text has over {n} characters: split it"),
    later("it takes more memory than a file may: split it"),
    later("the file is damaged ({reason}): save it again from its source"),
    later("it can't be opened ({reason}): check the file's rights"),
    later("it can't be read ({reason}): index it again"),
    later("it is no ordinary file: leave it out"),
    later("reading takes too long (over {limit}): save it again from its source, or split it"),
    later("reading takes over {n} MB of memory: save it again, or split it"),
    later("the machine was too busy to read it: index it again when it is less so"),
    later("the program that reads it crashed: save it again from its source"),
    later("reading was stopped: index it again"),
    later("all text of its pages is hidden from the eye: leave it out, or print or export it again from its source"),
    later("its bytes are not text: give the file the ending of what it is, or save it as text"),
    later("it is an archive of a kind that is not read: unpack it"),
    later("it is a program: leave it out"),
    later("it is a database: export what is to be read as CSV"),
    later("it is a sound or a film: add its transcript or its subtitles"),
    later("it is named {ending} but is no {kind}: give it the right ending, or save it again"),
    later("{ending} files are not read: save it in a common format, such as PDF, or leave it out"),
    later(
        "files without an ending in their name are not read: save it in a common format, such as PDF, or leave it out"
    ),
    later("it is protected by a password: save a copy without one"),
    later("it is encrypted in a way that can't be opened: save a copy without protection"),
    later("its text is encrypted: decrypt it in the mail program and save it again"),
    later("its text is encrypted (DRM): get a copy without protection from its publisher"),
    later("its XML is damaged ({reason}): save it again"),
    later("the PDF is damaged: print or export it again from its source"),
    later("no text on its pages: print or export it again from its source"),
    later("its pages are blank: leave it out, or print or export it again from its source"),
    later(
        "no text on its pages, only pictures (scanned or drawn): install pincite[ocr] "
        "(`pip install 'pincite[ocr]'`) and index it again"
    ),
    later("no text was found on its pages, not by OCR either: leave it out, or scan it again, larger or sharper"),
    later("no text in it, it is a picture: install pincite[ocr] (`pip install 'pincite[ocr]'`) and index it again"),
    later("no text was found in the picture: leave it out, or take it again, larger or sharper"),
    later("the picture is damaged: save it again from its source"),
    later("page {page} could not be read ({why}): print or export it again"),
    later("pages {pages} could not be read ({why}): print or export them again"),
    later("too slow or too large"),
    later("the file is cut off: get it again from where it came"),
    later("it is cut off or damaged, and not all of it can be read: download or pack it again"),
    later("it holds no files that could be read: leave it out"),
    later("there is nothing in it: leave it out"),
    later("there is no message in this mailbox: leave it out"),
    later("{failed} of {n} files in it could not be read: they are listed with their reasons"),
    later(".{ending} files are read through LibreOffice: install it, or save it as .{target}"),
    later("LibreOffice can't open it: save it as .{target}"),
    later("slide {number} could not be read: save it as a presentation of its own"),
    later("the sheet {sheet} could not be read: save it as a workbook of its own"),
    later("no such file or folder: check the spelling"),
    later("{n} of its lines are no JSON: repair them and index it again"),
)
COUNTED = (
    counted("Waiting: {n} question before yours", "Waiting: {n} questions before yours"),
    counted("searched for “{query}”: {n} further passage", "searched for “{query}”: {n} further passages"),
    counted("{n} passage is still being read.", "{n} passages are still being read."),
    counted(
        "{n} document can't be read again: the file is gone.", "{n} documents can't be read again: the file is gone."
    ),
    counted("{n} file could not be read.", "{n} files could not be read."),
    counted(
        "{n} not supported by the documents is left out",
        "{n} not supported by the documents are left out",
    ),
    counted(
        "{n} passage that the page hides from the eye is left out",
        "{n} passages that the page hides from the eye are left out",
    ),
    counted("{n} document: {names}.", "{n} documents: {names}."),
    counted("I have {n} document: {names}.", "I have {n} documents: {names}."),
    counted("{n} document about “{about}”: {names}.", "{n} documents about “{about}”: {names}."),
)
LONGEST = 2000  # characters of a sentence that is translated
_PLACE = re.compile(r"\{(\w+)\}")
_BIG = re.compile(r"\d{1,3}(?:,\d{3})+")
_MORE = re.compile(r"(.+) and (\d[\d,]*) more", re.DOTALL)
_LAST = re.compile(r"(.+?\.\w{1,8}) and (.+)", re.DOTALL)  # of names of files, before the last
_SENTENCES = re.compile(r"(; |(?<=[.!?]) )")


class _Known(NamedTuple):
    """A message as it is looked for: its pattern, and both its forms, which are the same but of a plural."""

    pattern: re.Pattern[str]
    one: str
    many: str


def told(text: str) -> str:
    """Return a sentence of the layers below in the language that is spoken; several are told one by one."""
    if language() == ENGLISH or not text or len(text) > LONGEST:
        return text
    return _told(text, spoken())


@lru_cache(4096)
def _told(text: str, _: str) -> str:
    whole = _as_one(text)
    if whole is not None:
        return whole
    parts = _SENTENCES.split(text)
    return "".join(part if at % 2 else _as_one(part) or part for at, part in enumerate(parts))


def _as_one(text: str) -> str | None:
    """Return one sentence, None where it is none of the messages; it may begin with a capital where they don't."""
    found = _match(text)
    if found is not None or not text[:1].isupper():
        return found
    lower = _match(text[:1].lower() + text[1:])
    return lower and lower[:1].upper() + lower[1:]


def _match(text: str) -> str | None:
    for known in _known():
        if found := known.pattern.fullmatch(text):
            values = {name: _value(name, value) for name, value in found.groupdict().items()}
            if known.one == known.many:
                return phrase(known.one, **values)
            n = values.pop("n")
            return phrases(known.one, known.many, n if isinstance(n, int) else int(n), **values)
    return None


def _value(name: str, value: str) -> Value:
    """Return what stands in a message as it is told: a number, a list of names, or a message again."""
    if _BIG.fullmatch(value) or (name == "n" and value.isdecimal()):
        return int(value.replace(",", ""))
    if name == "names":
        return _names(value)
    return _as_one(value) or value if name in ("holdings", "why", "reason") else value


def _names(names: str) -> str:
    if more := _MORE.fullmatch(names):
        return phrase("{names} and {n} more", names=more[1], n=int(more[2].replace(",", "")))
    last = _LAST.fullmatch(names)
    return phrase("{one} and {other}", one=last[1], other=last[2]) if last else names


@lru_cache(1)
def _known() -> list[_Known]:
    """Return the messages, those with the most words of their own first."""
    pairs = [(one, one) for one in MESSAGES] + list(COUNTED)
    known = [_Known(_pattern(form), one, many) for one, many in pairs for form in dict.fromkeys((one, many))]
    return sorted(known, key=lambda one: len(_PLACE.sub("", one.one)), reverse=True)


def _pattern(message: str) -> re.Pattern[str]:
    pieces = _PLACE.split(message)
    shown = (
        rf"(?P<{piece}>{'[0-9,]+' if piece == 'n' else '.+?'})" if at % 2 else re.escape(piece)
        for at, piece in enumerate(pieces)
    )
    return re.compile("".join(shown), re.DOTALL)
