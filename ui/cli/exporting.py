"""`pincite export`: conversations that are kept go in, a file each comes out. No file is overwritten unasked."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from index import Conversation, Conversations, SettingsError
from ui.cli.output import print_json
from ui.settings import Settings
from ui.text import one_line
from ui.web.parts.forms import FORMS, file_name
from ui.web.state.kept import MOST, Keeper

DEFAULT_FORM = "md"


def export_conversations(settings: Settings, options: argparse.Namespace) -> None:
    """Write a conversation, or all of them, as files."""
    if not settings.home.is_dir():
        raise SettingsError(f"{settings.home}: no such home folder: name one with --home")
    with contextlib.closing(Conversations(settings.home)) as kept:
        chosen = _chosen(kept, options.conversation)
        ending = options.form or _ending(options.out) or DEFAULT_FORM
        files = _files(chosen, options.out, ending)
        there = [] if options.force else [path for path in files if path.exists()]
        if there:
            raise SettingsError(f"{there[0]}: is there already: --force overwrites it, or name another with --out")
        keeper = Keeper(kept)
        for path, one in files.items():
            _write(path, FORMS[ending].write(one.name, keeper.read(one.conversation_id)), force=options.force)
            if not options.json:
                print(f"wrote {one_line(path)}")
    if options.json:
        print_json({"files": [str(path) for path in files]})
    elif not files:
        print("No conversation is kept yet.", file=sys.stderr)


def _chosen(kept: Conversations, named: str | None) -> Sequence[Conversation]:
    """Return the conversation of an id or with these words, or all. Raises `SettingsError` if not one is meant."""
    if named is None:
        return kept.newest(MOST)
    found = kept.find(named)
    fit = [found] if found else (kept.newest(MOST, words=named) if named.strip() else [])
    if not fit:
        raise SettingsError(f"{named!r}: no conversation has this id or these words")
    if len(fit) > 1:
        which = ", ".join(f"{one.conversation_id} ({one_line(one.name)[:40]})" for one in fit[:3])
        raise SettingsError(f"{named!r}: {len(fit)} conversations have these words: name one by its id, as {which}")
    return fit


def _ending(out: Path) -> str:
    """Return the form that a file's ending names, "" if it names none."""
    return out.suffix[1:].lower() if out.suffix[1:].lower() in FORMS else ""


def _files(chosen: Sequence[Conversation], out: Path, ending: str) -> Mapping[Path, Conversation]:
    """Return the file of each conversation: `out` itself for one, else files in the folder `out`, each of its own name.

    Raises `SettingsError` if several should go into one file.
    """
    if not out.is_dir() and _ending(out):
        if len(chosen) > 1:
            raise SettingsError(f"{out}: names one file for {len(chosen)} conversations: name a folder with --out")
        return dict(zip([out], chosen, strict=False))
    files: dict[Path, Conversation] = {}
    for one in chosen:
        path = out / file_name(one.name, ending)
        if path in files:
            path = out / file_name(f"{one.name[:60]}-{one.conversation_id[:8]}", ending)
        files[path] = one
    return files


def _write(path: Path, data: bytes, *, force: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb" if force else "xb") as file:
            file.write(data)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}: name a place that can be written with --out") from error
