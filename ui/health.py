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
from ui.below import told
from ui.languages import counted, number, phrase, phrases
from ui.settings import Settings, model_server
from ui.text import plural

LEAST_ROOM = 1 << 30  # bytes of the disk, below which indexing may not come to its end
WAITING = counted(
    "{size}, {n} of them is not found by its meaning yet", "{size}, {n} of them are not found by their meaning yet"
)


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
        cure = phrase("run `pincite index PATH...`, or `pincite`")
        return [
            *found,
            Finding(phrase("library"), "note", phrase("there is none in {home} yet", home=str(settings.home)), cure),
            _port(settings),
        ]
    try:
        library = open_library(settings.home, model=settings.model, most_inside=settings.inside)
    except PinciteError as error:
        return [*found, Finding(phrase("library"), "fault", *_cured(str(error))), _port(settings)]
    try:
        found += examine_library(library)
    except PinciteError as error:
        found.append(Finding(phrase("library"), "fault", *_cured(str(error))))
    finally:
        library.close()
    return [*found, _port(settings)]


def examine_installation(settings: Settings) -> list[Finding]:
    """Look at Python, the packages, the models, what some formats need, and the room for the library."""
    models = (
        _model(settings.model),
        _reader(settings.reader),
        _network(phrase("tagger"), check_tagger(), phrase("follow-ups are understood")),
        _network(phrase("entailment"), check_entailment(), phrase("sentences can be checked")),
        examine_language_model(settings),
    )
    return [_python(), _packages(), *models, _office(), _ocr(), _room(settings.home)]


def examine_library(library: Library) -> list[Finding]:
    """Look at what is indexed and how far, at the folders it is from, and at what its readers are confined to."""
    return [_index(library), *_folders(library), _confinement(library)]


def _python() -> Finding:
    machine = f"{platform.system()} {platform.machine()}"
    says = phrase("{version} on {machine}", version=platform.python_version(), machine=machine)
    return Finding("Python", "well", says)


def _packages() -> Finding:
    needed = [Requirement(line) for line in importlib.metadata.requires("pincite") or ()]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [said for one in needed if (said := _version_fault(one))]
    if wrong:
        return Finding(phrase("packages"), "fault", "; ".join(wrong), phrase("reinstall Pincite"))
    return Finding(phrase("packages"), "well", phrase("all {n} that are needed are there", n=len(needed)))


def _version_fault(needed: Requirement) -> str:
    try:
        version = importlib.metadata.version(needed.name)
    except importlib.metadata.PackageNotFoundError:
        return phrase("{package} is missing", package=needed.name)
    if needed.specifier.contains(version, prereleases=True):
        return ""
    wanted = str(needed.specifier)
    return phrase("{package} is {version}, {wanted} is needed", package=needed.name, version=version, wanted=wanted)


def _model(name: str) -> Finding:
    reason = model_damage() if name == DEFAULT_MODEL else ""
    if reason:
        return Finding(phrase("embedding model"), "fault", f"{name}: {reason}", phrase("reinstall Pincite"))
    return Finding(phrase("embedding model"), "well", name)


def _reader(name: str) -> Finding:
    warning = check_reader(name)
    what = phrase("reader")
    return Finding(what, "fault", *_cured(warning)) if warning else Finding(what, "well", name)


def _network(name: str, warning: str, does: str) -> Finding:
    return Finding(name, "fault", *_cured(warning)) if warning else Finding(name, "well", does)


def examine_language_model(settings: Settings) -> Finding:
    """Ask the language model's server that is set for a few words; where none is, look for one on this machine."""
    what = phrase("language model")
    try:
        server = model_server(settings)
    except PinciteError as error:
        return Finding(what, "fault", *_cured(str(error)))
    if server is None:
        found = [phrase("{program} at {address}", program=one.program, address=one.address) for one in find_servers()]
        if not found:
            return Finding(what, "well", phrase("none is set: answers are in the documents' own words"))
        says = phrase("none is set; there is {servers}", servers=", ".join(found))
        return Finding(what, "note", says, phrase("name it with --llm"))
    try:
        reached = try_server(server)
    except PinciteError as error:
        return Finding(what, "fault", *_cured(str(error)))
    says = phrase(
        "{model} at {address}, reads {tokens} tokens, {pace} tokens a second, the first after {wait} s",
        model=reached.model,
        address=server.base,
        tokens=reached.context,
        pace=number(reached.tokens_a_second, 1),
        wait=number(reached.first_seconds, 1),
    )
    if reached.others:
        says = phrase("{model}; beside it: {others}", model=says, others=", ".join(reached.others[:5]))
    return Finding(what, "well", says)


def _office() -> Finding:
    found = find_office()
    if found:
        return Finding("LibreOffice", "well", found)
    says = phrase("not here: old office files (.doc, .xls, .ppt) are not read")
    return Finding("LibreOffice", "note", says, phrase("install it"))


def _ocr() -> Finding:
    if has_ocr():
        return Finding(phrase("OCR"), "well", phrase("pictures and scans are read"))
    says = phrase("not here: pictures and scans are not read")
    return Finding(phrase("OCR"), "note", says, phrase("run `pip install 'pincite[ocr]'`"))


def _room(home: Path) -> Finding:
    """Look at the folder's rights and disk; of one that isn't made yet, at those of the nearest that is."""
    what = phrase("home folder")
    there = next(one for one in (home, *home.parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        says = phrase("{folder} can't be written", folder=str(there))
        return Finding(what, "fault", says, phrase("choose another one with --home"))
    free = shutil.disk_usage(there).free
    says = phrase("{folder}, {size} free", folder=str(home), size=_size_of(free))
    if free < LEAST_ROOM:
        return Finding(what, "fault", says, phrase("make room on its disk, or move it and name it with --home"))
    return Finding(what, "well", says)


def _index(library: Library) -> Finding:
    what, counts = phrase("index"), library.counts()
    size = _size_of(sum(library.sizes().values()))
    says = f"{plural(counts.documents, 'document')}, {plural(counts.passages, 'passage')}, {size}"
    if counts.embedded < counts.passages:
        says = phrases(*WAITING, counts.passages - counts.embedded, size=says)
        return Finding(what, "note", says, phrase("let indexing end, or run `pincite index`"))
    if counts.rejected:
        says = phrase("{size}; not read: {n}", size=says, n=counts.rejected)
        return Finding(what, "note", says, phrase("`pincite list` says which, and why"))
    return Finding(what, "well", says)


def _folders(library: Library) -> Iterator[Finding]:
    for root in library.roots():
        if not Path(root).exists():
            cure = phrase("bring it back, or run `pincite remove '{folder}'`", folder=root)
            yield Finding(phrase("folder"), "fault", phrase("{folder} is gone", folder=root), cure)
        elif not os.access(root, os.R_OK):
            says = phrase("{folder} can't be read", folder=root)
            yield Finding(phrase("folder"), "fault", says, phrase("let yourself read it"))
        else:
            yield Finding(phrase("folder"), "well", root)


def _confinement(library: Library) -> Finding:
    refused = library.unconfined()
    if not refused:
        return Finding(phrase("confinement"), "well", phrase("what reads files can do nothing else"))
    says = phrase("this system does not let what reads files give up: {what}", what=", ".join(refused))
    return Finding(phrase("confinement"), "note", says, phrase("index files you trust, or see docs/security.md"))


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
    says, _, cure = told(message).rpartition(": ")
    return (says, cure) if says else (told(message), "")


def _size_of(size: int) -> str:
    if size >= 1e9:
        return phrase("{size} GB", size=number(size / 1e9, 1))
    return phrase("{size} MB", size=number(size / 1e6, 1))
