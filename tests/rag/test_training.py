"""The training of the reader, as small as it can be and yet the real one: examples, training, going on, exporting."""

from __future__ import annotations

import gc
import json
import math
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import shared_words
from index.errors import SettingsError
from index.models import Encoder
from index.records import Document
from index.text.passages import split_document
from rag.networks import open_tokenizer
from rag.reader.inputs import encode
from rag.reader.protocol import ToRead
from rag.reader.training.examples import (
    Example,
    TrainingQuestion,
    part_of,
    read_examples,
    under_heading,
    write_examples,
)
from rag.reader.training.gather import after_another, change_identifier, misspell, vary
from rag.reader.training.selfmade import make_examples
from rag.reader.training.windows import windows_of
from rag.reader.training.written import DATA, OTHER_LANGUAGES, OWN, rows
from ui.cli.commands import SAMPLES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAYERS = 3  # of twelve
TOWNS = ("Graz", "Linz", "Wels", "Enns")
RIVERS = ("Mur", "Danube", "Traun")


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


def _cut(folder: Path) -> None:
    """Leave the first layers of a network: to export all twelve takes three times as long, and they are alike."""
    from safetensors.torch import load_file, save_file

    from rag.reader.training.network import CONFIG, WEIGHTS

    layer = re.compile(r"encoder\.encoder\.layer\.(\d+)\.")
    weights = load_file(folder / WEIGHTS)
    numbers = {name: int(found[1]) for name in weights if (found := layer.match(name))}
    assert max(numbers.values()) == 11
    save_file({name: one for name, one in weights.items() if numbers.get(name, 0) < LAYERS}, folder / WEIGHTS)
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    (folder / CONFIG).write_text(json.dumps(config | {"num_hidden_layers": LAYERS}), encoding="utf-8")


def _said(folder: Path, question: str, passage: ToRead) -> tuple[NDArray[np.float32], float]:
    """Return the logits of the starts against that of none, and of the relevance."""
    import torch

    from rag.networks import pad
    from rag.reader.training.network import ReaderNetwork

    pairs = [(question, passage.header, passage.passage)]
    [inputs] = encode(open_tokenizer(shared_words()[1]), pairs, max_tokens=128)
    with torch.no_grad():
        given = {name: torch.from_numpy(rows) for name, rows in pad([inputs]).items()}
        found = ReaderNetwork.load(folder).eval()(**given)
    return (found["start"][0, inputs.first : -1] - found["start"][0, 0]).numpy(), float(found["relevance"][0])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings(
    "ignore"
)  # of the frameworks about themselves: files left open, a tracer that is deprecated
def test_training_goes_on_from_what_is_shipped_listens_to_a_teacher_and_is_exported(tmp_path: Path) -> None:
    from rag.reader.default import FOLDER, ShippedReader
    from rag.reader.training import recover, train

    data = tmp_path / "towns.jsonl"
    unlearnt = [
        replace(example, spans=(), kind="none") for example in _examples()[:8]
    ]  # what it knows, it is to forget
    assert write_examples(data, unlearnt) == 8
    recover.write(FOLDER, tmp_path / "start")
    common = ["train", "--data", str(data), "--batch", "4", "--rate", "2e-4", "--start", str(tmp_path / "start")]
    _run(train.main, [*common, "--teach", str(tmp_path / "said")])
    taught = ["--taught", str(tmp_path / "said"), "--out", str(tmp_path / "trained")]
    _run(train.main, [*common, "--epochs", "towns=1", "towns=1", *taught])
    question, known = _examples()[0].question, ToRead("Graz", _examples()[0].passage)
    [before], (_, after) = ShippedReader().read(question, [known]), _said(tmp_path / "trained", question, known)
    assert before.relevance - 1 > after  # not all: the teacher, which is what it was, insists

    pytest.importorskip("nncf", reason="exporting needs the extra pincite[train]")
    from rag.reader.training.export import export

    _cut(tmp_path / "trained")
    export(tmp_path / "trained", tmp_path / "shipped", _examples()[:4])
    [exported] = ShippedReader(tmp_path / "shipped").read(question, [known])
    starts, relevance = _said(tmp_path / "trained", question, known)
    assert exported.places == before.places
    assert exported.starts == pytest.approx(starts, abs=1.0)  # 8 bits
    assert exported.relevance == pytest.approx(relevance, abs=1.0)
    gc.collect()
    assert sum(path.stat().st_size for path in (tmp_path / "shipped").iterdir()) < 25_000_000 * LAYERS / 12


def _run(main: Callable[[], int], arguments: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", arguments)
        assert main() == 0


def test_labels_point_at_the_words_and_name_the_sentence() -> None:
    from rag.reader.training.train import collate

    passage = "The mill is old. Ada sold it in 1953. It burned."
    known = Example("When was it sold?", "", passage, ((32, 36),), "words", "t")
    sentence = Example("When was it sold?", "", passage, ((17, 37),), "sentences", "t")
    nothing = Example("Who built it?", "", passage, (), "none", "t")
    examples = [known, sentence, nothing]
    inputs = encode(open_tokenizer(shared_words()[1]), [(e.question, "", e.passage) for e in examples], max_tokens=128)
    batch = collate(examples, inputs)
    [token] = batch["start"][0].nonzero().ravel().tolist()
    start, end = inputs[0].places[token - inputs[0].first]
    assert passage[start:end] == "1953"
    assert batch["start"][1].equal(batch["readable"][1])  # the words are not known: anywhere
    assert batch["start"][2].nonzero().ravel().tolist() == [0]
    # The first token stands for no answer, and is the whole of "sentence" 0.
    assert [row.nonzero().ravel().tolist() for row in batch["holding"]] == [[2], [2], [0]]
    assert batch["sentence"][0, token] == 2
    assert batch["answers"].tolist() == [1.0, 1.0, 0.0]


def test_what_a_teacher_says_is_found_in_the_tokens_of_another_network() -> None:
    import numpy as np

    from rag.reader.training.train import Taught, collate

    example = Example("When was it sold?", "", "Ada sold it in 1953.", ((15, 19),), "words", "t")
    [inputs] = encode(open_tokenizer(shared_words()[1]), [(example.question, "", example.passage)], max_tokens=128)
    words = np.asarray([(0, 3), (4, 8), (9, 11), (12, 14), (15, 17), (17, 20)], dtype=np.int32)  # cut elsewhere
    start, end = np.eye(7, dtype=np.float16)[[5, 6]]
    said = Taught(start, end, np.asarray([0.25, 0.75], dtype=np.float16), 0.9, words[:, 0], words[:, 1])
    batch = collate([example, example], [inputs, inputs], [said, None])
    first = inputs.first
    assert inputs.places[int(batch["taught_start"][0].argmax()) - first][0] == 15
    assert inputs.places[int(batch["taught_end"][0].argmax()) - first][1] == 20
    assert batch["taught_sentence"][0].tolist() == [0.25, 0.75]
    assert batch["taught"].tolist() == [1.0, 0.0]
    assert float(batch["taught_start"].sum()) == 1.0


def test_an_epoch_asks_each_question_as_often_as_its_set_counts() -> None:
    from rag.reader.training.train import batches_of, epoch_of

    right = Example("Who?", "H", "Ada.", ((0, 3),), "words", "t", group="a 1", variants=("who then",), pool="a")
    wrong = [replace(right, passage=f"No {number}.", spans=(), kind="none") for number in range(5)]
    alone = replace(wrong[0], group="b 1", pool="b")
    examples = [right, *wrong, alone]
    asked = epoch_of(examples, {"a": 2.0}, wrong=3, rng=random.Random(1))
    assert [[one.number for one in question].count(0) for question in asked] == [1, 1]
    assert [len(question) for question in asked] == [1 + 3, 1 + 3]
    assert {one.question for question in asked for one in question} <= {"Who?", "who then"}
    batches = batches_of(examples, asked, 3, random.Random(1))
    assert [len(batch) for batch in batches] == [1, 1]  # a question's passages stay together
    assert {id(question) for batch in batches for question in batch} == {id(question) for question in asked}
    alone_asked = epoch_of(examples, {"b": 1.0}, wrong=3, rng=random.Random(1))
    assert [[one.number for one in question] for question in alone_asked] == [[6]]


def test_what_is_asked_of_several_passages_is_learned_among_them() -> None:
    import torch

    from rag.reader.training.network import loss_of

    # Two passages of one question, of three tokens each: "no answer here", and two sentences of one token.
    labels = torch.tensor([[True, False, False], [False, True, False]])
    batch = {
        "readable": torch.ones(2, 3, dtype=torch.bool), "start": labels, "end": labels, "holding": labels,
        "sentence": torch.arange(3).repeat(2, 1), "answers": torch.tensor([0.0, 1.0]),
    }  # fmt: skip
    apart = {**batch, "group": torch.tensor([0, 1])}
    together = {**batch, "group": torch.tensor([0, 0])}

    def added(first: float, *, of: dict[str, torch.Tensor]) -> float:
        """What the loss gains if it is known which are of one question, where the wrong one's evidence is `first`."""
        evidence = torch.tensor([[0.0, first, -9.0], [0.0, 3.0, -9.0]])
        found = {"start": evidence, "end": evidence, "evidence": evidence, "relevance": torch.zeros(2)}
        return float(loss_of(found, of) - loss_of(found, batch))

    assert added(-9.0, of=together) == pytest.approx(0.5 * math.log(2), abs=1e-3)  # the passages are equally relevant
    assert added(3.0, of=together) == pytest.approx(math.log(2), abs=1e-3)  # and two sentences equally evident
    assert added(3.0, of=apart) == pytest.approx(0.0, abs=1e-3)


def test_frozen_layers_stay_while_the_others_learn() -> None:
    import torch
    from transformers import BertConfig, BertModel

    from rag.reader.training.network import ReaderNetwork, freeze

    size = BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=3, num_attention_heads=2, intermediate_size=8)
    network = ReaderNetwork(BertModel(size, add_pooling_layer=False))
    freeze(network, 2)
    ids = torch.tensor([[1, 2, 3, 0]])
    found = network(ids, (ids > 0).long(), torch.zeros_like(ids))
    sum(one.sum() for one in found.values()).backward()
    learn = {name for name, weight in network.named_parameters() if weight.grad is not None and weight.grad.any()}
    assert not any(re.search(r"embeddings|layer\.[01]\.", name) for name in learn)
    assert any("layer.2." in name for name in learn)


def test_a_training_ends_by_the_clock_and_the_rate_falls_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.reader.training import batches

    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock = batches.Clock(1000, minutes=10)
    assert clock.share_of_rate < 0.05  # it rises first
    clock.step, now[0] = 100, 100.0 + 300
    assert clock.done == 0.5
    assert clock.share_of_rate == pytest.approx(0.5)
    now[0] = 100.0 + 600
    assert clock.done == 1
    assert batches.Clock(1000).done == 0


def test_a_heading_at_the_beginning_goes_above_the_passage() -> None:
    passage = "## Money\n\nThe rent is 890. It is due on the 5th."
    example = Example("how much", "Lease", passage, ((22, 25),), "words", "t")
    above = under_heading(example)
    assert above.header == "Lease › Money"
    assert above.passage == "The rent is 890. It is due on the 5th."
    assert [above.passage[start:end] for start, end in above.spans] == [passage[22:25]] == ["890"]
    for kept in ("#hashtag\nThe rent.", "## Money", "The rent is 890.\n# Money"):
        alone = replace(example, passage=kept, spans=(), kind="none")
        assert under_heading(alone) == alone
    answers = replace(example, spans=((3, 8),))  # the heading itself
    assert under_heading(answers) == answers


def test_windows_hold_a_sentence_behind_the_one_before_it() -> None:
    passage = "The mill is very old. Ada Holm sold it in 1953. It burned down later."
    right = Example("When was it sold?", "Mill", passage, ((42, 46),), "words", "t", group="1")
    wrong = replace(right, passage="The bridge was built in 1990.", spans=(), kind="none")
    unanswered = replace(wrong, group="2")
    found = list(windows_of([right, wrong, unanswered], random.Random(1)))
    assert {one.group for one in found} == {"1"}
    [held] = [one for one in found if one.spans]
    assert held.passage == "The mill is very old. Ada Holm sold it in 1953."
    assert [held.passage[start:end] for start, end in held.spans] == ["1953"]
    # What follows on the answer's sentence would hold it, too.
    assert {one.passage for one in found if not one.spans} == {"The mill is very old.", wrong.passage}


@pytest.mark.slow
def test_what_was_quantised_can_be_trained_on(tmp_path: Path) -> None:
    from rag.reader.default import FOLDER, ShippedReader
    from rag.reader.training import recover

    recover.write(FOLDER, tmp_path)
    question = "Who sold the mill?"
    passage = ToRead("", "The mill is old. Ada Holm sold it to the town in 1953, for very little.")
    starts, relevance = _said(tmp_path, question, passage)
    [reading] = ShippedReader().read(question, [passage])
    assert reading.starts == pytest.approx(starts, abs=1.0)  # 8 bits
    assert reading.relevance == pytest.approx(relevance, abs=1.0)


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


@pytest.mark.parametrize("kind", [*OWN, *OTHER_LANGUAGES[1:]])
def test_what_was_written_for_the_reader_says_where_its_answers_stand(kind: str) -> None:
    texts = {row["doc_id"]: row["text"] for row in rows(DATA / kind / "corpus.jsonl")}
    asked = list(rows(DATA / kind / "raw.jsonl"))
    assert len({row["query_id"] for row in asked}) == len(asked) > 400
    for row in asked:
        for place in (row, *row.get("also", ())) if row["answerable"] else ():
            assert texts[place["doc_id"]].count(place["quote"]) == 1, row["query_id"]
            assert place["answer"]
            assert place["answer"] in place["quote"], row["query_id"]
        assert row["answerable"] or (row["near_doc"] in texts and not row["quote"]), row["query_id"]
        assert row["kind"] != "followup" or (row["history"] and row["rewrite"]), row["query_id"]


def test_behind_a_question_about_something_else_its_passage_is_no_answer() -> None:
    other, asked = (
        TrainingQuestion(
            one.question, "t", right=[one], wrong=[replace(one, spans=(), kind="none", passage="Elsewhere.")]
        )
        for one in _examples()[:4:2]
    )
    found = after_another(other, asked)
    assert found.question == f"{other.question} {asked.question}"
    assert found.right == asked.right
    assert [(one.passage, one.kind, one.spans) for one in found.wrong] == [
        (other.right[0].passage, "none", ()),
        ("Elsewhere.", "none", ()),
    ]
