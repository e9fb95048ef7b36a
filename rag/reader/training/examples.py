"""Training examples: a question and a passage, and which words of the passage answer, if any do.

The data format, a JSON object a line:

    {"question": "who led them", "header": "Normans", "passage": "... under their leader Rollo, ...",
     "spans": [[23, 28]], "kind": "words", "source": "squad2_dev_half", "group": "17", "variants": ["who led em"]}

`spans` are character offsets in `passage`: any one of them is right. `kind` says what they are: "words" are the exact
answering words, "sentences" are sentences that hold an answer somewhere, "none" says that the passage holds no answer
(`spans` is empty). `group` is the same for all passages that one question is asked of, in a file that is named after
its `pool`; `variants` are other words for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from index import SettingsError

_OPTIONAL = ("group", "variants", "pool")
Part = Literal["train", "fit", "test"]

# Where the parts of a set end, in 256ths of the hashes of its names. Of squad2_dev_half whole articles are kept apart
# (11 train the reader, 2 fit how its numbers are joined, 3 test), of what was written for this project, too; of the
# others half of the questions test.
_ENDS = {
    "squad2_dev_half": (208, 227), "qed_nq_dev": (104, 128), "clapnq_dev": (104, 128), "written": (176, 208),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage under its header (title and headings), and the spans of `passage` that answer."""

    question: str
    header: str
    passage: str
    spans: tuple[tuple[int, int], ...]
    kind: Literal["words", "sentences", "none"]
    source: str
    group: str = ""
    variants: tuple[str, ...] = ()
    pool: str = ""


@dataclass
class TrainingQuestion:
    """A question with everything it may be asked of: passages that answer, and passages that don't."""

    question: str
    source: str
    right: list[Example] = field(default_factory=list)
    wrong: list[Example] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    varies: bool = True  # it may be asked in other words


def part_of(data_set: str, name: str) -> Part:
    """Tell what an article or question of a set is for; the same on every machine."""
    train, fit = _ENDS[data_set]
    place = hashlib.sha256(name.encode()).digest()[0]
    return "train" if place < train else "fit" if place < fit else "test"


def under_heading(example: Example) -> Example:
    """Return an example whose passage begins with a heading of Markdown with that above it, as readers of files do."""
    line, _, rest = example.passage.partition("\n")
    label = line.lstrip("#")
    passage = rest.lstrip()
    cut = len(example.passage) - len(passage)
    if label == line or not label.startswith(" ") or not passage or any(start < cut for start, _ in example.spans):
        return example
    header = " › ".join(part for part in (example.header, label.strip()) if part)
    spans = tuple((start - cut, end - cut) for start, end in example.spans)
    return replace(example, header=header, passage=passage, spans=spans)


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write the examples, a line each, and return how many they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            row = {name: value for name, value in asdict(example).items() if value or name not in _OPTIONAL}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            number += 1
    return number


def read_examples(path: Path) -> Iterator[Example]:
    """Yield the examples of a file. Raises `SettingsError` naming the file and the line that is wrong."""
    try:
        lines = path.open(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}: name a file of training examples") from error
    with lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield _example(json.loads(line), path.stem, number)
            except (ValueError, KeyError, TypeError) as error:
                raise SettingsError(
                    f"{path}, line {number}: {error}: see rag/reader/training/examples.py for the form"
                ) from error


def _example(row: dict[str, object], pool: str, number: int) -> Example:
    example = Example(
        question=str(row["question"]),
        header=str(row["header"]),
        passage=str(row["passage"]),
        spans=tuple((int(start), int(end)) for start, end in row["spans"]),  # type: ignore[attr-defined]
        kind=row["kind"],  # type: ignore[arg-type]
        source=str(row["source"]),
        group=f"{pool} {row.get('group') or number}",
        variants=tuple(map(str, row.get("variants", ()))),  # type: ignore[call-overload]
        pool=pool,
    )
    if (example.kind == "none") != (not example.spans):
        raise ValueError("spans belong to every kind but 'none'")
    if any(not 0 <= start < end <= len(example.passage) for start, end in example.spans):
        raise ValueError("a span lies outside of the passage")
    return example
