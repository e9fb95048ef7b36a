"""The command line: `pincite` and its commands. The one place that prints, and that turns errors into exit codes."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from tqdm import tqdm

from index.encoder import Encoder
from index.errors import PinciteError, SettingsError
from index.library import Library, open_library
from index.progress import Rejected, SyncProgress, SyncReport
from index.repair import repair
from index.sync import rebuild, sync
from index.verify import find_traces, verify
from rag.assistant import REFUSALS, Assistant
from rag.reader.model import check_reader
from rag.records import Answer
from ui import contract
from ui.places import name_pages
from ui.plain import answer_text, one_line
from ui.settings import Settings, read_settings
from ui.stopping import Stopping

if TYPE_CHECKING:
    from index.watching import News, Watcher

OK, FAULT, WRONG_USAGE, SOME_REJECTED = 0, 1, 2, 3
GOES_ON = "what was indexed stays, and the same command goes on from there"
SAMPLES = Path(__file__).resolve().parent.parent / "corpus"
# Questions that the sample documents answer, each from another one; the page offers them.
EXAMPLES = (
    "When did Leonardo's CEO visit Baykar?",
    "How long is the warranty on the pump?",
    "Which river touches the most countries?",
    "How do I make Pincite forget a document at once?",
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message} (`{self.prog} --help` shows how)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if os.name == "posix":
        os.umask(os.umask(0) | 0o077)  # what is written is its owner's only, whoever else uses the machine
    # What Hugging Face's libraries and Gradio would tell their makers, or print beside the answer.
    for name, value in (
        ("HF_HUB_DISABLE_TELEMETRY", "1"),
        ("GRADIO_ANALYTICS_ENABLED", "False"),
        ("TRANSFORMERS_VERBOSITY", "error"),
    ):
        os.environ.setdefault(name, value)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # documents hold characters that a terminal may not know
    with Stopping() as stopping:
        code = _run(given, stopping)
        if stopping.number:
            stopping.leave(code)
    return code


def _run(given: list[str], stopping: Stopping) -> int:
    """Run a command; whatever ends it becomes an exit code, and one line on standard error if it is no good end."""
    kept = "what was done is kept"
    try:
        options = _parser().parse_args(given)
        options.stopping = stopping
        if options.run is _index:
            kept = GOES_ON
        settings = read_settings({field.name: getattr(options, field.name, None) for field in fields(Settings)})
        code = int(options.run(settings, options))
        sys.stdout.flush()  # here, and not at the very end, where a reader that has gone would be a fault
    except KeyboardInterrupt:
        return _fail(f"stopped; {kept}", stopping.code, debug=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of a pipe has gone
        return OK
    except Exception as error:  # noqa: BLE001 - the last resort of the entry point
        debug = "--debug" in given
        if stopping.number:  # a library made another error of the interrupt, as an import does
            return _fail(f"stopped; {kept}", stopping.code, debug=debug)
        if isinstance(error, PinciteError):
            return _fail(str(error), WRONG_USAGE if isinstance(error, SettingsError) else FAULT, debug=debug)
        cure = "run it again with --debug to see where"
        return _fail(f"{type(error).__name__}: {error}: {cure}", FAULT, debug=debug)
    return code


def _fail(message: str, code: int, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print("pincite: " + one_line(message), file=sys.stderr)
    return code


def _shared_options() -> tuple[_Parser, _Parser, _Parser]:
    """Return the options of every command, of those that read, and of those that can print JSON."""
    common = _Parser(add_help=False)
    common.add_argument("--home", metavar="DIR", default=argparse.SUPPRESS, help="the folder that holds the index")
    common.add_argument("--model", metavar="NAME", default=argparse.SUPPRESS, help="the embedding model")
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show traces of faults")
    reading = _Parser(add_help=False)
    reading.add_argument("--reader", metavar="NAME", default=argparse.SUPPRESS, help="what reads the passages found")
    reading.add_argument(
        "--refusal",
        metavar=f"{{{','.join(REFUSALS)}}}",
        default=argparse.SUPPRESS,
        help="how much support an answer needs (default balanced)",
    )
    as_json = _Parser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print one JSON value")
    return common, reading, as_json


def _parser() -> argparse.ArgumentParser:
    common, reading, as_json = _shared_options()
    parser = _Parser(prog="pincite", description="Ask your own documents.", parents=[common, reading])
    parser.set_defaults(run=_chat, folder=None, no_browser=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], int], text: str, *more: _Parser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, parents=[common, *more, as_json])
        made.set_defaults(run=run)
        return made

    chat = commands.add_parser(
        "chat", help="open the chat", description="Sync a folder and open the chat.", parents=[common, reading]
    )
    chat.set_defaults(run=_chat)
    chat.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="what to ask (default: what was synced, or the samples)"
    )
    chat.add_argument("--host", default=argparse.SUPPRESS, help="the address to serve at (default 127.0.0.1)")
    chat.add_argument("--port", default=argparse.SUPPRESS, help="the port to serve at (default 7860)")
    chat.add_argument("--proxy", metavar="ADDRESS", default=argparse.SUPPRESS, help="the reverse proxy before it")
    chat.add_argument("--no-browser", action="store_true", help="don't open a browser")
    index = command("index", _index, "Sync files and folders into the index.")
    index.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders (default: the folders synced before)"
    )
    for one in (chat, index):
        one.add_argument("--inside", metavar="N", default=argparse.SUPPRESS, help="the most files to read in one")
    index.add_argument("--watch", action="store_true", help="go on, and follow changes")
    index.add_argument("--rebuild", action="store_true", help="split and embed everything again")
    command("ask", _ask, "Answer a question.", reading).add_argument("question", metavar="QUESTION")
    search = command("search", _search, "Show the passages that fit a query.", reading)
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--top-k", type=int, default=10, metavar="N", help="how many (default 10)")
    command("list", _list, "Show what is indexed.")
    command("remove", _remove, "Remove documents.").add_argument(
        "documents", nargs="+", metavar="DOC", help="id, path or folder"
    )
    command("status", _status, "Show counts and health.", reading)
    check = command("verify", _verify, "Check every invariant of the index.")
    check.add_argument("--repair", action="store_true", help="save what can be read of a damaged index, mend the rest")
    check.add_argument("--trace", metavar="WORDS", help="name the files of the home folder that hold these words")
    evaluation = command("eval", _eval, "Measure retrieval, answers, citations and refusals on a data set.", reading)
    evaluation.add_argument("--corpus", type=Path, required=True, action="append", metavar="C.jsonl")
    evaluation.add_argument("--queries", type=Path, required=True, metavar="Q.jsonl")
    evaluation.add_argument("--out", type=Path, required=True, metavar="R.jsonl")
    return parser


# --- the commands -----------------------------------------------------------------------------------------------


def _chat(settings: Settings, options: argparse.Namespace) -> int:
    if options.folder and not Path(options.folder).is_dir():
        raise SettingsError(f"{options.folder}: no such folder: check the spelling")
    indexing = importlib.import_module("ui.indexing")  # these bring Gradio, which the other commands need not
    server, names = importlib.import_module("ui.server"), importlib.import_module("ui.names")
    listener = server.bind(settings.host, settings.port)
    with listener, _library(settings) as library:
        roots = [Path(root) for root in library.catalog.roots()]
        folders = [Path(options.folder)] if options.folder else roots or [SAMPLES]
        assistant = _assistant(settings, library)
        background = indexing.Indexing(library)
        background.start([folder for folder in folders if folder.is_dir()])
        examples = EXAMPLES if SAMPLES in folders else ()
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
        )
        address = f"http://{name}:{settings.port}" + (f"/?token={token}" if token else "")
        print(f"Pincite is at {address} (Ctrl-C ends it)", flush=True)
        threading.Thread(target=_warn_once_ready, args=(assistant,), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):  # which is how it ends
            server.serve(app, listener, open_browser=None if options.no_browser else address)
        if not background.end():
            print(f"pincite: indexing stopped; {GOES_ON}", file=sys.stderr, flush=True)
    return OK


def _index(settings: Settings, options: argparse.Namespace) -> int:
    if "" in options.paths:  # an unset variable in a script, which must not become the folder one is in
        raise SettingsError("'': no such file or folder: check the spelling")
    with _library(settings, rebuilding=options.rebuild) as library, contextlib.ExitStack() as stack:
        paths = [Path(path) for path in options.paths or library.catalog.roots()]
        if not paths and not options.rebuild:
            raise SettingsError("nothing to index: name files or folders (`pincite index PATH...`)")
        watcher = stack.enter_context(_watcher(paths, settings.home)) if options.watch and paths else None
        with _progress(options.stopping) as progress:
            if options.rebuild:
                rebuild(library, progress=progress)
            report = sync(library, paths, progress=progress) if paths else SyncReport(0, 0, 0, (), 0, 0.0)
        _print_report(report, as_json=options.json)
        if watcher:
            out = sys.stderr if options.json else sys.stdout
            _watch(watcher.follow(library, report), paths, options.stopping, out=out)
    return SOME_REJECTED if report.rejected else OK


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    with _library(settings) as library:
        _check_not_empty(library)
        assistant = _assistant(settings, library)
        answer = assistant.ask(options.question)
        _warn(assistant.warning)
        if options.json:
            _print_json(contract.answer_json(library, answer))
        else:
            _print_answer(library, answer)
    return OK


def _search(settings: Settings, options: argparse.Namespace) -> int:
    if options.top_k < 1:
        raise SettingsError(f"--top-k {options.top_k}: ask for at least 1")
    with _library(settings) as library:
        _check_not_empty(library)
        assistant = _assistant(settings, library)
        hits = contract.hits_json(library, assistant.search(options.query, top_k=options.top_k))
        _warn(assistant.warning)
    if options.json:
        _print_json({"query": options.query, "hits": hits})
        return OK
    for hit in hits:
        print(f"{hit['rank']}. {one_line(hit['path'])} [{hit['start']}:{hit['end']}]  score {hit['score']}")
        print("   " + one_line(str(hit["text"])) + "\n")
    return OK


def _list(settings: Settings, options: argparse.Namespace) -> int:
    with _library(settings) as library:
        entries = library.entries()
    if options.json:
        _print_json(contract.entries_json(entries))
        return OK
    for entry in entries:
        what = f"{entry.passages} passages" if entry.doc_id else f"rejected: {entry.reason}"
        what += f", read in part: {entry.reason}" * (entry.state == "partial")
        print(f"{entry.doc_id or '-':16}  {one_line(entry.path)}  {one_line(entry.title)}  {one_line(what)}")
    if not entries:
        print("Nothing is indexed yet: `pincite index PATH...`")
    return OK


def _remove(settings: Settings, options: argparse.Namespace) -> int:
    with _library(settings) as library:
        removed = library.remove(options.documents)
        roots = tuple(root.rstrip(os.sep) + os.sep for root in library.catalog.roots())
        if library.lexical.deleted():
            print("pincite: removed; their words are being taken out of the index's files, too", file=sys.stderr)
            with library.writing():
                library.compact()
    if options.json:
        _print_json({"removed": [{"doc_id": entry.doc_id, "path": entry.path} for entry in removed]})
    for entry in removed:
        if not options.json:
            print(f"removed {one_line(entry.path)}")
        if roots and entry.path.startswith(roots) and Path(entry.path).exists():
            note = "its file is in a folder that is synced: move it away, or it comes back with the next sync"
            print(f"pincite: {one_line(entry.path)}: {note}", file=sys.stderr)
    return OK


def _status(settings: Settings, options: argparse.Namespace) -> int:
    with _library(settings) as library:
        status = contract.status_json(library, reader=settings.reader, warning=check_reader(settings.reader))
    if options.json:
        _print_json(status)
        return OK
    for name, value in status.items():
        if value not in ("", []):
            print(f"{name:12}{one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))}")
    return OK


def _verify(settings: Settings, options: argparse.Namespace) -> int:
    if options.trace is not None:
        return _find_traces(settings, options)
    for note in repair(settings.home, Encoder(settings.model)) if options.repair else ():
        print(f"pincite: {one_line(note)}", file=sys.stderr)
    with _library(settings) as library:
        problems = verify(library)
    if options.json:
        _print_json({"sound": not problems, "problems": problems})
    elif not problems:
        print("The index is sound.")
    else:
        for problem in problems:
            print(one_line(problem))
    return FAULT if problems else OK


def _find_traces(settings: Settings, options: argparse.Namespace) -> int:
    if not options.trace.strip():
        raise SettingsError("--trace: name the words to look for")
    traces = find_traces(settings.home, options.trace)
    if options.json:
        _print_json({"trace": options.trace, "files": traces})
    else:
        print("\n".join(map(one_line, traces)) or f"No file in {settings.home} holds these words.")
    return FAULT if traces else OK


def _eval(settings: Settings, options: argparse.Namespace) -> int:
    evaluation = importlib.import_module("rag.evaluate")  # brings scikit-learn, which the other commands need not
    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(_progress(options.stopping))
        assistant, queries = evaluation.open_dataset(
            settings.home / "eval",
            options.corpus,
            options.queries,
            model=settings.model,
            reader=settings.reader,
            refusal=settings.refusal,
            progress=progress,
        )
        stack.callback(assistant.close)
        try:
            out = stack.enter_context(options.out.open("w", encoding="utf-8"))
        except OSError as error:
            raise SettingsError(
                f"{options.out}: {error.strerror}: name a file that can be written with --out"
            ) from error
        results = []
        for result in tqdm(evaluation.evaluate(assistant, queries), total=len(queries), unit="question", disable=None):
            out.write(json.dumps(evaluation.result_line(result), ensure_ascii=False) + "\n")
            results.append(result)
        _warn(assistant.warning)
    measures = evaluation.measure(results)
    if options.json:
        _print_json(measures)
        return OK
    for name, value in measures.items():
        print(f"{name:22}{value}")
    return OK


# --- what they share --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _library(settings: Settings, *, rebuilding: bool = False) -> Iterator[Library]:
    library = open_library(settings.home, model=settings.model, rebuilding=rebuilding, most_inside=settings.inside)
    try:
        yield library
    finally:
        library.close()


def _assistant(settings: Settings, library: Library) -> Assistant:
    return Assistant(library, reader=settings.reader, refusal=settings.refusal)


def _warn(warning: str) -> None:
    if warning:
        print(f"pincite: warning: {one_line(warning)}", file=sys.stderr, flush=True)


def _warn_once_ready(assistant: Assistant) -> None:
    """Say what there is to know about the models as soon as they are loaded."""
    while assistant.state.stage == "loading":
        time.sleep(0.2)
    _warn(assistant.warning)


@contextlib.contextmanager
def _progress(stopping: Stopping) -> Iterator[Callable[[SyncProgress], None]]:
    """Show a bar a stage on a terminal, nothing in a pipe; a bar is closed when the next stage begins."""
    bars: dict[str, tqdm[NoReturn]] = {}

    def show(progress: SyncProgress) -> None:
        stopping.check()
        if progress.stage not in bars:
            for bar in bars.values():
                bar.close()
            unit = {"reading": " files", "embedding": " passages"}[progress.stage]
            bars[progress.stage] = tqdm(
                total=progress.total, initial=progress.done, desc=progress.stage, unit=unit, disable=None
            )
        bar = bars[progress.stage]
        bar.total = progress.total
        at = f"p. {progress.page:,} of {progress.pages:,} of " if progress.pages > 1 else ""
        bar.set_postfix_str(at + one_line(os.path.basename(progress.path)), refresh=False)
        bar.update(progress.done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


def _watcher(paths: Sequence[Path], home: Path) -> Watcher:
    """Return what listens for changes; `watchfiles` is only loaded for that."""
    watching = importlib.import_module("index.watching")
    watcher: Watcher = watching.Watcher(paths, home=home)
    return watcher


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
                _print_report(news.report, as_json=False, out=out)
    except KeyboardInterrupt:
        return  # which is how it ends
    except Exception:
        if not stopping.number:  # else a library made another error of the interrupt
            raise


def _print_report(report: SyncReport, *, as_json: bool, out: TextIO | None = None) -> None:
    for rejected in report.rejected:
        _print_rejected(rejected)
    for partial in report.partial:
        _print_rejected(replace(partial, reason=f"read in part: {partial.reason}"))
    if as_json:
        _print_json(contract.report_json(report))
        return
    in_part = f", {len(report.partial)} in part" if report.partial else ""
    print(
        f"{report.indexed} indexed, {report.unchanged} unchanged, {report.removed} removed{in_part}, "
        f"{len(report.rejected)} rejected; {report.passages} new passages in {report.seconds:.1f} s",
        file=out,
        flush=True,
    )


def _print_rejected(rejected: Rejected) -> None:
    print(f"pincite: {one_line(rejected.path)}: {one_line(rejected.reason)}", file=sys.stderr)


def _print_answer(library: Library, answer: Answer) -> None:
    if answer.standalone_question != answer.question:
        print(f"Understood as: {one_line(answer.standalone_question)}\n")
    if answer.grounded:
        bold = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        print(answer_text(answer, name_pages(library, answer), bold=bold))
        return
    print("Your documents don't seem to answer this. Closest I found:\n")
    for hit in contract.hits_json(library, answer.hits[:3]):
        text = one_line(str(hit["text"]))
        print(f"- {one_line(str(hit['path']))}\n    {text[:300]}{'…' if len(text) > 300 else ''}")


def _check_not_empty(library: Library) -> None:
    if library.catalog.is_empty():
        raise SettingsError(f"nothing is indexed in {library.home}: run `pincite index PATH...` first")


def _print_json(value: object) -> None:
    print(json.dumps(value), flush=True)  # in ASCII, so that it is the same whatever standard output's encoding


if __name__ == "__main__":
    sys.exit(main())
