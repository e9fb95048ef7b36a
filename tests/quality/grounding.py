"""Measure the grounding check: which sentences it takes for supported, beside what the overlap of words would say.

    python tests/quality/grounding.py --shared ../shared [--claims 1500] [--only vitaminc]

- vitaminc: claims against evidence that differs in a word (evaluation only; nothing was trained or fitted on it).
- made: sentences of documents of `eval`, and what questions and gold answers say, against the whole document they are
  of; and the same with one thing changed, or against another document of the set. The changes are made by the program
  that makes those that train, on other documents: so the figures on them flatter, those on the other sets don't.
- written: claims that were written one at a time, on documents kept apart from training.
- rated: answers of models with people's ratings (MTRAG): the share that is supported against their faithfulness.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index import content_words, split_sentences, split_words
from rag.grounding.check import Checker, document_of
from rag.grounding.evidence import Texts
from rag.grounding.training.changes import change, names_in
from rag.grounding.training.examples import read_examples
from rag.grounding.training.rewording import reword, statement

_SETS = ("everyday", "new_wiki", "qed_nq_dev")
_DRAWN = 160  # documents' sentences of a set


class Claim(NamedTuple):
    """A claim, the source that it is held against, what it is ("supported", ...), and what was changed in it."""

    text: str
    source: str
    label: str
    kind: str


def vitaminc(shared: Path, rng: random.Random, most: int) -> list[Claim]:
    """Return claims of VitaminC."""
    rows = _rows(shared / "eval" / "vitaminc" / "claims.jsonl")
    found = [Claim(row["claim"], row["evidence"], row["label"], row["label"]) for row in rows]
    return rng.sample(found, min(most, len(found)))


def made(shared: Path, rng: random.Random, most: int) -> list[Claim]:
    """Return sentences and answers of the evaluation sets, right and with one thing changed."""
    claims = [claim for name in _SETS for claim in _made_of(shared / "eval" / name, rng)]
    return rng.sample(claims, min(most, len(claims)))


def _made_of(folder: Path, rng: random.Random) -> Iterator[Claim]:
    texts = {row["doc_id"]: row["text"] for row in _rows(folder / "corpus.jsonl")}
    asked = [row for row in _rows(folder / "queries.jsonl") if row["answerable"] and row["evidence"]]
    for row in rng.sample(asked, min(_DRAWN, len(asked))):
        place = row["evidence"][0]
        text = texts[place["doc_id"]]
        spans = [(s, e) for s, e in split_sentences(text) if s <= place["start"] < e]
        if not spans:
            continue
        sentence = " ".join(text[slice(*spans[0])].split())
        answer = min(row["answers"], key=len)
        if 4 < len(sentence.split()) < 50:
            yield Claim(sentence, text, "supported", "verbatim")
            other = texts[rng.choice([doc_id for doc_id in texts if doc_id != place["doc_id"]])]
            yield Claim(sentence, other, "unsupported", "other document")
            reworded = reword(sentence, rng)
            if reworded != sentence:
                yield Claim(reworded, text, "supported", "reworded")
            changed = change(reworded, names_in(text), rng)
            if changed:
                yield Claim(changed.text, text, changed.label, changed.kind)
        said = statement(row.get("rewrite") or row["question"], answer)
        if "?" not in said and len(answer.split()) < 8:
            yield Claim(said, text, "supported", "answer")
            wrong = change(said, names_in(text), rng)
            if wrong:
                yield Claim(wrong.text, text, wrong.label, wrong.kind)


def written(shared: Path, rng: random.Random, most: int) -> list[Claim]:
    """Return the claims that were written one at a time, of documents that test, each with the words for it."""
    found = [
        Claim(one.claim, f"{one.title}. {one.evidence}", one.label, one.kind)
        for one in read_examples(shared, "test", rng)
        if one.source == "claims"
    ]
    return rng.sample(found, min(most, len(found)))


def measure(claims: Sequence[Claim], checker: Checker) -> None:
    """Print what comes out for the claims, by kind, and what the overlap of words would say."""
    started, supports, verdicts = time.perf_counter(), [], []
    for claim in claims:
        checked = checker.check(claim.text, Texts([document_of("1", claim.source)]))
        supports.append(min((s.support for s in checked.sentences), default=0.0))
        said = {s.verdict for s in checked.sentences}
        verdicts.append("supported" if said == {"supported"} else "contradicted" if "contradicted" in said else "no")
    seconds = (time.perf_counter() - started) / len(claims)
    right = np.asarray([claim.label == "supported" for claim in claims])
    taken = np.asarray([verdict == "supported" for verdict in verdicts])
    overlaps = np.asarray([overlap(claim) for claim in claims])
    print(f"  {len(claims)} claims, {1000 * seconds:.0f} ms each")
    print(f"  balanced accuracy {_balanced(taken, right):.3f}  AUROC {_auroc(np.asarray(supports), right):.3f}")
    best = max(_balanced(overlaps >= bound, right) for bound in np.unique(overlaps))
    print(f"  overlap of words: {best:.3f} at its best bound on these claims, AUROC {_auroc(overlaps, right):.3f}")
    if taken.any():
        low, high = _interval(int((taken & right).sum()), int(taken.sum()))
        print(
            f"  supported rightly {right[taken].mean():.3f} [{low:.2f}-{high:.2f}] of {taken.sum()}, "
            f"found {taken[right].mean():.3f}"
        )
    told = [v == "contradicted" for v, claim in zip(verdicts, claims, strict=True) if claim.label == "contradicted"]
    false = [v == "contradicted" for v, claim in zip(verdicts, claims, strict=True) if claim.label != "contradicted"]
    print(
        f"  called contradicted: {np.mean(told or [0]):.3f} of the contradicted, "
        f"{np.mean(false or [0]):.3f} of the others"
    )
    kinds: dict[str, list[bool]] = defaultdict(list)
    for claim, is_taken in zip(claims, taken, strict=True):
        kinds[f"{claim.label}: {claim.kind}"].append(bool(is_taken) == (claim.label == "supported"))
    for kind, outcomes in sorted(kinds.items()):
        low, high = _interval(sum(outcomes), len(outcomes))
        print(f"    {kind:32} {np.mean(outcomes):.3f} [{low:.2f}-{high:.2f}] of {len(outcomes)}")


def rated(shared: Path, checker: Checker, rng: random.Random, most: int, minutes: float) -> None:
    """Print how the support of an answer's sentences goes with people's ratings of its faithfulness.

    The answers are drawn at random; after so many minutes no more are looked at.
    """
    folder = shared / "eval" / "mtrag_human_subset"
    texts = {row["doc_id"]: f"{row['title']}\n{row['text']}" for row in _rows(folder / "corpus.jsonl")}
    documents = {row["query_id"]: row["doc_ids"] for row in _rows(folder / "queries.jsonl")}
    answers = [row for row in _rows(folder / "model_answers_rated.jsonl") if documents.get(row["query_id"])]
    ours, shares, theirs, words = [], [], [], []
    until = time.monotonic() + 60 * minutes
    for row in rng.sample(answers, min(most, len(answers))):
        if time.monotonic() > until:
            break
        sources = [texts[doc_id] for doc_id in documents[row["query_id"]] if doc_id in texts]
        checked = checker.check(row["answer"], Texts([document_of(str(i), text) for i, text in enumerate(sources)]))
        if checked.total:
            ours.append(float(np.mean([sentence.support for sentence in checked.sentences])))
            shares.append(checked.supported / checked.total)
            theirs.append(float(np.mean([float(value) for value in row["ratings"]["faithfulness"]])))
            words.append(
                float(np.mean([overlap(Claim(s.text, "\n".join(sources), "", "")) for s in checked.sentences]))
            )
    print(f"rated: {len(ours)} answers; correlation with people's faithfulness (Spearman): "
          f"mean support {_spearman(ours, theirs):.3f}, share supported {_spearman(shares, theirs):.3f}, "
          f"overlap of words {_spearman(words, theirs):.3f}")  # fmt: skip


def overlap(claim: Claim) -> float:
    """Return the share of a claim's content words that its source holds."""
    wanted = set(content_words(claim.text))
    return len(wanted & set(split_words(claim.source))) / max(1, len(wanted))


def _rows(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _balanced(taken: np.ndarray, right: np.ndarray) -> float:
    return float((taken[right].mean() + (~taken[~right]).mean()) / 2)


def _auroc(scores: np.ndarray, right: np.ndarray) -> float:
    ranks = _ranks(scores)
    positive, negative = int(right.sum()), int((~right).sum())
    return float((ranks[right].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks from 1 on, equal values sharing theirs."""
    order, found = np.argsort(values), np.empty(len(values))
    found[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        found[values == value] = found[values == value].mean()
    return found


def _spearman(one: Sequence[float], other: Sequence[float]) -> float:
    return float(np.corrcoef(_ranks(np.asarray(one)), _ranks(np.asarray(other)))[0, 1])


def _interval(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    share, z = right / total, 1.96
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


_DRAW: dict[str, Callable[[Path, random.Random, int], list[Claim]]] = {
    "vitaminc": vitaminc, "made": made, "written": written,
}  # fmt: skip


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--claims", type=int, default=1500, help="of a set, drawn at random, at most")
    parser.add_argument("--minutes", type=float, default=20.0, help="for the rated answers, at most")
    parser.add_argument("--only", choices=[*_DRAW, "rated"])
    options = parser.parse_args()
    checker = Checker()
    for name, draw in _DRAW.items():
        if options.only in (None, name):
            print(f"{name}:")
            measure(draw(options.shared, random.Random(7), options.claims), checker)
    if options.only in (None, "rated"):
        rated(options.shared, checker, random.Random(7), options.claims, options.minutes)
    if checker.warning:
        print(checker.warning)


if __name__ == "__main__":
    main()
