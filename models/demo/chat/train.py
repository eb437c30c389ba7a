"""Train the chat model for a given time on a given number of threads.

The rate rises over the first steps, stays for a while, and falls linearly to the end. Rows are short for most of
the time and longer, with longer conversations, at the end.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from chat.batches import Batch, BatchMaker
from chat.chatml import ANSWER_WEIGHT
from network.decoder import LanguageModel
from network.load_gguf import load_model
from network.muon import Muon
from network.tokenizer import Tokenizer

WARM_UP_STEPS = 30
FLAT_SHARE = 0.15
SHORT_SHARE = 0.78
LAST_RATE = 0.02
SHORT_ROWS = (8, 512)
LONG_ROWS = (3, 1024)
CHECKPOINT_SECONDS = 300
PROMPT_SAMPLE = 0.15


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="PyTorch weights; .partial beside it every five minutes")
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument(
        "--start", type=Path, help="a GGUF file, or PyTorch weights (.pt), to continue from; random weights without it"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--context", type=int, default=2048, help="the largest distance between two tokens of a conversation")
    parser.add_argument("--matrix-rate", type=float, default=0.012, help="Muon's rate for the matrices")
    parser.add_argument("--rate", type=float, default=2e-3, help="AdamW's rate for embeddings and norms")
    return parser.parse_args()


def loss_of(model: LanguageModel, batch: Batch) -> Tensor:
    """Cross-entropy, averaged with the weights of the batch.

    Only a sample of the prompts' positions is scored, with the weight of all of them: the vocabulary is a sixth of the work.
    """
    keep = torch.where(batch.weights >= ANSWER_WEIGHT, 1.0, PROMPT_SAMPLE)
    scored = (torch.rand(keep.shape) < keep) & (batch.weights > 0)
    weights = (batch.weights / keep)[scored]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model.logits(model.hidden(batch.inputs, batch.documents, batch.positions)[scored])
    each = F.cross_entropy(logits.float(), batch.targets[scored], reduction="none")
    return (each * weights).sum() / weights.sum()


def rate_factor(step: int, done: float) -> float:
    """Of the step number and the share of the time that has passed."""
    falling = 1.0 if done < FLAT_SHARE else max(LAST_RATE, (1 - done) / (1 - FLAT_SHARE))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * falling


def train(model: LanguageModel, batches: BatchMaker, options: argparse.Namespace) -> None:
    """Until the time is over; the weights are in the output file then."""
    named = dict(model.named_parameters())
    matrices = [tensor for name, tensor in named.items() if tensor.ndim == 2 and not name.startswith("token_embd")]
    others = [tensor for name, tensor in named.items() if tensor.ndim != 2 or name.startswith("token_embd")]
    muon, adam = Muon(matrices), torch.optim.AdamW(others, lr=options.rate, betas=(0.9, 0.95), weight_decay=0.0)
    start = saved = time.time()
    step, seen, average = 0, 0, None
    while (done := (time.time() - start) / (options.minutes * 60)) < 1:
        factor, long = rate_factor(step, done), done >= SHORT_SHARE
        rows, length = LONG_ROWS if long else SHORT_ROWS
        loss = loss_of(model, batches.make(rows, length, long))
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        for group in adam.param_groups:
            group["lr"] = options.rate * factor
        adam.step()
        muon.step(options.matrix_rate * factor)
        step, seen = step + 1, seen + rows * length
        average = loss.item() if average is None else 0.97 * average + 0.03 * loss.item()
        if step % 25 == 0:
            passed = time.time() - start
            print(
                f"step {step} {passed:.0f} s loss {average:.4f} {seen / 1e6:.2f} M tokens {seen / passed:.0f} tokens/s",
                flush=True,
            )
        if time.time() - saved > CHECKPOINT_SECONDS:
            torch.save(model.state_dict(), options.output.with_suffix(".partial"))
            saved = time.time()
    torch.save(model.state_dict(), options.output)
    print(f"done: {step} steps, {seen} tokens, loss {average:.4f}")


def starting_model(start: Path | None) -> LanguageModel:
    """Random, from a published GGUF, or from a checkpoint."""
    if start and start.suffix == ".gguf":
        return load_model(start)
    model = LanguageModel()
    if start:
        model.load_state_dict(torch.load(start))
    return model


def main() -> None:
    """Read the command line and train."""
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model = starting_model(options.start)
    print(sum(parameter.numel() for parameter in model.parameters()), "parameters", flush=True)
    train(model, BatchMaker(Tokenizer.load(options.tokenizer), Random(options.seed), options.context), options)


if __name__ == "__main__":
    main()
