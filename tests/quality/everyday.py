"""Ask the everyday questions, and print by kind how often the first citation is right and how often it is a refusal.

    python tests/quality/everyday.py [--shared ../shared] [--sets everyday everyday_languages written own] [--every 1]

`written` is the part of ../shared/train/written that nothing was trained or fitted on, asked among all its documents;
`own` that part of rag/reader/training/data, asked among its own. The others are for evaluation only.

Counts come with 95 % intervals (Wilson 1927). "Well" and "partly" are of the answers that the page labels so: how many
there are, and how many are right. `--out` keeps each answer, a line a question.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answer.regression import support_level
from rag.evaluation.evaluate import Result, calibration_error, evaluate, measure, open_dataset, result_line
from rag.reader.training.written import OWN, corpus_of_part, written_corpora, written_queries

SETS = ("everyday", "everyday_languages", "written", "own")
WORK = Path("results/eval")


@dataclass(frozen=True)
class Judged:
    """A result with what it is judged by: its kind, whether it was refused, and whether its first citation is right."""

    result: Result
    kind: str
    refused: bool
    right: bool
    level: str


def judge(result: Result, kind: str) -> Judged:
    """Return a result as it counts."""
    answer, evidence = result.answer, result.query.evidence
    first = answer.citations[0] if answer.citations else None
    right = first is not None and any(
        e.doc_id == first.doc_id and e.start < first.end and e.end > first.start for e in evidence
    )
    level = support_level(answer.sentences[0].support) if answer.sentences else "refused"
    return Judged(result, kind, not answer.grounded, right, level)


def interval(count: int, number: int) -> str:
    """Return "count/number share [low-high]"."""
    if not number:
        return "-"
    z, share = 1.96, count / number
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number) * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return f"{count}/{number} {share:.3f} [{middle - half:.2f}-{middle + half:.2f}]"


def report(judged: Sequence[Judged]) -> None:
    """Print the table of one set."""
    kinds = defaultdict(list)
    for one in judged:
        kinds[one.kind].append(one)
        if one.result.query.answerable:
            kinds["ALL ANSWERABLE"].append(one)
    for kind, ones in sorted(kinds.items()):
        refused = sum(one.refused for one in ones)
        if ones[0].result.query.answerable:
            print(f"  {kind:16} first citation {interval(sum(o.right for o in ones), len(ones)):26} ", end="")
            print(f"refused {interval(refused, len(ones))}")
        else:
            weak = sum(one.level in ("refused", "weak") for one in ones)
            print(f"  {kind:16} refused {interval(refused, len(ones)):26}  refused or weak {interval(weak, len(ones))}")
    for level in ("well", "partly", "weak"):
        ones = [one for one in judged if one.level == level]
        print(f"  {level:16} right {interval(sum(o.right for o in ones), len(ones))}")
    answered = [one for one in judged if not one.refused]
    supports = [one.result.answer.sentences[0].support for one in answered]
    error, _ = calibration_error(supports, [one.right for one in answered])
    print(f"  calibration error of the support {error:.3f}")
    print("  ", measure([one.result for one in judged]), flush=True)


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--every", type=int, default=1, help="ask only every so manieth question")
    parser.add_argument("--out", type=Path, help="folder for the answers")
    arguments = parser.parse_args()
    for name in arguments.sets:
        folder = arguments.shared / "eval" / name
        corpora, path = [folder / "corpus.jsonl"], folder / "queries.jsonl"
        if name == "written":
            corpora, path = written_corpora(arguments.shared), WORK / "written" / "test.jsonl"
            written_queries(arguments.shared, path, part="test")
        elif name == "own":
            path = WORK / name / "test.jsonl"
            corpora = [corpus_of_part(arguments.shared, WORK / name / "test.corpus.jsonl", "test")]
            written_queries(arguments.shared, path, part="test", kinds=OWN)
        assistant, queries = open_dataset(WORK, corpora, path)
        kinds = {row["query_id"]: row for row in map(json.loads, path.open(encoding="utf-8"))}
        results = list(evaluate(assistant, queries[:: arguments.every]))
        assistant.close()
        by = "language" if name == "everyday_languages" else "kind"
        print(f"\n{name}")
        report([judge(r, kinds[r.query.query_id][by] + ("" if r.query.answerable else " (none)")) for r in results])
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            with (arguments.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
                for result in results:
                    row = kinds[result.query.query_id]
                    file.write(json.dumps({**row, **result_line(result)}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
