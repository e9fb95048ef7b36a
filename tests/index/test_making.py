"""Making the default model: words that are hardly used are cut, the others kept in 4 bits, and its space is mapped."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tokenizers import Tokenizer


def test_a_table_in_blocks_of_4_bits_loses_nothing() -> None:
    import torch

    from index.models.making.quantise import BlockedWords

    rng = torch.Generator().manual_seed(3)
    steps = torch.randint(-7, 8, (50, 3, 32), generator=rng).float()
    steps[..., 5] = -8  # as in GGML's format, some component is
    table = (steps * torch.randn((50, 3, 1), generator=rng)).flatten(1)
    ids = torch.tensor([[0, 3, 49], [7, 7, 8]])
    assert torch.allclose(BlockedWords(table)(ids), table[ids], atol=1e-5)


def test_words_that_no_text_uses_are_cut_and_read_in_pieces(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel, BertConfig, BertModel

    from index.models.making import cut

    words = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁heron", "▁stork", "h", "e", "r", "o", "n", "s", "t", "k"]
    recipe = Tokenizer.from_str(json.dumps(_unigram(words)))
    recipe.save(str(tmp_path / "tokenizer.json"))
    size = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    whole = BertModel(BertConfig(vocab_size=len(words), **size), add_pooling_layer=False)
    whole.save_pretrained(str(tmp_path))
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"text": "heron"}) + "\n" + json.dumps({"question": "heron heron"}) + "\n")
    cut.cut(tmp_path, [texts], tmp_path / "small", common=4)

    small = Tokenizer.from_file(str(tmp_path / "small" / "tokenizer.json"))
    assert small.encode("heron").tokens == ["▁heron"]
    assert small.encode("stork").tokens == ["▁", "s", "t", "o", "r", "k"]
    rows = AutoModel.from_pretrained(str(tmp_path / "small"), add_pooling_layer=False).get_input_embeddings().weight
    assert torch.equal(rows[small.token_to_id("▁heron")], whole.get_input_embeddings().weight[words.index("▁heron")])


def test_a_map_is_found_and_becomes_the_last_layer(tmp_path: Path) -> None:
    import numpy as np
    import openvino as ov
    from openvino import opset13 as ops

    from index.models.making import align

    rng = np.random.default_rng(3)
    ours, turn, shift = rng.normal(size=(500, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)
    weights, bias = align.fit(ours, ours @ turn + shift)
    assert np.allclose(ours @ weights + bias, ours @ turn + shift, atol=0.01)

    given = ops.parameter([-1, 4], np.float32, name="given")
    same = ops.multiply(given, np.float32(1))
    same.output(0).get_tensor().set_names({"embedding"})
    path = tmp_path / "small.xml"
    ov.save_model(ov.Model([same.output(0)], [given]), path)
    align.append(path, weights, bias)
    mapped = ov.Core().compile_model(path, "CPU")(ours.astype(np.float32))["embedding"]
    expected = ours @ turn + shift
    assert np.allclose(mapped, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=0.01)


def test_what_a_question_is_to_be_near_to_stays_with_it_in_any_batch(tmp_path: Path) -> None:
    from index.models.making import tune

    pool = tmp_path / "pool.jsonl"
    documents = [
        {"passages": [f"{d}.{p}" for p in range(40)], "questions": [[f"{d}.{p}", [p]] for p in range(0, 40, 3)]}
        for d in range(9)
    ]
    pool.write_text("".join(json.dumps(one) + "\n" for one in documents), encoding="utf-8")
    sources = list(tune.read_sources([pool]))
    batches = list(tune.batches_of(sources, random.Random(1)))
    asked = [(question, batch.passages[i]) for batch in batches for question, right in batch.questions for i in right]
    assert sorted(asked) == sorted((q, q) for one in documents for q, _ in one["questions"])
    assert all(len(batch.passages) == len(set(batch.passages)) <= 64 for batch in batches)


def test_tuning_brings_questions_nearer_to_what_answers_them() -> None:
    import torch
    from transformers import BertConfig, BertModel

    from index.models.making import tune
    from index.models.minilm import bundled_folder
    from index.text.tokens import whole_tokenizer

    torch.manual_seed(1)
    tokenizer = whole_tokenizer((bundled_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    size = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
    plain = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    network = BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), **size, **plain), add_pooling_layer=False)
    pairs = {"who pays for repairs": "The landlord bears the cost.", "when is it shut": "Closed on Mondays.",
             "can i bring my dog": "No animals.", "what does it weigh": "Eleven kilograms."}  # fmt: skip
    source = tune.Source(list(pairs.values()), [(q, frozenset([i])) for i, q in enumerate(pairs)])
    before = tune.loss_of(network, tokenizer, source, random.Random(1)).item()
    tune.tune(network, tokenizer, [source], steps=60, rate=0.01, seed=1)
    assert tune.loss_of(network, tokenizer, source, random.Random(1)).item() < before / 2


def test_the_mean_of_weights_lies_between_them() -> None:
    import torch

    from index.models.making import tune

    before, after = {"w": torch.zeros(2), "n": torch.tensor(3)}, {"w": torch.ones(2), "n": torch.tensor(3)}
    assert torch.equal(tune.mean_of(before, after, 0.25)["w"], torch.full((2,), 0.25))


def _unigram(words: list[str]) -> dict[str, object]:
    return {
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [[word, -float(i)] for i, word in enumerate(words)]},
    }
