"""What may be written on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from index import SettingsError
from ui.checks import spelt
from ui.cli import commands
from ui.settings import DEFAULTS, TABLE, Settings


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(f"{message} (`{self.prog} --help` shows how)")


def _shared_options() -> tuple[_Parser, _Parser, _Parser]:
    """Return the options of every command, of those that answer, and of those that can print JSON."""
    common = _Parser(add_help=False)
    _add_settings(common, "all")
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show traces of faults")
    answering = _Parser(add_help=False)
    _add_settings(answering, "answering")
    as_json = _Parser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print one JSON value")
    return common, answering, as_json


def _add_settings(parser: argparse.ArgumentParser, group: str) -> None:
    """Add a flag for each setting of these commands; one that is not given stays out of the options."""
    for name, one in TABLE.items():
        if group in one.of:
            text = one.help + (f" (default {DEFAULTS[name]})" if DEFAULTS.get(name) else "")
            parser.add_argument(f"--{spelt(name)}", metavar=one.metavar, default=argparse.SUPPRESS, help=text)


def _add_export(parser: argparse.ArgumentParser) -> None:
    """Add what `export` takes."""
    parser.add_argument(
        "conversation", nargs="?", metavar="CONVERSATION", help="an id, or words that one has (default: all)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="a file for one, or a folder")
    endings = ("pdf", "docx", "md", "html", "json")
    parser.add_argument("--form", choices=endings, help="the form (default: by the file's ending, else md)")
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")


def _add_feedback(parser: argparse.ArgumentParser) -> None:
    """Add what `feedback` takes."""
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    common, answering, as_json = _shared_options()
    parser = _Parser(prog="pincite", description="Ask your own documents.", parents=[common, answering])
    parser.set_defaults(run=commands.chat, folder=None, no_browser=False)
    choices = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], int], text: str, *more: _Parser
    ) -> argparse.ArgumentParser:
        made = choices.add_parser(name, help=text, description=text, parents=[common, *more, as_json])
        made.set_defaults(run=run)
        return made

    chat = choices.add_parser(
        "chat", help="open the chat", description="Sync a folder and open the chat.", parents=[common, answering]
    )
    chat.set_defaults(run=commands.chat)
    chat.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="one more to ask (default: what was synced, or the samples)"
    )
    _add_settings(chat, "chat")
    chat.add_argument("--no-browser", action="store_true", help="don't open a browser")
    index = command("index", commands.index, "Sync files and folders into the index.")
    index.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders (default: the folders synced before)"
    )
    _add_settings(index, "index")
    index.add_argument("--watch", action="store_true", help="go on, and follow changes")
    index.add_argument("--rebuild", action="store_true", help="split and embed everything again")
    command("ask", commands.ask, "Answer a question.", answering).add_argument("question", metavar="QUESTION")
    _add_check(command("check", commands.check, "Say which sentences of a text the documents support.", answering))
    search = command("search", commands.search, "Show the passages that fit a query.", answering)
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--top-k", type=int, default=10, metavar="N", help="how many (default 10)")
    command("list", commands.list_entries, "Show what is indexed.")
    _add_documents(command("show", commands.show, "Show what is known of documents, and what was left out of them."))
    _add_documents(command("remove", commands.remove, "Remove documents."))
    command("status", commands.status, "Show counts and health.", answering)
    check = command("verify", commands.verify_index, "Check every invariant of the index.")
    check.add_argument("--repair", action="store_true", help="save what can be read of a damaged index, mend the rest")
    check.add_argument("--trace", metavar="WORDS", help="name the files of the home folder that hold these words")
    _add_export(command("export", commands.export, "Write conversations as files."))
    _add_feedback(command("feedback", commands.feedback, "Write what was said of answers as a question set."))
    command("doctor", commands.doctor, "Name what is wrong with the installation, and the cure.", answering)
    text = "Measure retrieval, answers, citations and refusals on a data set."
    _add_evaluation(command("eval", commands.evaluate_dataset, text, answering))
    return parser


def _add_check(check: argparse.ArgumentParser) -> None:
    """Add what `check` takes."""
    check.add_argument("--answer", type=Path, required=True, metavar="FILE", help="the text; - is standard input")
    check.add_argument(
        "--sources", type=Path, nargs="+", metavar="FILE", help="files and folders (default: what is indexed)"
    )


def _add_documents(parser: argparse.ArgumentParser) -> None:
    """Add what `show` and `remove` take."""
    parser.add_argument("documents", nargs="+", metavar="DOC", help="id, path or folder")


def _add_evaluation(evaluation: argparse.ArgumentParser) -> None:
    evaluation.add_argument("--corpus", type=Path, required=True, action="append", metavar="C.jsonl")
    evaluation.add_argument("--queries", type=Path, required=True, metavar="Q.jsonl")
    evaluation.add_argument("--out", type=Path, required=True, metavar="R.jsonl")
