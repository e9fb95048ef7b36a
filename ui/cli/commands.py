"""The commands: settings and options go in, what is asked for is done and shown, an exit code comes out."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from index import (
    Conversations,
    Encoder,
    Library,
    SettingsError,
    SyncReport,
    find_traces,
    open_library,
    rebuild,
    repair,
    sync_paths,
    verify,
)
from ui import contract
from ui.cli.output import (
    print_as_it_comes,
    print_checked,
    print_findings,
    print_json,
    print_report,
    print_shown,
    progress_bars,
    warn,
    warn_once_ready,
)
from ui.cli.stopping import Stopping
from ui.preferences import Preferences
from ui.settings import Settings, checker_of, model_server, model_use
from ui.settings_sources import fixed_by
from ui.text import one_line

if TYPE_CHECKING:
    from index import News, Watcher
    from rag import Assistant

OK, FAULT, WRONG_USAGE, SOME_REJECTED = 0, 1, 2, 3
GOES_ON = "what was indexed stays, and the same command goes on from there"
SAMPLES = Path(__file__).resolve().parents[2] / "corpus"
# Questions that the sample documents answer, each from another one; the page offers them.
EXAMPLES = (
    "When did Leonardo's CEO visit Baykar?",
    "How long is the warranty on the pump?",
    "Where does the Danube rise?",
    "How do I make Pincite forget a document at once?",
)


def chat(settings: Settings, options: argparse.Namespace) -> int:
    """Sync a folder, and those that were synced before, and serve the page until interrupted."""
    if options.folder and not Path(options.folder).is_dir():
        raise SettingsError(f"{options.folder}: no such folder: check the spelling")
    from ui.web import server  # brings Gradio, which the other commands need not
    from ui.web.guard import names
    from ui.web.state.folders import Folders
    from ui.web.state.indexing import Indexing

    listener = server.bind(settings.host, settings.port)
    with listener, _library(settings) as library, contextlib.ExitStack() as stack:
        first, before = _folders(library, options.folder)
        assistant = _assistant(settings, library)
        background = Indexing(library)
        folders = stack.enter_context(contextlib.closing(Folders(background, watches=settings.watch == "on")))
        folders.watch([*first, *before])  # from now on, so that nothing is missed while they are synced
        for paths in (first, [*before, *_added(library)]):  # one after the other: what is named now comes first
            background.start([folder for folder in paths if folder.is_dir()])
        examples = EXAMPLES if SAMPLES in (first or before) else ()
        token = secrets.token_urlsafe(32) if settings.proxy or not names.is_loopback(settings.host) else ""
        name = names.reached_at(settings.host)
        app = server.create_app(
            assistant,
            background,
            examples=examples,
            hosts=names.own_names(settings.host),
            token=token,
            proxy=settings.proxy,
            temporary=library.temporary,
            folders=folders,
            preferences=Preferences(settings, fixed=fixed_by(vars(options))),
            # Of several people, whom a token lets in, each would see what the others asked.
            kept=None if token else stack.enter_context(contextlib.closing(Conversations(settings.home))),
            suggests=True,
        )
        address = f"http://{name}:{settings.port}" + (f"/?token={token}" if token else "")
        print(f"Pincite is at {address} (Ctrl-C ends it)", flush=True)
        threading.Thread(target=warn_once_ready, args=(assistant,), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):  # which is how it ends
            server.serve(app, listener, open_browser=None if options.no_browser else address)
        if not background.end():
            print(f"pincite: indexing stopped; {GOES_ON}", file=sys.stderr, flush=True)
    return OK


def index(settings: Settings, options: argparse.Namespace) -> int:
    """Sync files and folders, and follow them if asked to."""
    if "" in options.paths:  # an unset variable in a script, which must not become the folder one is in
        raise SettingsError("'': no such file or folder: check the spelling")
    with _library(settings, rebuilding=options.rebuild) as library, contextlib.ExitStack() as stack:
        paths = [Path(path) for path in options.paths or library.roots()]
        if not paths and not options.rebuild:
            raise SettingsError("nothing to index: name files or folders (`pincite index PATH...`)")
        watcher = stack.enter_context(_watcher(paths, settings.home)) if options.watch and paths else None
        with progress_bars(options.stopping) as progress:
            if options.rebuild:
                rebuild(library, progress=progress)
            report = sync_paths(library, paths, progress=progress) if paths else SyncReport(0, 0, 0, (), 0, 0.0)
        print_report(report, as_json=options.json)
        if watcher:
            out = sys.stderr if options.json else sys.stdout
            _watch(watcher.follow(library, report), paths, options.stopping, out=out)
    return SOME_REJECTED if report.rejected else OK


def ask(settings: Settings, options: argparse.Namespace) -> int:
    """Answer a question."""
    with _library(settings) as library:
        _check_not_empty(library)
        assistant = _assistant(settings, library)
        if options.json:
            print_json(contract.answer_json(library, assistant.ask(options.question)))
        else:
            print_as_it_comes(library, assistant.stream(options.question))
        warn(assistant.warning)
    return OK


def check(settings: Settings, options: argparse.Namespace) -> int:
    """Say which sentences of a text the documents support."""
    from ui.cli.checking import check_text  # only this needs it

    print_checked(check_text(settings, options), as_json=options.json)
    return OK


def search(settings: Settings, options: argparse.Namespace) -> int:
    """Show the passages that fit a query."""
    if options.top_k < 1:
        raise SettingsError(f"--top-k {options.top_k}: ask for at least 1")
    with _library(settings) as library:
        _check_not_empty(library)
        assistant = _assistant(settings, library)
        hits = contract.hits_json(library, assistant.search(options.query, top_k=options.top_k))
        warn(assistant.warning)
    if options.json:
        print_json({"query": options.query, "hits": hits})
        return OK
    for hit in hits:
        print(f"{hit['rank']}. {one_line(hit['path'])} [{hit['start']}:{hit['end']}]  score {hit['score']}")
        print("   " + one_line(str(hit["text"])) + "\n")
    return OK


def list_entries(settings: Settings, options: argparse.Namespace) -> int:
    """Show what is indexed and what was rejected."""
    with _library(settings) as library:
        entries = library.entries()
    if options.json:
        print_json(contract.entries_json(entries))
        return OK
    for entry in entries:
        what = f"{entry.passages} passages" if entry.doc_id else f"rejected: {entry.reason}"
        what += f", read in part: {entry.reason}" * (entry.state == "partial")
        print(f"{entry.doc_id or '-':16}  {one_line(entry.path)}  {one_line(entry.title)}  {one_line(what)}")
    if not entries:
        print("Nothing is indexed yet: `pincite index PATH...`")
    return OK


def show(settings: Settings, options: argparse.Namespace) -> int:
    """Show what is known of documents, and what was left out of them."""
    with _library(settings) as library:
        entries = library.find(options.documents)
        found = (library.document(entry.doc_id) for entry in entries if entry.doc_id)
        # Without what is not shown: the texts of a large folder don't fit into memory.
        documents = {one.doc_id: replace(one, text="", pages={}, headings=()) for one in found}
    if options.json:
        print_json(contract.shown_json(entries, documents))
    else:
        print_shown(entries, documents)
    return OK


def remove(settings: Settings, options: argparse.Namespace) -> int:
    """Remove documents, and their words from every file."""
    with _library(settings) as library:
        removed = library.remove(options.documents)
        roots = tuple(root.rstrip(os.sep) + os.sep for root in library.roots())
        if library.has_traces():
            print("pincite: removed; their words are being taken out of the index's files, too", file=sys.stderr)
            library.compact()
    if options.json:
        print_json({"removed": [{"doc_id": entry.doc_id, "path": entry.path} for entry in removed]})
    for entry in removed:
        if not options.json:
            print(f"removed {one_line(entry.path)}")
        if roots and entry.path.startswith(roots) and Path(entry.path).exists():
            note = "its file stays where it is, and out of the index, until you name it: `pincite index FILE`"
            print(f"pincite: {one_line(entry.path)}: {note}", file=sys.stderr)
    return OK


def status(settings: Settings, options: argparse.Namespace) -> int:
    """Show counts, sizes, models and health."""
    from rag import check_reader

    with _library(settings) as library:
        status = contract.status_json(library, reader=settings.reader, warning=check_reader(settings.reader))
    if options.json:
        print_json(status)
        return OK
    for name, value in status.items():
        if value not in ("", []):
            print(f"{name:12}{one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))}")
    return OK


def verify_index(settings: Settings, options: argparse.Namespace) -> int:
    """Check every invariant; repair, or look for traces, if asked to."""
    if options.trace is not None:
        return _find_traces(settings, options)
    for note in repair(settings.home, Encoder(settings.model)) if options.repair else ():
        print(f"pincite: {one_line(note)}", file=sys.stderr)
    with _library(settings) as library:
        problems = verify(library)
    if options.json:
        print_json({"sound": not problems, "problems": problems})
    elif not problems:
        print("The index is sound.")
    else:
        for problem in problems:
            print(one_line(problem))
    return FAULT if problems else OK


def doctor(settings: Settings, options: argparse.Namespace) -> int:
    """Look at the installation, the home folder and the library, and name each fault with its cure."""
    from ui.health import examine  # brings what the other commands need not

    found = examine(settings)
    faults = [one for one in found if one.state == "fault"]
    if options.json:
        print_json({"well": not faults, "findings": [asdict(one) for one in found]})
    else:
        print_findings(found)
    return FAULT if faults else OK


def _find_traces(settings: Settings, options: argparse.Namespace) -> int:
    if not options.trace.strip():
        raise SettingsError("--trace: name the words to look for")
    traces = find_traces(settings.home, options.trace)
    if options.json:
        print_json({"trace": options.trace, "files": traces})
    else:
        print("\n".join(map(one_line, traces)) or f"No file in {settings.home} holds these words.")
    return FAULT if traces else OK


def evaluate_dataset(settings: Settings, options: argparse.Namespace) -> int:
    """Measure on a data set."""
    from ui.cli.evaluating import measure_dataset  # brings scikit-learn, which the others need not

    measures = measure_dataset(settings, options)
    if options.json:
        print_json(measures)
        return OK
    for name, value in measures.items():
        print(f"{name:22}{value}")
    return OK


def export(settings: Settings, options: argparse.Namespace) -> int:
    """Write conversations as files."""
    from ui.cli.exporting import export_conversations  # brings what writes Word documents, which the others need not

    export_conversations(settings, options)
    return OK


def feedback(settings: Settings, options: argparse.Namespace) -> int:
    """Write what was said of answers as a question set."""
    from ui.cli.judged import export_judged

    with _library(settings) as library:
        export_judged(settings, library, options)
    return OK


@contextlib.contextmanager
def _library(settings: Settings, *, rebuilding: bool = False) -> Iterator[Library]:
    library = open_library(settings.home, model=settings.model, rebuilding=rebuilding, most_inside=settings.inside)
    try:
        yield library
    finally:
        library.close()


def _folders(library: Library, named: str | None) -> tuple[list[Path], list[Path]]:
    """Return the folders that a start of the page begins with, and those that were synced before.

    It begins with the one that is named, or with the samples where nothing else is there to be synced.
    """
    before = [Path(root) for root in library.roots() if Path(root) != library.uploads]
    first = [Path(os.path.abspath(named))] if named else []
    if not (first or before or _added(library)):
        first = [SAMPLES]
    return first, [folder for folder in before if folder not in first]


def _added(library: Library) -> list[Path]:
    """Return the folder of what was added on the page, if anything is in it: it belongs to every start."""
    folder = library.uploads
    return [folder] if folder.is_dir() and any(folder.iterdir()) else []


def _assistant(settings: Settings, library: Library) -> Assistant:
    from rag import Assistant  # it brings all that answers, which the other commands need not

    return Assistant(
        library,
        reader=settings.reader,
        refusal=settings.refusal,
        server=model_server(settings),
        use=model_use(settings),
        checker=checker_of(settings),
    )


def _watcher(paths: Sequence[Path], home: Path) -> Watcher:
    """Return what listens for changes; `watchfiles` is only loaded for that."""
    from index import Watcher

    return Watcher(paths, home=home)


def _watch(found: Iterator[News], paths: Sequence[Path], stopping: Stopping, *, out: TextIO) -> None:
    """Say what is done about changes of `paths`, until interrupted."""
    try:
        names = ", ".join(one_line(str(path)) for path in paths)
        print(f"watching {names} (Ctrl-C ends it)", file=sys.stderr, flush=True)
        for news in found:
            stopping.check()
            if news.sentence:
                print(f"pincite: {one_line(news.sentence)}", file=sys.stderr, flush=True)
            if news.report:
                print_report(news.report, as_json=False, out=out)
    except KeyboardInterrupt:
        return  # which is how it ends
    except Exception:
        if not stopping.number:  # else a library made another error of the interrupt
            raise


def _check_not_empty(library: Library) -> None:
    if library.is_empty():
        raise SettingsError(f"nothing is indexed in {library.home}: run `pincite index PATH...` first")
