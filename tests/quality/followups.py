"""Ask follow-ups as they are typed, behind what was said before, and print how often the first citation is right.

    python tests/quality/followups.py [--shared ../shared] [--part test | --coqa] [--questions 130]

They are those of rag/reader/training/data of the part that nothing was trained or fitted on, asked among its documents,
with the answers that their conversations have. Beside them are follow-ups that nothing answers, and questions that
stand alone, behind a conversation about something else. With `--coqa` they are those of CoQA, among its 350 texts,
behind the short answers that people gave there.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from everyday import WORK, Judged, interval, judge

from rag.evaluation.dataset import Query
from rag.evaluation.evaluate import evaluate, open_dataset
from rag.reader.training.written import OWN, corpus_of_part, written_queries

OTHERS = 70  # questions that stand alone


def of_coqa(queries: Sequence[Query], number: int) -> dict[str, list[Query]]:
    """Return the same number of first questions and of those that follow."""
    rng, right = random.Random(17), [query for query in queries if query.evidence]
    kinds = {
        "first questions": [query for query in right if not query.history],
        "second to fifth": [query for query in right if 1 <= len(query.history) <= 4],
        "later ones": [query for query in right if len(query.history) > 4],
    }
    return {kind: rng.sample(asked, min(number, len(asked))) for kind, asked in kinds.items()}


def questions_of(queries: Sequence[Query], number: int) -> dict[str, list[Query]]:
    """Return the questions of each kind."""
    rng = random.Random(17)
    right = [query for query in queries if query.answerable and query.evidence]
    following = [query for query in right if query.history]
    alone = rng.sample([query for query in right if not query.history], OTHERS)
    return {
        "follow-ups": rng.sample(following, min(number, len(following))),
        "about something else": [replace(query, history=rng.choice(following).history) for query in alone],
        "follow-ups without an answer": [query for query in queries if query.history and not query.answerable],
    }


def line_of(kind: str, judged: Sequence[Judged]) -> str:
    """Return the line of a kind."""
    refused = interval(sum(one.refused for one in judged), len(judged))
    if not judged[0].result.query.answerable:
        return f"{kind:30} refused {refused}"
    levels = []
    for level in ("well", "partly"):
        called = [one.right for one in judged if one.level == level]
        levels.append(f"{level} {sum(called)} of {len(called)}")
    right = interval(sum(one.right for one in judged), len(judged))
    return f"{kind:30} first citation {right}, refused {refused}, right of those called {', '.join(levels)}"


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--part", choices=("fit", "test"), default="test")
    parser.add_argument("--coqa", action="store_true", help="ask those of CoQA")
    parser.add_argument("--questions", type=int, default=130)
    options = parser.parse_args()
    folder = options.shared / "eval" / "coqa" if options.coqa else WORK / f"followups_{options.part}"
    corpus, path = folder / "corpus.jsonl", folder / "queries.jsonl"
    if not options.coqa:
        corpus_of_part(options.shared, corpus, options.part, kinds=OWN)
        written_queries(options.shared, path, part=options.part, kinds=OWN)
    assistant, queries = open_dataset(WORK, [corpus], path)
    choose = of_coqa if options.coqa else questions_of
    for kind, asked in choose(queries, options.questions).items():
        print(line_of(kind, [judge(result, kind) for result in evaluate(assistant, asked)]), flush=True)
    assistant.close()


if __name__ == "__main__":
    main()
