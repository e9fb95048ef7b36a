"""The training of the tagger, on a network as small as it can be."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index import shared_words
from rag import Turn
from rag.networks import open_tokenizer
from rag.tagger.training.examples import Example, is_held_out, turns_before

RIVERS = ("Mur", "Danube", "Traun", "Enns", "Alm", "Steyr")


def test_conversations_are_read_as_each_source_has_them() -> None:
    row = {"source": "canard", "history": ["Fred Hampton", "Legacy", "Was he tried?", "Never.", "Why?"]}
    assert turns_before(row) == (Turn("Fred Hampton", "Legacy"), Turn("Was he tried?", "Never."), Turn("Why?"))
    assert turns_before({"source": "cast2019", "history": ["a?", "b?"]}) == (Turn("a?"), Turn("b?"))


def test_whole_conversations_are_held_out() -> None:
    turns = [{"source": "qrecc", "id": f"qrecc-7-{number}"} for number in range(20)]
    assert len({is_held_out(row) for row in turns}) == 1
    assert is_held_out({"source": "cast2019", "id": "cast2019-31_1"})
    held_out = sum(is_held_out({"source": "qrecc", "id": f"qrecc-{number}-1"}) for number in range(2000))
    assert 140 < held_out < 260


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the frameworks about themselves
def test_a_network_learns_what_is_added_and_is_kept(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel, BertConfig

    from rag.tagger.training.train import TaggerNetwork, batches_of, loss_of, samples_of, tensors, train

    tokenizer = open_tokenizer(shared_words()[1])
    examples = [
        Example("made", (Turn(f"How long is the {river}?", "It is long."),), asked, asked, frozenset(added))
        for river in RIVERS
        for asked, added in (("where does it end", {river.lower()}), ("who is the mayor", set()))
    ]
    samples = samples_of(examples, tokenizer)
    assert len(samples) == len(examples)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    network = TaggerNetwork(AutoModel.from_config(config, add_pooling_layer=False, attn_implementation="eager"))
    [batch] = batches_of(samples, len(samples), random.Random(1))

    def loss(of: TaggerNetwork) -> float:
        return float(loss_of(batch, *of.eval()(**tensors(batch))))

    before = loss(network)
    assert train(network, samples, epochs=20, size=6, rate=1e-2, rng=random.Random(1)) == 40
    assert loss(network) < 0.3 * before
    network.save(tmp_path / "tagger")
    assert loss(TaggerNetwork.load(tmp_path / "tagger")) == pytest.approx(loss(network), abs=0.02)
