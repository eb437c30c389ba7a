"""Texts to unit vectors: the mean of the decoder's final states, as llama.cpp does with pooling_type 1."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from network.decoder import LanguageModel, ModelConfig
from network.tokenizer import END_OF_TEXT, Tokenizer

CONFIG = ModelConfig(embedding=256, layers=2, heads=4, kv_heads=4, feed_forward=512)
LONGEST = 96
PADDING = -1


def encode(model: LanguageModel, tokenizer: Tokenizer, texts: list[str], longest: int = LONGEST) -> Tensor:
    """(texts, embedding length), each of length 1; a text is cut after `longest` tokens."""
    numbers = [tokenizer.encode(text)[:longest] or [END_OF_TEXT] for text in texts]
    shape = (len(texts), max(map(len, numbers)))
    tokens, documents = torch.zeros(shape, dtype=torch.long), torch.full(shape, PADDING)
    for row, ids in enumerate(numbers):
        tokens[row, : len(ids)] = torch.tensor(ids)
        documents[row, : len(ids)] = 0
    states = model.hidden(tokens, documents).float()
    present = (documents == 0).float()[..., None]
    return F.normalize((states * present).sum(1) / present.sum(1), dim=-1)
