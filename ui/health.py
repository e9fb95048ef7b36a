"""Health: what an installation, its home folder and its library are like. Settings in, findings out.

A finding says what was looked at, what it is like and, unless all is well, what cures it. It takes seconds at the most;
what takes long is `pincite verify`.
"""

from __future__ import annotations

import http.client
import importlib.metadata
import os
import platform
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from index import DEFAULT_MODEL, Library, PinciteError, find_office, has_ocr, model_damage, open_library
from rag import check_entailment, check_reader, check_tagger, find_servers, try_server
from ui.settings import Settings, model_server
from ui.text import plural

LEAST_ROOM = 1 << 30  # bytes of the disk, below which indexing may not come to its end
REINSTALL = "reinstall Pincite"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what it is like; a note is nothing wrong, but good to know."""

    name: str
    state: Literal["well", "note", "fault"]
    says: str
    cure: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at the installation, the home folder, the library in it, and the port."""
    found = examine_installation(settings)
    if not settings.home.is_dir():
        cure = "run `pincite index PATH...`, or `pincite`"
        return [*found, Finding("library", "note", f"there is none in {settings.home} yet", cure), _port(settings)]
    try:
        library = open_library(settings.home, model=settings.model, most_inside=settings.inside)
    except PinciteError as error:
        return [*found, Finding("library", "fault", *_cured(str(error))), _port(settings)]
    try:
        found += examine_library(library)
    except PinciteError as error:
        found.append(Finding("library", "fault", *_cured(str(error))))
    finally:
        library.close()
    return [*found, _port(settings)]


def examine_installation(settings: Settings) -> list[Finding]:
    """Look at Python, the packages, the models, what some formats need, and the room for the library."""
    models = (
        _model(settings.model),
        _reader(settings.reader),
        _network("tagger", check_tagger(), "follow-ups are understood"),
        _network("entailment", check_entailment(), "sentences can be checked"),
        examine_language_model(settings),
    )
    return [_python(), _packages(), *models, _office(), _ocr(), _room(settings.home)]


def examine_library(library: Library) -> list[Finding]:
    """Look at what is indexed and how far, at the folders it is from, and at what its readers are confined to."""
    return [_index(library), *_folders(library), _confinement(library)]


def _python() -> Finding:
    return Finding("Python", "well", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _packages() -> Finding:
    needed = [Requirement(line) for line in importlib.metadata.requires("pincite") or ()]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [said for one in needed if (said := _version_fault(one))]
    if wrong:
        return Finding("packages", "fault", "; ".join(wrong), REINSTALL)
    return Finding("packages", "well", f"all {len(needed)} that are needed are there")


def _version_fault(needed: Requirement) -> str:
    try:
        version = importlib.metadata.version(needed.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{needed.name} is missing"
    if needed.specifier.contains(version, prereleases=True):
        return ""
    return f"{needed.name} is {version}, {needed.specifier} is needed"


def _model(name: str) -> Finding:
    reason = model_damage() if name == DEFAULT_MODEL else ""
    if reason:
        return Finding("embedding model", "fault", f"{name}: {reason}", REINSTALL)
    return Finding("embedding model", "well", name)


def _reader(name: str) -> Finding:
    warning = check_reader(name)
    return Finding("reader", "fault", *_cured(warning)) if warning else Finding("reader", "well", name)


def _network(name: str, warning: str, does: str) -> Finding:
    return Finding(name, "fault", *_cured(warning)) if warning else Finding(name, "well", does)


def examine_language_model(settings: Settings) -> Finding:
    """Ask the language model's server that is set for a few words; where none is, look for one on this machine."""
    try:
        server = model_server(settings)
    except PinciteError as error:
        return Finding("language model", "fault", *_cured(str(error)))
    if server is None:
        found = [f"{one.program} at {one.address}" for one in find_servers()]
        if not found:
            return Finding("language model", "well", "none is set: answers are in the documents' own words")
        return Finding("language model", "note", f"none is set; there is {', '.join(found)}", "name it with --llm")
    try:
        reached = try_server(server)
    except PinciteError as error:
        return Finding("language model", "fault", *_cured(str(error)))
    pace = f"{reached.tokens_a_second:,.1f} tokens a second, the first after {reached.first_seconds:.1f} s"
    beside = f"; beside it: {', '.join(reached.others[:5])}" if reached.others else ""
    says = f"{reached.model} at {server.base}, reads {reached.context:,} tokens, {pace}{beside}"
    return Finding("language model", "well", says)


def _office() -> Finding:
    found = find_office()
    if found:
        return Finding("LibreOffice", "well", found)
    return Finding("LibreOffice", "note", "not here: old office files (.doc, .xls, .ppt) are not read", "install it")


def _ocr() -> Finding:
    if has_ocr():
        return Finding("OCR", "well", "pictures and scans are read")
    return Finding("OCR", "note", "not here: pictures and scans are not read", "run `pip install 'pincite[ocr]'`")


def _room(home: Path) -> Finding:
    """Look at the folder's rights and disk; of one that isn't made yet, at those of the nearest that is."""
    there = next(one for one in (home, *home.parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding("home folder", "fault", f"{there} can't be written", "choose another one with --home")
    free = shutil.disk_usage(there).free
    says = f"{home}, {_size_of(free)} free"
    if free < LEAST_ROOM:
        return Finding("home folder", "fault", says, "make room on its disk, or move it and name it with --home")
    return Finding("home folder", "well", says)


def _index(library: Library) -> Finding:
    counts = library.counts()
    size = _size_of(sum(library.sizes().values()))
    says = f"{plural(counts.documents, 'document')}, {plural(counts.passages, 'passage')}, {size}"
    if counts.embedded < counts.passages:
        says += f", {counts.passages - counts.embedded:,} of them are not found by their meaning yet"
        return Finding("index", "note", says, "let indexing end, or run `pincite index`")
    if counts.rejected:
        return Finding("index", "note", f"{says}; not read: {counts.rejected:,}", "`pincite list` says which, and why")
    return Finding("index", "well", says)


def _folders(library: Library) -> Iterator[Finding]:
    for root in library.roots():
        if not Path(root).exists():
            yield Finding("folder", "fault", f"{root} is gone", f"bring it back, or run `pincite remove '{root}'`")
        elif not os.access(root, os.R_OK):
            yield Finding("folder", "fault", f"{root} can't be read", "let yourself read it")
        else:
            yield Finding("folder", "well", root)


def _confinement(library: Library) -> Finding:
    refused = library.unconfined()
    if not refused:
        return Finding("confinement", "well", "what reads files can do nothing else")
    says = f"this system does not let what reads files give up: {', '.join(refused)}"
    return Finding("confinement", "note", says, "index files you trust, or see docs/security.md")


def _port(settings: Settings) -> Finding:
    """Look whether the page's address is free, or Pincite's already."""
    at = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        if os.name == "posix":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            if _is_pincite(settings):
                return Finding("port", "well", f"Pincite is running at {at}")
            reason = error.strerror or str(error)
            return Finding("port", "fault", f"{at} can't be had ({reason})", "name another one with --port")
    return Finding("port", "well", f"{at} is free")


def _is_pincite(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=3)
    try:
        connection.request("GET", "/")
        return b"Pincite" in connection.getresponse().read(1 << 16)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _cured(message: str) -> tuple[str, str]:
    """Cut a message of ours into what is wrong and its cure, which stands after the last colon."""
    says, _, cure = message.rpartition(": ")
    return (says, cure) if says else (message, "")


def _size_of(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"
