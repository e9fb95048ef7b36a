"""The entry point: `pincite` and its commands. Whatever happens becomes an exit code, and one line at the most."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from index import PinciteError, SettingsError
from ui.cli import commands
from ui.cli.parser import make_parser
from ui.cli.stopping import Stopping
from ui.settings import Settings
from ui.settings_sources import read_settings
from ui.text import one_line

if TYPE_CHECKING:
    pass


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
        options = make_parser().parse_args(given)
        options.stopping = stopping
        if options.run is commands.index:
            kept = commands.GOES_ON
        settings = read_settings({field.name: getattr(options, field.name, None) for field in fields(Settings)})
        code = int(options.run(settings, options))
        sys.stdout.flush()  # here, and not at the very end, where a reader that has gone would be a fault
    except KeyboardInterrupt:
        return _fail(f"stopped; {kept}", stopping.code, debug=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of a pipe has gone
        return commands.OK
    except Exception as error:  # noqa: BLE001 - the last resort of the entry point
        debug = "--debug" in given
        if stopping.number:  # a library made another error of the interrupt, as an import does
            return _fail(f"stopped; {kept}", stopping.code, debug=debug)
        if isinstance(error, PinciteError):
            code = commands.WRONG_USAGE if isinstance(error, SettingsError) else commands.FAULT
            return _fail(str(error), code, debug=debug)
        cure = "run it again with --debug to see where"
        return _fail(f"{type(error).__name__}: {error}: {cure}", commands.FAULT, debug=debug)
    return code


def _fail(message: str, code: int, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print("pincite: " + one_line(message), file=sys.stderr)
    return code
