"""Train the embedding model: each query must be nearest to its own document within a batch (InfoNCE, both ways)."""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from embedding.encoder import CONFIG, encode, new_model
from embedding.glossary_of_words import Glossary
from embedding.pairs import Pair, draw_pair
from embedding.passage_pairs import PassagePairs
from embedding.texts import Passage, all_passages
from network.decoder import LanguageModel
from network.export_gguf import export_model
from network.load_gguf import load_model
from network.tokenizer import Tokenizer

NAME = "kumiki-demo-embedding"
CONTEXT = 1024
BATCH = 384
TEMPERATURE = 0.05
RATE = 5e-3
WARM_UP_STEPS = 20
LAST_SHARE_OF_RATE = 0.02
# Of the pairs: from passages, from the glossary; the rest is about terms and random words.
PASSAGE_SHARE, WORD_SHARE = 0.6, 0.2
LONGEST_QUERY, LONGEST_DOCUMENT = 64, 256
# Standard deviation of the first vectors, those of tokens that are in one passage only.
FIRST_DEVIATION = 0.5
LINES_REMEMBERED = 60_000
STEPS_BETWEEN_REPORTS = 150


class LineEncoder:
    """Token numbers of texts of several lines. A line break never joins with letters, so lines are encoded once."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.line_break = tokenizer.encode("\n")
        self.known: dict[str, list[int]] = {}

    def encode(self, text: str, longest: int) -> list[int]:
        """The first `longest` tokens."""
        numbers: list[int] = []
        for line in text.split("\n"):
            known = self.known.get(line)
            if known is None:
                known = self.tokenizer.encode(line)
                if len(self.known) < LINES_REMEMBERED:
                    self.known[line] = known
            numbers += (self.line_break if numbers else []) + known
            if len(numbers) > longest:
                break
        return numbers[:longest]


def first_vectors(model: LanguageModel, tokenizer: Tokenizer, passages: list[Passage]) -> None:
    """Random, and the shorter the more passages have the token: such vectors alone find shared rare words."""
    counts = Counter(token for passage in passages for token in set(tokenizer.encode("\n".join(passage.sentences))))
    rarity = torch.tensor([math.log(1 + len(passages) / (1 + counts[token])) for token in range(CONFIG.vocabulary)])
    vectors = model.token_embd.weight
    vectors.data = torch.randn(vectors.shape) * FIRST_DEVIATION * (rarity / rarity.max())[:, None]


def contrastive_loss(queries: Tensor, documents: Tensor, pairs: list[Pair]) -> Tensor:
    """Cross-entropy over cosine similarities (pairs, pairs); a pair about the same thing is not a negative."""
    numbers: dict[str, int] = {}
    keys = torch.tensor([numbers.setdefault(pair.key, len(numbers)) for pair in pairs])
    same = (keys[:, None] == keys[None]) & ~torch.eye(len(pairs), dtype=torch.bool)
    similarity = (queries @ documents.t() / TEMPERATURE).masked_fill(same, -1e4)
    own = torch.arange(len(pairs))
    return (F.cross_entropy(similarity, own) + F.cross_entropy(similarity.t(), own)) / 2


def train(
    model: LanguageModel, lines: LineEncoder, source: PassagePairs, rng: Random, minutes: float, rate: float
) -> None:
    """With Adam; the rate falls linearly over the time."""
    optimizer = torch.optim.Adam([model.token_embd.weight], lr=rate, betas=(0.9, 0.98))

    def draw() -> Pair:
        kind = rng.random()
        if kind < PASSAGE_SHARE:
            return source.draw(rng)
        return source.word_pair(rng) if kind < PASSAGE_SHARE + WORD_SHARE else draw_pair(rng)

    start, step, losses = time.time(), 0, 0.0
    while (done := (time.time() - start) / (minutes * 60)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / WARM_UP_STEPS) * max(LAST_SHARE_OF_RATE, 1 - done)
        pairs = [draw() for _ in range(BATCH)]
        queries = encode(model, [lines.tokenizer.encode(pair.query)[:LONGEST_QUERY] for pair in pairs])
        documents = encode(model, [lines.encode(pair.document, LONGEST_DOCUMENT) for pair in pairs])
        loss = contrastive_loss(queries, documents, pairs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step, losses = step + 1, losses + loss.item()
        if step % STEPS_BETWEEN_REPORTS == 0:
            print(f"step {step} {time.time() - start:.0f} s loss {losses / STEPS_BETWEEN_REPORTS:.3f}", flush=True)
            losses = 0.0


def main() -> None:
    """Train from random weights, or continue, and export as Q8_0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True, help="a JSON file, or a GGUF file to take it from")
    parser.add_argument("--start", type=Path, help="a GGUF file to continue from")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--left-out", nargs="*", default=[], help="Markdown files that must not be read")
    parser.add_argument("--minutes", type=float, default=18)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer.load(options.tokenizer)
    model = new_model() if options.start is None else load_model(options.start)
    passages = all_passages(tuple(options.left_out))
    if options.start is None:
        first_vectors(model, tokenizer, passages)
    source = PassagePairs(passages, Glossary())
    train(model, LineEncoder(tokenizer), source, Random(options.seed), options.minutes, options.rate)
    template = options.template.read_text().rstrip("\n")
    print(export_model(model, tokenizer, template, options.output, NAME, CONTEXT, "q8_0"), "bytes")


if __name__ == "__main__":
    main()
