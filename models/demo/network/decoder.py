"""A small LLaMA-style decoder whose tensors map one to one onto the GGUF `llama` architecture.

Shapes in comments: B = batch, T = positions, D = embedding length, H = query heads, K = key/value heads, E = head length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

RMS_EPSILON = 1e-5
ROPE_BASE = 10000.0


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the demo model; 2.36 M parameters with these defaults."""

    vocabulary: int = 2048
    embedding: int = 192
    layers: int = 5
    heads: int = 3
    kv_heads: int = 1
    head_length: int = 64
    feed_forward: int = 512
    epsilon: float = RMS_EPSILON


class RmsNorm(nn.Module):
    """Root-mean-square layer normalisation (Zhang and Sennrich, 2019): (B, T, D) -> (B, T, D)."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


def rope_table(positions: Tensor, head_length: int) -> tuple[Tensor, Tensor]:
    """Rotary position embedding (Su et al., 2021) of positions (B, T): cosines and sines, each (B, 1, T, E/2)."""
    frequency = ROPE_BASE ** (-torch.arange(0, head_length, 2).float() / head_length)
    angle = positions.float()[:, None, :, None] * frequency
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate neighbouring pairs (0,1), (2,3), ... as llama.cpp's NORM rope does: (B, H, T, E) -> the same."""
    x = x.float()
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


def linear(inputs: int, outputs: int) -> nn.Linear:
    """A linear layer without bias, started with variance 1/inputs."""
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, 0.0, 1.0 / math.sqrt(inputs))
    return layer


class Block(nn.Module):
    """Pre-norm attention and SwiGLU feed-forward, each with a residual connection."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_length = config.heads, config.kv_heads, config.head_length
        width, query, shared = config.embedding, config.heads * config.head_length, config.kv_heads * config.head_length
        self.attn_norm, self.ffn_norm = RmsNorm(width, config.epsilon), RmsNorm(width, config.epsilon)
        self.attn_q, self.attn_k, self.attn_v = linear(width, query), linear(width, shared), linear(width, shared)
        self.attn_output = linear(query, width)
        self.ffn_gate, self.ffn_up = linear(width, config.feed_forward), linear(width, config.feed_forward)
        self.ffn_down = linear(config.feed_forward, width)
        nn.init.zeros_(self.attn_output.weight)
        nn.init.zeros_(self.ffn_down.weight)

    def split(self, x: Tensor, heads: int) -> Tensor:
        """(B, T, heads * E) -> (B, heads, T, E)."""
        return x.view(x.shape[0], x.shape[1], heads, self.head_length).transpose(1, 2)

    def attend(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        """Grouped-query attention; x (B, T, D), mask (B, 1, T, T) holding 0 or a large negative number."""
        query = rotate(self.split(self.attn_q(x), self.heads), *rope) / math.sqrt(self.head_length)
        key = rotate(self.split(self.attn_k(x), self.kv_heads), *rope)
        value = self.split(self.attn_v(x), self.kv_heads)
        if self.kv_heads != self.heads and self.kv_heads != 1:  # one shared head broadcasts by itself
            key = key.repeat_interleave(self.heads // self.kv_heads, 1)
            value = value.repeat_interleave(self.heads // self.kv_heads, 1)
        score = torch.matmul(query, key.transpose(-1, -2)).float() + mask
        mixed = torch.matmul(F.softmax(score, -1), value).transpose(1, 2).flatten(2)
        return self.attn_output(mixed)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        x = x + self.attend(self.attn_norm(x), rope, mask).float()
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y)).float()


class LanguageModel(nn.Module):
    """Tied embeddings, `layers` blocks, a final norm. Module names are the GGUF tensor names."""

    def __init__(self, config: ModelConfig = ModelConfig()) -> None:
        super().__init__()
        self.config = config
        self.token_embd = nn.Embedding(config.vocabulary, config.embedding)
        nn.init.normal_(self.token_embd.weight, 0.0, 0.02)
        self.blk = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.output_norm = RmsNorm(config.embedding, config.epsilon)

    def hidden(self, tokens: Tensor, documents: Tensor, positions: Tensor | None = None) -> Tensor:
        """Final states (B, T, D) of tokens (B, T); a token attends only within its own document number (B, T)."""
        length = tokens.shape[1]
        if positions is None:
            positions = torch.arange(length).expand(1, length)
        rope = rope_table(positions, self.config.head_length)
        visible = (documents[:, :, None] == documents[:, None, :]) & torch.ones(length, length, dtype=torch.bool).tril()
        mask = torch.zeros(visible.shape).masked_fill_(~visible, -1e9)[:, None]
        x = self.token_embd(tokens)
        for block in self.blk:
            x = block(x, rope, mask)
        return self.output_norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., D) -> (..., vocabulary), through the tied embedding."""
        return hidden @ self.token_embd.weight.t()

    def forward(self, tokens: Tensor, documents: Tensor, positions: Tensor | None = None) -> Tensor:
        return self.logits(self.hidden(tokens, documents, positions))
