"""Muon (Jordan et al., 2024): momentum whose matrix is made nearly orthogonal before each step."""

from __future__ import annotations

import torch
from torch import Tensor

# Coefficients of the quintic Newton-Schulz iteration from Keller Jordan's Muon: chosen so that five iterations bring
# every singular value close to 1, though not exactly onto it.
QUINTIC = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
MOMENTUM = 0.95
DECAY = 0.02


def orthogonalise(gradient: Tensor) -> Tensor:
    """The nearest matrix with singular values about 1: (R, C) -> (R, C), in bfloat16 inside.

    Each iteration is X <- aX + (bA + cA^2)X with A = XX^T; the Frobenius norm bounds the largest singular value by 1 first.
    """
    a, b, c = QUINTIC
    x = gradient.bfloat16()
    x = x / (x.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.t()
    for _ in range(ITERATIONS):
        square = x @ x.t()
        x = a * x + (b * square + c * square @ square) @ x
    return (x.t() if tall else x).float()


class Muon:
    """For matrices only; embeddings and norms belong to AdamW."""

    def __init__(self, matrices: list[Tensor]) -> None:
        self.matrices = matrices
        self.momentum = [torch.zeros_like(matrix) for matrix in matrices]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update with Nesterov momentum, decoupled decay, and the rate scaled by sqrt(rows / columns) for tall matrices."""
        for matrix, momentum in zip(self.matrices, self.momentum):
            momentum.mul_(MOMENTUM).add_(matrix.grad)
            update = orthogonalise(matrix.grad.add(momentum, alpha=MOMENTUM))
            scale = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
            matrix.mul_(1 - rate * DECAY).add_(update, alpha=-rate * scale)
