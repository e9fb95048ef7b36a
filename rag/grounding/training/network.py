"""The network that is trained: the upper half of the reader, and a linear layer to what a claim is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from rag.grounding.training.examples import LABELS
from rag.reader.training.network import CONFIG, FAR, WEIGHTS, ReaderNetwork


class HeadNetwork(nn.Module):
    """Transformer layers on the states that the reader's lower ones put out, with a linear layer to the first token."""

    def __init__(self, config: Any, layers: nn.ModuleList) -> None:
        super().__init__()
        self.config = config
        self.layers = layers
        self.dropout = nn.Dropout(0.1)
        self.label = nn.Linear(config.hidden_size, len(LABELS))

    @classmethod
    def start(cls, reader: Path, below: int) -> HeadNetwork:
        """Return the head in a folder, or the layers of a trained reader above the first `below` with a new one."""
        config = json.loads((reader / CONFIG).read_text(encoding="utf-8"))
        if config["num_hidden_layers"] <= below:
            return cls.load(reader)
        encoder = ReaderNetwork.load(reader).encoder
        return cls(encoder.config, encoder.encoder.layer[below:])

    @classmethod
    def load(cls, folder: Path) -> HeadNetwork:
        """Return the network that `save` left in `folder`."""
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        encoder = AutoModel.from_config(config, add_pooling_layer=False, attn_implementation="eager")
        network = cls(config, encoder.encoder.layer)
        network.load_state_dict({name: weight.float() for name, weight in load_file(folder / WEIGHTS).items()})
        return network

    def save(self, folder: Path) -> None:
        """Write the weights, in half precision, and what the layers are."""
        folder.mkdir(parents=True, exist_ok=True)
        config = self.config.to_dict() | {"num_hidden_layers": len(self.layers)}
        (folder / CONFIG).write_text(json.dumps(config, indent=1), encoding="utf-8")
        state = {name: weight.half().contiguous().cpu() for name, weight in self.state_dict().items()}
        save_file(state, folder / WEIGHTS)

    def forward(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the logits of `LABELS` [batch, 3] for states [batch, tokens, width] and a mask [batch, tokens]."""
        mask = (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * FAR
        for layer in self.layers:
            found = layer(hidden, mask)
            hidden = found[0] if isinstance(found, tuple) else found
        logits: Tensor = self.label(self.dropout(hidden[:, 0]))
        return logits
