"""Continue from a published GGUF: its tensors, dequantised, become the weights of a PyTorch model."""

from __future__ import annotations

from pathlib import Path

import torch

from gguf.read import read
from network.decoder import LanguageModel, ModelConfig


def config_of(pairs: dict[str, object]) -> ModelConfig:
    """The sizes that the metadata of a `llama` file states."""
    return ModelConfig(
        vocabulary=pairs["llama.vocab_size"],
        embedding=pairs["llama.embedding_length"],
        layers=pairs["llama.block_count"],
        heads=pairs["llama.attention.head_count"],
        kv_heads=pairs["llama.attention.head_count_kv"],
        head_length=pairs["llama.attention.key_length"],
        feed_forward=pairs["llama.feed_forward_length"],
        epsilon=pairs["llama.attention.layer_norm_rms_epsilon"],
    )


def load_model(path: Path) -> LanguageModel:
    """A model with the weights of a GGUF file. Q8_0 costs about 0.2 % of accuracy per weight, which training repairs."""
    pairs, tensors = read(path)
    model = LanguageModel(config_of({key: value for key, _, value in pairs}))
    model.load_state_dict({name: torch.from_numpy(array) for name, array in tensors.items()})
    return model
