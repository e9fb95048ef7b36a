"""The training of the entailment head: what claims are made of, what makes them false, and that a network learns it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rag.grounding.training.changes import CHANGES, change, names_in
from rag.grounding.training.examples import DATA, LABELS, Example, made_of, part_of_pair
from rag.grounding.training.rewording import reword, statement
from rag.reader.training.written import OWN, folder_of, rows

TEXT = (
    "The mill of Tarn was built in 1840 by Ada Holm for the town of Moss. It has more than 30 rooms, all of them "
    "open. Visitors may not smoke in the yard. Bo Lindt bought it from Ada Holm on 5 May 1901 for 900 euros."
)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("number", "It has 30 rooms."),
        ("number", "It has thirty rooms."),
        ("date", "He came in May 1901."),
        ("name", "It was sold by Bo Lindt."),
        ("roles", "Bo Lindt bought it from Ada Holm."),
        ("unit", "It cost 900 euros."),
        ("negation", "Visitors may not smoke."),
        ("negation", "It is open."),
        ("opposite", "It has more than 30 rooms."),
        ("quantifier", "all rooms are open"),
        ("wider", "some rooms are open"),
    ],
)
def test_one_thing_is_changed(kind: str, sentence: str) -> None:
    changed = {CHANGES[kind](sentence, ["Ada Holm", "Moss"], random.Random(seed)) for seed in range(20)}
    assert changed - {""}
    assert sentence not in changed


def test_what_can_not_be_changed_is_left_out() -> None:
    assert change("Fine weather", [], random.Random(1)) is None
    assert names_in(TEXT) == ["Tarn", "Ada Holm", "Moss", "Ada Holm"]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Who is the landlord?", "Mrs Ochs", "The landlord is Mrs Ochs."),
        ("when was the mill built?", "1840", "The mill was built 1840."),
        ("who bought the mill", "Bo Lindt", "Bo Lindt bought the mill."),
        ("how do I get there?", "by bus", "how do I get there? by bus."),
    ],
)
def test_a_question_and_its_answer_make_a_statement(question: str, answer: str, expected: str) -> None:
    assert statement(question, answer) == expected


def test_examples_of_a_document_hold_what_they_are_of() -> None:
    found = [one for seed in range(30) for one in made_of("The mill", TEXT, 4, "made", random.Random(seed))]
    assert {one.label for one in found} == set(LABELS)
    for one in found:
        assert one.evidence in TEXT
        assert one.kind != "same" or one.claim in one.evidence
    assert reword("In 1840, the mill was built (by hand).", random.Random(3)).startswith(("In 1840", "The mill"))


def test_every_claim_that_was_written_quotes_its_document() -> None:
    texts = {row["doc_id"]: row["text"] for kind in OWN for row in rows(folder_of(Path(), kind) / "corpus.jsonl")}
    claims = [row for path in sorted(DATA.glob("*.jsonl")) for row in rows(path)]
    assert len(claims) > 4000
    assert [row for row in claims if row["quote"] not in texts[row["doc_id"]] or row["label"] not in LABELS] == []


def test_a_share_of_the_public_pairs_is_kept_apart() -> None:
    parts = [part_of_pair(f"evidence {number}") for number in range(2000)]
    assert {part: parts.count(part) > 40 for part in ("fit", "test")} == {"fit": True, "test": True}
    assert parts.count("train") > 1600


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the frameworks about themselves
def test_a_head_learns_is_kept_and_goes_on(tmp_path: Path) -> None:
    import torch
    from torch import nn
    from transformers import AutoModel, BertConfig

    from index import shared_words
    from rag.grounding.training.network import HeadNetwork
    from rag.grounding.training.train import Lower, samples_of, train

    assert shared_words()
    torch.manual_seed(3)
    config = BertConfig(hidden_size=384, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    layers = AutoModel.from_config(config, add_pooling_layer=False, attn_implementation="eager").encoder.layer
    network = HeadNetwork(config, layers)
    samples = samples_of(
        [
            Example("made", "made", f"The {thing} is {said}.", "", f"The {thing} is red.", label)
            for thing in ("barn", "boat", "hat", "door")
            for said, label in (("red", "supported"), ("blue", "contradicted"))
        ]
    )
    states, mask = Lower().states(samples)

    def loss(of: HeadNetwork) -> float:
        labels = torch.tensor([sample.label for sample in samples])
        return float(nn.functional.cross_entropy(of.eval()(states, mask), labels))

    before = loss(network)
    assert train(network, samples, tmp_path, epochs=12, size=8, rate=2e-3, seed=1) == 12
    assert loss(network) < before / 2
    network.save(tmp_path)
    assert loss(HeadNetwork.load(tmp_path)) == pytest.approx(loss(network), rel=0.05)
