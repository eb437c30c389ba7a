"""Texts to unit vectors: the mean of the tokens' vectors, as llama.cpp does with pooling_type 1.

llama.cpp serves no model without layers, so there is one, of the least size and with zeros in it: it adds nothing, and a
text is the mean of what stands for its tokens. With an epsilon of 1 the last norm leaves short vectors short, so a token's
length is how much it counts: `the` little, `checksum` much.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from network.decoder import LanguageModel, ModelConfig
from network.tokenizer import END_OF_TEXT

VOCABULARY = 8192
CONFIG = ModelConfig(
    vocabulary=VOCABULARY, embedding=256, layers=1, heads=1, kv_heads=1, head_length=32, feed_forward=32, epsilon=1.0
)


def new_model() -> LanguageModel:
    """Without effect but for the vectors of its tokens."""
    model = LanguageModel(CONFIG)
    for weight in model.blk.parameters():
        torch.nn.init.zeros_(weight)
    return model


def encode(model: LanguageModel, texts: list[list[int]]) -> Tensor:
    """(texts, embedding length), each of length 1, of the token numbers of each text."""
    texts = [text or [END_OF_TEXT] for text in texts]
    lengths = torch.tensor([len(text) for text in texts])
    starts = lengths.cumsum(0) - lengths
    tokens = torch.tensor([token for text in texts for token in text])
    vectors = model.output_norm(model.token_embd.weight)
    return F.normalize(F.embedding_bag(tokens, vectors, starts, mode="mean"), dim=-1)
