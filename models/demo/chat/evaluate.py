"""Share of answers that are right to the last character at temperature 0, by kind of conversation, from a GGUF file.

An answer is right when every one of its tokens, and the end of the message, is the model's first choice after the ones
before it: exactly then greedy decoding writes it. So one pass over the conversation replaces generating it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import torch
from torch import Tensor

from chat.chatml import encode_prompt
from chat.corpus.vocabulary import Message
from chat.held_out import PROBES
from network.decoder import LanguageModel
from network.load_gguf import load_model
from network.tokenizer import IM_END, Tokenizer

PROBE_TOKENS = 450


def logits_of(model: LanguageModel, tokens: list[int], last: int) -> Tensor:
    """Logits (last, vocabulary) of the last positions of one sequence."""
    states = model.hidden(torch.tensor([tokens]), torch.zeros(1, len(tokens)))
    return model.logits(states[0, -last:])


@torch.no_grad()
def is_right(model: LanguageModel, tokenizer: Tokenizer, messages: list[Message]) -> bool:
    """Whether greedy decoding gives the last message."""
    prompt = encode_prompt(tokenizer, messages[:-1])
    answer = [*tokenizer.encode(messages[-1][1]), IM_END]
    chosen = logits_of(model, prompt + answer[:-1], len(answer)).argmax(-1)
    return chosen.tolist() == answer


@torch.no_grad()
def generate(model: LanguageModel, tokenizer: Tokenizer, messages: list[Message], limit: int = PROBE_TOKENS) -> tuple[str, int]:
    """The greedy answer and its number of tokens; keeps no cache, so it is slow for long answers."""
    prompt = encode_prompt(tokenizer, messages)
    tokens = list(prompt)
    while len(tokens) - len(prompt) < limit:
        best = int(logits_of(model, tokens, 1)[0].argmax())
        if best == IM_END:
            break
        tokens.append(best)
    answer = tokens[len(prompt) :]
    return tokenizer.decode(answer), len(answer)


def exact_scores(model: LanguageModel, tokenizer: Tokenizer, files: list[Path]) -> dict[str, tuple[int, int]]:
    """Right answers and questions by kind."""
    scores: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for file in files:
        for row in json.loads(file.read_text()):
            score = scores[f"{file.stem}: {row['kind']}"]
            score[0] += is_right(model, tokenizer, row["msgs"])
            score[1] += 1
    return {kind: (right, count) for kind, (right, count) in scores.items()}


def probe_score(model: LanguageModel, tokenizer: Tokenizer, show: bool) -> tuple[int, int]:
    """How many hand-written probes get an answer that contains what it must and ends by itself."""
    right = 0
    for system, question, wanted in PROBES:
        answer, length = generate(model, tokenizer, ([("system", system)] if system else []) + [("user", question)])
        passed = wanted in answer and 0 < length < PROBE_TOKENS
        right += passed
        if show:
            print(f"{'ok  ' if passed else 'FAIL'} {length:4d} {question!r} -> {answer[:160]!r}", flush=True)
    return right, len(PROBES)


def main() -> None:
    """Print one line per kind, and write them as JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--files", type=Path, nargs="+", required=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print the answers to the probes")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, tokenizer = load_model(options.model), Tokenizer.load(options.tokenizer)
    scores = exact_scores(model, tokenizer, options.files)
    scores["probes"] = probe_score(model, tokenizer, options.show)
    for kind, (right, count) in scores.items():
        print(f"{right / count:7.1%} {right:4d}/{count:<4d} {kind}")
    if options.output:
        options.output.write_text(json.dumps(scores, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
