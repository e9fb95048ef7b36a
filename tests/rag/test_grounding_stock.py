"""Another model that checks sentences: a classifier in a folder judges, what is none says so; no code of it runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from rag import Checker, open_checker
from rag.grounding.check import document_of
from rag.grounding.entailment import Pair, shipped_entailment
from rag.grounding.evidence import Texts
from rag.grounding.huggingface import StockEntailment, columns_of

WORDS = "[PAD] [UNK] [CLS] [SEP] the rent is 820 euros pets need consent not a month written".split()
SOURCE = "The rent is 820 euros a month. Pets need written consent."
PAIRS = [Pair("The rent is 820 euros", "", SOURCE), Pair("Pets need consent", "Lease", SOURCE)] * 3
OUTPUTS = {"2": ["LABEL_0", "LABEL_1"], "nli": ["entailment", "neutral", "contradiction"], "1": ["LABEL_0"]}


def save(folder: Path, labels: Sequence[str], kind: str = "BertForSequenceClassification", **given: Any) -> Path:
    """Save a classifier with weights made by chance, and its tokenizer, as transformers does."""
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)}, **given,
    )  # fmt: skip
    getattr(transformers, kind)(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("labels", OUTPUTS.values(), ids=OUTPUTS)
def test_a_classifier_in_a_folder_judges_claims(tmp_path: Path, labels: list[str]) -> None:
    model = StockEntailment(str(save(tmp_path / "model", labels)))
    judged = model.judge(PAIRS)
    assert model.warning == ""
    assert judged is not None
    assert judged.shape == (6, 3)
    np.testing.assert_allclose(judged.sum(axis=1), 1.0)
    np.testing.assert_allclose(judged[0], judged[2], atol=1e-6)  # whatever stands beside it in its batch
    assert (judged[:, 1] > 0).all() == (labels == OUTPUTS["nli"])


def test_what_it_says_is_what_transformers_says_of_the_words_and_the_claim(tmp_path: Path) -> None:
    folder = save(tmp_path / "model", OUTPUTS["nli"])
    judged = StockEntailment(str(folder)).judge(PAIRS[1:2])
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(f"Lease\n{SOURCE}", PAIRS[1].claim, return_tensors="pt")
    logits = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()(**tokens).logits
    support, neutral, contrary = torch.softmax(logits[0], dim=-1).tolist()
    assert judged is not None
    np.testing.assert_allclose(judged[0], [support, contrary, neutral], atol=1e-5)


def test_of_a_token_classifier_the_least_supported_word_of_the_claim_counts(tmp_path: Path) -> None:
    folder = save(tmp_path / "model", ["supported", "hallucinated"], "BertForTokenClassification")
    judged = StockEntailment(str(folder)).judge(PAIRS[:1])
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(SOURCE, PAIRS[0].claim, return_tensors="pt")
    logits = transformers.AutoModelForTokenClassification.from_pretrained(folder).eval()(**tokens).logits
    chances = torch.softmax(logits[0], dim=-1)[[part == 1 for part in tokens.sequence_ids(0)]]
    assert judged is not None
    np.testing.assert_allclose(judged[0], [chances[:, 0].min().item(), 0.0, chances[:, 1].max().item()], atol=1e-5)


def test_numbers_must_agree_whatever_it_says(tmp_path: Path) -> None:
    checker = open_checker(str(save(tmp_path / "model", OUTPUTS["2"])))
    sources = Texts([document_of("1", SOURCE)])
    right, wrong = (checker.judge(claim, sources) for claim in ("The rent is 820 euros.", "The rent is 950 euros."))
    assert right.support > 2 * wrong.support
    assert wrong.verdict != "supported"


def test_what_is_no_classifier_is_said_and_ours_judges(tmp_path: Path) -> None:
    folder = save(tmp_path / "model", OUTPUTS["2"], "BertForMaskedLM")
    model = StockEntailment(str(folder))
    judged = model.judge(PAIRS)
    assert "it is no classifier, but BertForMaskedLM" in model.warning
    assert model.warning.endswith("until then Pincite's own checks")
    ours = shipped_entailment().judge(PAIRS)
    assert judged is not None
    assert ours is not None
    np.testing.assert_allclose(judged, ours)
    assert "no classifier" in Checker(model).warning


def test_a_classifier_whose_head_was_made_by_chance_is_none(tmp_path: Path) -> None:
    folder = save(tmp_path / "model", OUTPUTS["2"], "BertForMaskedLM")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["architectures"] = ["BertForSequenceClassification"]
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    model = StockEntailment(str(folder))
    model.load()
    assert "not in its files" in model.warning


@pytest.mark.parametrize("allowed", [False, True])
def test_code_of_its_own_is_run_only_where_that_is_allowed(
    tmp_path: Path, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformers.dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    folder, ran = save(tmp_path / "model", OUTPUTS["2"]), tmp_path / "ran"
    lines = ["from transformers import BertConfig", f"open({str(ran)!r}, 'w').close()", "class Own(BertConfig):"]
    code = "\n".join([*lines, "    model_type = 'own'", ""])
    (folder / "own.py").write_text(code, encoding="utf-8")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    model = StockEntailment(str(folder), allow_code=allowed)
    model.load()
    assert ran.exists() == allowed
    assert ("it wants to run code of its own" in model.warning) != allowed
    assert allowed or "--checker-code on" in model.warning


def test_a_name_that_is_nowhere_is_said(tmp_path: Path) -> None:
    model = StockEntailment(str(tmp_path / "nothing"))
    model.load()
    assert "can't be used" in model.warning
    assert "\n" not in model.warning


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (["ENTAILMENT", "NEUTRAL", "CONTRADICTION"], [0, 2, 1]),
        (["contradiction", "entailment", "neutral"], [1, 0, 2]),
        (["not_entailment", "entailment"], [2, 0]),
        (["hallucinated", "consistent"], [2, 0]),
        (["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"], [0, 1, 2]),
        (["unsupported", "supported"], [2, 0]),
        (["inconsistent", "consistent"], [2, 0]),
        (["LABEL_0", "LABEL_1"], [2, 0]),
        (["No", "Yes"], [2, 0]),
    ],
)
def test_the_labels_say_which_output_is_support(labels: list[str], columns: list[int]) -> None:
    assert columns_of(dict(enumerate(labels))) == columns


@pytest.mark.parametrize("labels", [["LABEL_0", "LABEL_1", "LABEL_2"], ["positive", "negative"], ["neutral", "no"], []])
def test_labels_that_do_not_say_it_are_refused(labels: list[str]) -> None:
    with pytest.raises(ValueError, match="label"):
        columns_of(dict(enumerate(labels)))
