"""The reader: the shipped one as it runs, its files when they are hurt, and stock readers in its place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from index import shared_words
from index.library import Library
from index.models import Encoder, bundled_folder
from rag import Assistant
from rag.networks import open_tokenizer, pad
from rag.reader.default import FOLDER, ShippedReader, check_files
from rag.reader.inputs import encode
from rag.reader.model import open_reader
from rag.reader.protocol import Reading, ToRead, read_all

BAYKAR = ToRead(
    "Aviation news",
    "Baykar was founded in 1984 by Özdemir Bayraktar. It builds drones in Istanbul. "
    "The chief executive of Leonardo visited the company on 23 January, where he saw the Akinci.",
)


@pytest.fixture(scope="module")
def reader() -> ShippedReader:
    shipped = ShippedReader()
    shipped.load()
    assert shipped.warning == ""
    return shipped


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When was Baykar founded?", "1984"),
        ("Who founded Baykar?", "Özdemir Bayraktar"),
        ("When did the chief executive of Leonardo visit?", "23 January"),
    ],
)
def test_the_shipped_reader_finds_the_words_that_answer(reader: ShippedReader, question: str, words: str) -> None:
    [reading] = reader.read(question, [BAYKAR])
    span = reading.best_span(0, len(BAYKAR.passage))
    assert span is not None
    assert words in BAYKAR.passage[span.start : span.end]
    assert span.end - span.start < 40


def test_a_passage_that_answers_is_more_relevant_than_one_that_does_not(reader: ShippedReader) -> None:
    other = ToRead("Cooking", "Simmer the lentils for twenty minutes, then add the spinach and a pinch of salt.")
    answering, silent = reader.read("Who founded Baykar?", [BAYKAR, other])
    assert answering.relevance > silent.relevance
    assert silent.best_span(0, len(other.passage)).score < 0  # type: ignore[union-attr]


def test_readings_come_in_the_order_of_the_passages_and_do_not_depend_on_the_batch(reader: ShippedReader) -> None:
    passages = [ToRead("", f"Box {n} holds {n} apples. " + "It is made of wood. " * (n % 4)) for n in range(9)]
    together = reader.read("How many apples are in the box?", passages)
    for passage, reading in zip(passages, together, strict=True):
        [alone] = reader.read("How many apples are in the box?", [passage])
        assert alone.relevance == pytest.approx(reading.relevance, abs=0.5)  # 8 bits, scaled by the batch
        assert list(alone.places) == list(reading.places)
        assert all(0 <= start < end <= len(passage.passage) for start, end in reading.places)


@pytest.mark.parametrize(
    "passage", ["", " ", "😀", "\x00", "The mill is old. " + "字" * 3000, "a" * 5000, "word " * 2000]
)
def test_odd_passages_are_read_without_a_fault(reader: ShippedReader, passage: str) -> None:
    [reading] = reader.read("What? " * 200, [ToRead("title " * 100, passage)])
    assert np.isfinite(reading.relevance)
    span = reading.best_span(0, len(passage))
    assert span is None or 0 <= span.start < span.end <= len(passage)


def test_the_best_span_is_the_best_within_its_bounds() -> None:
    starts = np.asarray([0.0, 5.0, 1.0, 4.0], dtype=np.float32)
    ends = np.asarray([9.0, 0.0, 3.0, 2.0], dtype=np.float32)
    reading = Reading(0.0, starts, ends, [(0, 2), (3, 5), (6, 8), (9, 11)])
    whole = reading.best_span(0, 11)
    assert whole is not None
    assert (whole.start, whole.end, whole.score) == (0, 2, 9.0)  # 5 + 9 would end before it starts
    second = reading.best_span(3, 11)
    assert second is not None
    assert (second.start, second.end, second.score) == (3, 8, 8.0)
    assert reading.best_span(12, 20) is None


class Echo:
    """Reads as many tokens as it has room for, and finds the more the longer the question is."""

    ready, warning = True, ""

    def load(self) -> None: ...

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        found, room = float(len(question)), 4 - len(question)
        logits = np.full(room, found, dtype=np.float32)
        places = [(2 * i, 2 * i + 1) for i in range(room)]
        return [Reading(found, logits, -logits, places, logits) for _ in passages]


def test_two_wordings_of_a_question_are_read_as_one_on_average() -> None:
    [read] = read_all(Echo(), ("a", "bb"), [ToRead("", "a b c d")])
    assert read.relevance == 1.5
    assert read.starts.tolist() == [1.5, 1.5, 1.0]  # the longer question left no room for the last token
    assert read.ends.tolist() == [-1.5, -1.5, -1.0]
    assert read.evidence is not None
    assert read.evidence.tolist() == [1.5, 1.5, 1.0]
    assert read.places == [(0, 1), (2, 3), (4, 5)]


def test_a_reader_that_does_not_read_says_nothing_to_any_wording() -> None:
    assert read_all(open_reader("none"), ("a", "bb"), [ToRead("", "a b")]) == []
    assert read_all(Echo(), ("a", "bb"), []) == []


def test_inputs_say_where_each_token_stands() -> None:
    tokenizer = open_tokenizer(shared_words()[1])
    [inputs] = encode(tokenizer, [("Who built it?", "Bridges", "It was built by Ada Lovelace.")], max_tokens=64)
    text = "It was built by Ada Lovelace."
    words = [text[start:end] for start, end in inputs.places]
    assert "".join(words) == text.replace(" ", "")
    assert len(inputs.ids) == len(inputs.types) == inputs.first + len(inputs.places) + 1
    batch = pad([inputs, encode(tokenizer, [("Who?", "", "Ada.")], max_tokens=64)[0]])
    assert batch["attention_mask"].sum(1).tolist()[0] == len(inputs.ids)
    assert {rows.shape for rows in batch.values()} == {(2, len(inputs.ids))}


def test_wide_letters_and_ligatures_are_read_as_what_they_stand_for() -> None:
    tokenizer = open_tokenizer(shared_words()[1])
    plain, odd = "The first office is ABC.", "The ﬁrst oﬃce is ＡＢＣ."
    inputs = encode(tokenizer, [("Who?", "", plain), ("Who?", "", odd)], max_tokens=64)
    assert inputs[0].ids == inputs[1].ids
    words = [odd[start:end] for start, end in inputs[1].places]
    assert "oﬃce" in words
    assert "".join(words) == odd.replace(" ", "")


# --- files that are hurt ----------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "reader"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    assert check_files(folder) == ""
    return folder


@pytest.mark.parametrize("name", ["reader.xml", "reader.bin", "reader.json"])
@pytest.mark.parametrize("hurt", ["missing", "cut", "flipped"])
def test_hurt_files_are_a_warning_that_names_the_file_and_the_cure(copy: Path, name: str, hurt: str) -> None:
    path = copy / name
    content = path.read_bytes()
    if hurt == "missing":
        path.unlink()
    else:
        middle = content.index(b'"sha256"') + 40 if name == "reader.json" else len(content) // 2
        path.write_bytes(content[:middle] if hurt == "cut" else _flip(content, middle))
    reader = ShippedReader(copy)
    assert reader.read("Who?", [BAYKAR]) == []
    assert (name if (name, hurt) != ("reader.json", "flipped") else "reader.xml") in reader.warning  # of its digest
    assert "reinstall" in reader.warning
    assert "\n" not in reader.warning


def _flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


def test_without_its_files_answers_are_by_similarity(
    samples_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ShippedReader.__init__, "__defaults__", (tmp_path / "nothing",))
    library = Library(samples_home, Encoder())
    hurt, without = Assistant(library), Assistant(library, reader="none")
    question = "When did Leonardo's CEO visit Baykar?"
    answer, expected = hurt.ask(question), without.ask(question)
    assert "reinstall" in hurt.warning
    assert without.warning == ""
    assert answer.grounded
    assert answer.short_answer is None
    assert (answer.text, answer.citations, answer.confidence) == (
        expected.text,
        expected.citations,
        expected.confidence,
    )
    library.close()


GERMAN = [
    ToRead("Hausordnung", "Die Waschküche ist von sieben bis einundzwanzig Uhr für alle Mieter geöffnet."),
    ToRead("Hausordnung", "Der Schlüssel zum Keller hängt bei Frau Kröger im ersten Stock."),
]
LAUNDRY = [ToRead("House rules", "The laundry is open to all tenants from seven in the morning to nine at night.")]


@pytest.mark.parametrize("question", ["When is the laundry open?", "Wann ist die Waschküche geöffnet?"])
@pytest.mark.parametrize("passages", [LAUNDRY, GERMAN])
def test_questions_and_passages_of_several_languages_are_read(
    reader: ShippedReader, question: str, passages: list[ToRead]
) -> None:
    assert len(reader.read(question, passages)) == len(passages)


def test_the_words_that_it_shares_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.networks.shared_damage", lambda: "multilingual.bin is damaged")
    assert "multilingual.bin is damaged" in check_files(FOLDER)


def test_places_are_those_of_the_words_without_the_spaces_before() -> None:
    text = "It was built by Ada Lovelace; in the oﬃce."
    [inputs] = encode(open_tokenizer(shared_words()[1]), [("Who?", "", text)], max_tokens=64)
    assert "".join(text[start:end] for start, end in inputs.places).replace(" ", "") == text.replace(" ", "")
    assert not any(text[start].isspace() for start, _ in inputs.places)


# --- readers of others ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Real models of either kind, small and untrained, as a hub would give them."""
    torch.manual_seed(1)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(bundled_folder() / "tokenizer.json"),
        pad_token="[PAD]", sep_token="[SEP]", cls_token="[CLS]", unk_token="[UNK]",
    )  # fmt: skip
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    made = {}
    for kind, labels in (("QuestionAnswering", 2), ("SequenceClassification", 1), ("TokenClassification", 3)):
        folder = tmp_path_factory.mktemp(kind)
        config = transformers.BertConfig(vocab_size=30522, num_labels=labels, **size)
        getattr(transformers, f"BertFor{kind}")(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        made[kind] = folder
    return made


def test_a_stock_reader_finds_spans(small_models: dict[str, Path]) -> None:
    reader = open_reader(str(small_models["QuestionAnswering"]))
    readings = reader.read("Who founded Baykar?", [BAYKAR, ToRead("", "Nobody.")])
    assert reader.warning == ""
    assert len(readings) == 2
    span = readings[0].best_span(0, len(BAYKAR.passage))
    assert span is not None
    assert 0 <= span.start < span.end <= len(BAYKAR.passage)


def test_a_stock_cross_encoder_ranks_and_leaves_the_words_open(small_models: dict[str, Path]) -> None:
    reader = open_reader(str(small_models["SequenceClassification"]))
    readings = reader.read("Who founded Baykar?", [BAYKAR])
    assert reader.warning == ""
    assert np.isfinite(readings[0].relevance)
    assert readings[0].best_span(0, 50) is None


@pytest.mark.parametrize("kind", ["QuestionAnswering", "SequenceClassification"])
def test_an_assistant_answers_with_a_stock_reader(small_models: dict[str, Path], kind: str, samples_home: Path) -> None:
    library = Library(samples_home, Encoder())
    assistant = Assistant(library, reader=str(small_models[kind]), refusal="eager")
    answer = assistant.ask("When did Leonardo's CEO visit Baykar?")
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)
    library.close()


def test_a_reader_that_is_none_is_a_warning_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    reader = open_reader(str(tmp_path))
    assert reader.read("Who?", [BAYKAR]) == []
    assert str(tmp_path) in reader.warning
    assert "leave the default" in reader.warning
