"""Checking a text that a person brings: against what is indexed, or against files that are named."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from index import Library, SettingsError, open_library, sync_paths
from ui.cli.output import print_rejected, warn
from ui.settings import Settings, checker_of

if TYPE_CHECKING:
    from rag import Checked

MOST_CHARACTERS = 200_000  # of a text: a hundred pages


def check_text(settings: Settings, options: argparse.Namespace) -> Checked:
    """Return the sentences of the text that the options name, with what the sources say to them."""
    from rag import Assistant  # it brings all that answers, which the other commands need not

    text = _read(options.answer)
    with _sources(settings, options.sources) as library:
        assistant = Assistant(library, reader=settings.reader, checker=checker_of(settings))
        checked = assistant.check(text)
        warn(assistant.checker.warning)
    if not checked.total:
        print("pincite: no sentence of the text claims anything", file=sys.stderr)
    return checked


def _read(path: Path) -> str:
    """Return the text of a file, or of standard input."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}: name the file with the text that is to be checked") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: it is no text in UTF-8: save it as plain text first") from error
    if len(text) > MOST_CHARACTERS:
        raise SettingsError(f"{path}: {len(text):,} characters: check at most {MOST_CHARACTERS:,} at a time")
    return text


@contextlib.contextmanager
def _sources(settings: Settings, sources: list[Path] | None) -> Iterator[Library]:
    """Open the library, or one of the named files alone, which is gone afterwards."""
    with contextlib.ExitStack() as stack:
        home = settings.home
        if sources:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pincite-check-")))
        library = open_library(home, model=settings.model, most_inside=settings.inside)
        stack.callback(library.close)
        if sources:
            for rejected in sync_paths(library, sources).rejected:
                print_rejected(rejected)
        if library.is_empty():
            cure = "name files that can be read" if sources else "run `pincite index PATH...` first, or name --sources"
            raise SettingsError(f"there is nothing to check against: {cure}")
        yield library
