"""`pincite eval`: a data set goes in, a line for each question and the measures of all come out."""

from __future__ import annotations

import argparse
import contextlib
import json

from tqdm import tqdm

from index import SettingsError
from rag import evaluate, measure, open_dataset, result_line
from ui.cli.output import progress_bars, warn
from ui.settings import Settings


def measure_dataset(settings: Settings, options: argparse.Namespace) -> dict[str, float | int]:
    """Ask all questions of the data set that the options name, write what came of each, and return the measures.

    Raises `SettingsError` if the file of the results can't be written.
    """
    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(progress_bars(options.stopping))
        assistant, queries = open_dataset(
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
        for result in tqdm(evaluate(assistant, queries), total=len(queries), unit="question", disable=None):
            out.write(json.dumps(result_line(result), ensure_ascii=False) + "\n")
            results.append(result)
        warn(assistant.warning)
    return measure(results)
