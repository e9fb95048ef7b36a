"""The training of the reader, as small as it can be and yet the real one: examples, training, going on, exporting."""

from __future__ import annotations

import gc
import json
import random
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.models import Encoder, bundled_folder
from index.records import Document
from index.text.passages import split_document
from rag.reader.inputs import encode, open_tokenizer
from rag.reader.training.examples import Example, part_of, read_examples, write_examples
from rag.reader.training.gather import misspell, vary
from rag.reader.training.selfmade import make_examples
from ui.cli.commands import SAMPLES

pytest.importorskip("accelerate", reason="training needs the extra pincite[train]")

TOWNS = ("Graz", "Linz", "Wels", "Enns", "Melk", "Ybbs")
RIVERS = ("Mur", "Danube", "Traun", "Enns", "Alm", "Steyr")


def _examples() -> list[Example]:
    made = []
    for town in TOWNS:
        for river in RIVERS:
            passage = f"The town of {town} is old. A bridge over the {river} stands there since 18{len(town) * 7}."
            at = passage.index(river, 30)
            made.append(
                Example(f"Which river is bridged in {town}?", town, passage, ((at, at + len(river)),), "words", "t")
            )
            made.append(Example(f"Who rules {town}?", town, passage, (), "none", "t"))
    return made


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings(
    "ignore"
)  # of the frameworks about themselves: files left open, a tracer that is deprecated
def test_training_learns_goes_on_from_a_checkpoint_and_is_exported(tmp_path: Path) -> None:
    from rag.reader.protocol import ToRead
    from rag.reader.training import train

    data = tmp_path / "examples.jsonl"
    assert write_examples(data, _examples()) == len(TOWNS) * len(RIVERS) * 2
    out = tmp_path / "out"
    train.train([data, data], out, start=None, rate=3e-4, batch=16, seed=3, most=None)
    losses = [row["loss"] for row in json.loads((out / "history.json").read_text()) if "loss" in row]
    assert losses or (out / "model.safetensors").exists()
    again = tmp_path / "again"
    (again / "checkpoint-9").parent.mkdir()
    (out / "checkpoint-9").rename(again / "checkpoint-9")  # as if it had been stopped right after its last step
    train.train([data, data], again, start=None, rate=3e-4, batch=16, seed=3, most=None)
    assert (again / "model.safetensors").read_bytes() == (out / "model.safetensors").read_bytes()

    pytest.importorskip("nncf", reason="exporting needs the extra pincite[train]")
    from rag.reader.default import ShippedReader
    from rag.reader.training.export import export

    export(out, tmp_path / "shipped", _examples()[:16])
    reader = ShippedReader(tmp_path / "shipped")
    [reading] = reader.read("Which river is bridged in Graz?", [ToRead("Graz", _examples()[0].passage)])
    assert reader.warning == ""
    assert len(reading.places) == len(reading.starts) > 10
    gc.collect()
    assert sum(path.stat().st_size for path in (tmp_path / "shipped").iterdir()) < 25_000_000


def test_labels_point_at_the_words(tmp_path: Path) -> None:
    from rag.reader.training.train import label

    example = _examples()[0]
    [inputs] = encode(
        open_tokenizer(bundled_folder()), [(example.question, example.header, example.passage)], max_tokens=128
    )
    row = label(example, inputs)
    start, end = example.spans[0]
    assert inputs.places[row["starts"][0] - inputs.first][0] == start
    assert inputs.places[row["ends"][0] - inputs.first][1] == end
    nothing = label(_examples()[1], inputs)
    assert (nothing["starts"], nothing["ends"], nothing["answers"]) == ([0], [0], 0.0)


def test_self_made_examples_are_the_same_each_time_and_quote_their_passage() -> None:
    text = "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt")))
    document = Document("d", "d", "Samples", "text/plain", text, {}, (), "", 0.0)
    passages = [(draft.start, draft.end) for draft in split_document(document, Encoder().token_starts)]
    made = make_examples(document, passages, count=40, seed=1)
    assert made == make_examples(document, passages, count=40, seed=1)
    assert {example.kind for example in made} == {"words", "none"}
    for example in made:
        assert example.passage in text
        for start, end in example.spans:
            answer = example.passage[start:end]
            assert answer == answer.strip()
            assert answer.lower() not in example.question.lower()


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        '{"question": "q"}',
        '{"question": "q", "header": "", "passage": "p", "spans": [[0, 9]], "kind": "words", "source": "s"}',
        '{"question": "q", "header": "", "passage": "p", "spans": [], "kind": "words", "source": "s"}',
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, _examples()[:1])
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(SettingsError, match=r"examples\.jsonl, line 2"):
        list(read_examples(path))


def test_articles_that_test_are_never_trained_on() -> None:
    assert part_of("squad2_dev_half", "Islamism") == "test"
    assert part_of("squad2_dev_half", "Yuan_dynasty") == "fit"
    assert part_of("squad2_dev_half", "Harvard_University") == "train"
    halves = [part_of("qed_nq_dev", str(number)) == "test" for number in range(2000)]
    assert 900 < sum(halves) < 1100


def test_questions_vary_and_stay_questions() -> None:
    question = "When did the general assembly elect the auditors?"
    found = {vary(question, ["When did the board, no, the assembly elect them?"], random.Random(n)) for n in range(60)}
    assert len(found) >= 6
    assert all(found)
    assert misspell(question, random.Random(1)) != question
