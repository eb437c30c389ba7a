"""Batches of conversations packed into rows of one length."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from chat.chatml import encode_conversation
from chat.corpus.mixture import conversation, passage
from network.tokenizer import END_OF_TEXT, Tokenizer

PLAIN_SHARE = 0.02
PLAIN_WEIGHT = 0.1
SMALLEST_TAIL = 40
SKIP_SHARE = 0.2
NO_DOCUMENT = -1


@dataclass(frozen=True)
class Batch:
    """All tensors are (rows, length). `weights` belong to `targets`; a row's documents do not see each other."""

    inputs: Tensor
    targets: Tensor
    weights: Tensor
    documents: Tensor
    positions: Tensor


class BatchMaker:
    """Draws conversations and packs them.

    A fifth of the documents gets a random gap in its positions, so that distances up to `reach` are met while rows stay
    short (PoSE, Zhu et al., 2023). That is what lets the context be longer than the rows.
    """

    def __init__(self, tokenizer: Tokenizer, rng: Random, reach: int) -> None:
        self.tokenizer, self.rng, self.reach = tokenizer, rng, reach

    def document(self, long: bool) -> tuple[list[int], list[float]]:
        """One conversation, or now and then plain text."""
        if self.rng.random() < PLAIN_SHARE:
            tokens = self.tokenizer.encode(passage(self.rng)) + [END_OF_TEXT]
            return tokens, [PLAIN_WEIGHT] * len(tokens)
        return encode_conversation(self.tokenizer, conversation(self.rng, long))

    def document_positions(self, length: int) -> list[int]:
        """0, 1, 2, ... with at most one gap."""
        if self.rng.random() >= SKIP_SHARE or length < 3:
            return list(range(length))
        edge = self.rng.randrange(1, length)
        gap = self.rng.randrange(0, max(1, self.reach - length))
        return [*range(edge), *range(edge + gap, length + gap)]

    def make(self, rows: int, length: int, long: bool) -> Batch:
        """A batch; the last document of a row may be cut at its end."""
        shape = (rows, length + 1)
        tokens, weights = torch.zeros(shape, dtype=torch.long), torch.zeros(shape)
        documents, positions = torch.full(shape, NO_DOCUMENT), torch.zeros(shape, dtype=torch.long)
        for row in range(rows):
            filled, count = 0, 0
            while filled < length + 1 - 16:
                ids, counted = self.document(long)
                room = length + 1 - filled
                if len(ids) > room and count > 0 and room < SMALLEST_TAIL:
                    break
                size = min(len(ids), room)
                span = slice(filled, filled + size)
                tokens[row, span] = torch.tensor(ids[:size])
                weights[row, span] = torch.tensor(counted[:size])
                positions[row, span] = torch.tensor(self.document_positions(len(ids))[:size])
                documents[row, span] = count
                filled, count = filled + size, count + 1
        same = documents[:, 1:] == documents[:, :-1]
        return Batch(tokens[:, :-1], tokens[:, 1:], weights[:, 1:] * same, documents[:, :-1], positions[:, :-1])
