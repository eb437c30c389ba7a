"""Train the embedding model: each query must be nearest to its own document within a batch (InfoNCE, both ways)."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from embedding.encoder import CONFIG, encode
from embedding.pairs import Pair, draw_batch
from network.decoder import LanguageModel
from network.export_gguf import export_model
from network.tokenizer import Tokenizer

NAME = "kumiki-demo-embedding"
CONTEXT = 1024
BATCH = 128
TEMPERATURE = 0.05
RATE = 1e-3
WARM_UP_STEPS = 40
FLAT_SHARE = 0.4


def contrastive_loss(queries: Tensor, documents: Tensor, pairs: list[Pair]) -> Tensor:
    """Cross-entropy over cosine similarities (pairs, pairs); a pair about the same thing is not a negative."""
    similarity = queries @ documents.t() / TEMPERATURE
    same = torch.tensor([[i != j and a.key == b.key for j, b in enumerate(pairs)] for i, a in enumerate(pairs)])
    similarity = similarity.masked_fill(same, -1e4)
    own = torch.arange(len(pairs))
    return (F.cross_entropy(similarity, own) + F.cross_entropy(similarity.t(), own)) / 2


def train(model: LanguageModel, tokenizer: Tokenizer, rng: Random, minutes: float) -> None:
    """With AdamW; the rate rises, stays, and falls linearly over the last 60 % of the time."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    start, step = time.time(), 0
    while (done := (time.time() - start) / (minutes * 60)) < 1:
        falling = 1.0 if done < FLAT_SHARE else max(0.02, (1 - done) / (1 - FLAT_SHARE))
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * falling
        pairs = draw_batch(rng, BATCH)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            queries = encode(model, tokenizer, [pair.query for pair in pairs])
            documents = encode(model, tokenizer, [pair.document for pair in pairs])
        loss = contrastive_loss(queries.float(), documents.float(), pairs)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 50 == 0:
            print(f"step {step} {time.time() - start:.0f} s loss {loss.item():.3f}", flush=True)


def main() -> None:
    """Train from random weights and export as Q8_0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tokenizer, model = Tokenizer.load(options.tokenizer), LanguageModel(CONFIG)
    torch.nn.init.normal_(model.token_embd.weight, 0.0, 1.0)
    train(model, tokenizer, Random(options.seed), options.minutes)
    template = options.template.read_text().rstrip("\n")
    print(export_model(model, tokenizer, template, options.output, NAME, CONTEXT, "q8_0"), "bytes")


if __name__ == "__main__":
    main()
