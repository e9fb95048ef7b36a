"""How fast passages are embedded, beside the plain loop that most programs have.

    python tests/speed/embedding.py [--shared ../shared] [--passages 600] [--rounds 3]

The plain loop is `SentenceTransformer.encode` as it comes, on the weights that ours were made from. All run on the same
real passages, in turns in one process, so that the ratios hold on a machine that others use too. Where onnxruntime is
installed, its dynamic 8 bits are measured as well (`pip install onnxruntime onnx`).
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import sentence_transformers
import torch
from numpy.typing import NDArray

from index.models import Encoder, bundled_folder
from index.models.default import ShippedModel, pack
from index.store.schema import indexed_text
from index.text.passages import split_document
from index.text.tokens import whole_tokenizer
from rag.evaluation.dataset import read_corpus

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def real_passages(corpus: Path, count: int) -> list[str]:
    """Return so many passages of the corpus as they are embedded, drawn by chance."""
    encoder, texts = Encoder(), []
    for document in read_corpus(corpus):
        drafts = split_document(document, encoder.token_starts)
        texts += [indexed_text(document.title, one.heading, document.text[one.start : one.end]) for one in drafts]
    return random.Random(5).sample(texts, count)


def graphs(folder: Path) -> dict[str, Embed]:
    """Return what runs the same weights unquantised by OpenVINO, and in ONNX Runtime's 8 bits if that is there."""
    import openvino as ov  # after `index`, which keeps it from reporting that it is used
    from transformers import AutoModel

    class Embedder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = AutoModel.from_pretrained(str(bundled_folder()), attn_implementation="eager").eval()

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1))

    tokenizer = whole_tokenizer(ShippedModel().tokenizer_json)
    example = {name: torch.ones((2, 16), dtype=torch.long) for name in ("input_ids", "attention_mask")}
    compiled = ov.Core().compile_model(ov.convert_model(Embedder(), example_input=example), "CPU")
    request = compiled.create_infer_request()

    def run_in_batches(run: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float32]]) -> Embed:
        def embed(texts: Sequence[str]) -> NDArray[np.float32]:
            ids = [one.ids[:256] for one in tokenizer.encode_batch(list(texts))]
            found = np.zeros((len(texts), 384), dtype=np.float32)
            for chosen in pack([len(one) for one in ids]):
                rows = np.zeros((len(chosen), max(len(ids[i]) for i in chosen)), dtype=np.int64)
                for row, i in enumerate(chosen):
                    rows[row, : len(ids[i])] = ids[i]
                found[chosen] = run(rows, (np.arange(rows.shape[1]) < [[len(ids[i])] for i in chosen]).astype(np.int64))
            return found

        return embed

    found = {"OpenVINO, as it is, packed by length": run_in_batches(lambda ids, mask: request.infer([ids, mask])[0])}
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("onnx"):
        import onnxruntime
        from onnxruntime.quantization import quantize_dynamic

        names = ["input_ids", "attention_mask"]
        axes = {name: {0: "batch", 1: "tokens"} for name in names}
        plain, small = folder / "plain.onnx", folder / "small.onnx"
        torch.onnx.export(
            Embedder(), tuple(example.values()), str(plain), input_names=names, output_names=["embedding"],
            dynamic_axes=axes, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(plain, small)
        session = onnxruntime.InferenceSession(str(small), providers=["CPUExecutionProvider"])
        found["ONNX Runtime, dynamic 8 bits, packed by length"] = run_in_batches(
            lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        )
    return found


def main() -> int:
    """Measure in turns, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--passages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    corpus = arguments.shared / "eval" / "new_wiki" / "corpus.jsonl"
    if not corpus.is_file():
        print(f"{corpus}: no shared data set here: name the folder with --shared", file=sys.stderr)
        return 2
    texts = real_passages(corpus, arguments.passages)
    plain = sentence_transformers.SentenceTransformer(str(bundled_folder()), device="cpu", local_files_only=True)
    tokens = np.mean([len(starts) for starts in Encoder().token_starts(texts)])
    print(f"{len(texts)} passages of {tokens:.0f} tokens in the mean, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as folder:
        ways: dict[str, Embed] = {
            "SentenceTransformer.encode (plain)": lambda texts: np.asarray(plain.encode(list(texts))),
            **graphs(Path(folder)),
            "Pincite: OpenVINO, NNCF's 8 bits, packed by length": Encoder().embed_passages,
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        found = {}
        for embed in ways.values():
            embed(texts[:64])  # loads and warms up
        for _ in range(arguments.rounds):
            for name, embed in ways.items():
                started = time.perf_counter()
                found[name] = embed(texts)
                rates[name].append(len(texts) / (time.perf_counter() - started))
    first = next(iter(ways))
    for name, measured in rates.items():
        ratios = [rate / base for rate, base in zip(measured, rates[first], strict=True)]
        cosines = (found[name] * found[first]).sum(1)
        print(
            f"{name:52}{np.median(measured):7.1f}/s   x {np.median(ratios):.2f}   "
            f"cosine {cosines.mean():.4f}, least {cosines.min():.4f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
