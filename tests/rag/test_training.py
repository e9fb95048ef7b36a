"""The training of the reader, as small as it can be and yet the real one: examples, training, going on, exporting."""

from __future__ import annotations

import gc
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.models import Encoder, bundled_folder
from index.records import Document
from index.text.passages import split_document
from rag.reader.inputs import encode, open_tokenizer
from rag.reader.training.examples import Asked, Example, part_of, read_examples, write_examples
from rag.reader.training.gather import after_another, change_identifier, misspell, vary
from rag.reader.training.selfmade import make_examples
from rag.reader.training.written import DATA, OWN, rows
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


def test_labels_name_the_sentence_and_leave_the_words_open_where_they_are_not_known() -> None:
    from rag.reader.training.train import collate, label

    passage = "The mill is old. Ada sold it in 1953. It burned."
    tokenizer = open_tokenizer(bundled_folder())
    [inputs] = encode(tokenizer, [("When was it sold?", "", passage)], max_tokens=128)
    known = Example("When was it sold?", "", passage, ((32, 36),), "words", "t")
    sentence = Example("When was it sold?", "", passage, ((17, 37),), "sentences", "t")
    rows = [{**label(example, inputs), "input_ids": inputs.ids} for example in (known, sentence)]
    assert [row["holding"] for row in rows] == [[2], [2]]  # after the first token, which stands for no answer
    assert rows[0]["starts"] is not None
    assert rows[1]["starts"] is None
    batch = collate(rows)
    assert batch["sentences"].sum(-1).round(decimals=4).tolist() == [[1.0, 1.0, 1.0, 1.0]] * 2
    assert batch["starts"][1].equal(batch["readable"][1])  # anywhere
    assert batch["starts"][0].sum() == 1


def test_what_was_quantised_can_be_trained_on() -> None:
    import torch

    from rag.reader.default import FOLDER, ShippedReader
    from rag.reader.inputs import pad
    from rag.reader.protocol import ToRead
    from rag.reader.training.network import ReaderNetwork
    from rag.reader.training.recover import recover

    network = ReaderNetwork.start(bundled_folder()).eval()
    network.load_state_dict(recover(FOLDER))
    question, passage = "Who sold the mill?", "The mill is old. Ada Holm sold it to the town in 1953, for very little."
    [inputs] = encode(open_tokenizer(bundled_folder()), [(question, "", passage)], max_tokens=128)
    with torch.no_grad():
        found = network(**{name: torch.from_numpy(rows) for name, rows in pad([inputs]).items()})
    [reading] = ShippedReader().read(question, [ToRead("", passage)])
    starts = found["start"][0, inputs.first : -1] - found["start"][0, 0]
    assert reading.starts == pytest.approx(starts.numpy(), abs=1.0)  # 8 bits
    assert reading.relevance == pytest.approx(float(found["relevance"][0]), abs=1.0)


def test_a_number_or_month_of_a_question_is_changed_to_another() -> None:
    rng = random.Random(3)
    passage = "In March 2021 room 120 was let to Ada."
    for question in ("Who rents room 120?", "What happened in March?", "What happened in 2021?"):
        changed = change_identifier(question, passage, rng)
        assert changed is not None
        assert changed != question
        assert len(changed.split()) == len(question.split())
    assert change_identifier("Who rents room 7?", passage, rng) is None  # not in the passage
    assert change_identifier("Who rents it?", passage, rng) is None


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


@pytest.mark.parametrize("kind", OWN)
def test_what_was_written_for_the_reader_says_where_its_answers_stand(kind: str) -> None:
    texts = {row["doc_id"]: row["text"] for row in rows(DATA / kind / "corpus.jsonl")}
    asked = list(rows(DATA / kind / "raw.jsonl"))
    assert len({row["query_id"] for row in asked}) == len(asked) > 500
    for row in asked:
        for place in (row, *row.get("also", ())) if row["answerable"] else ():
            assert texts[place["doc_id"]].count(place["quote"]) == 1, row["query_id"]
            assert place["answer"]
            assert place["answer"] in place["quote"], row["query_id"]
        assert row["answerable"] or (row["near_doc"] in texts and not row["quote"]), row["query_id"]
        assert row["kind"] != "followup" or (row["history"] and row["rewrite"]), row["query_id"]


def test_behind_a_question_about_something_else_its_passage_is_no_answer() -> None:
    other, asked = (
        Asked(one.question, "t", right=[one], wrong=[replace(one, spans=(), kind="none", passage="Elsewhere.")])
        for one in _examples()[:4:2]
    )
    found = after_another(other, asked)
    assert found.question == f"{other.question} {asked.question}"
    assert found.right == asked.right
    assert [(one.passage, one.kind, one.spans) for one in found.wrong] == [
        (other.right[0].passage, "none", ()),
        ("Elsewhere.", "none", ()),
    ]
