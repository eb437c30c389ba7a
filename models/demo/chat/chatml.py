"""Conversations as tokens: <|im_start|>role\\n content <|im_end|>\\n, the same text that template.jinja renders."""

from __future__ import annotations

from chat.corpus.vocabulary import Message
from network.tokenizer import IM_END, IM_START, Tokenizer

ANSWER_WEIGHT = 1.0
OTHER_WEIGHT = 0.05


def encode_conversation(tokenizer: Tokenizer, messages: list[Message]) -> tuple[list[int], list[float]]:
    """Tokens and, for each, how much its prediction counts in the loss."""
    newline = tokenizer.encode("\n")
    tokens: list[int] = []
    weights: list[float] = []
    for role, content in messages:
        head = [IM_START, *tokenizer.encode(role), *newline]
        body = [*tokenizer.encode(content), IM_END]
        weight = ANSWER_WEIGHT if role == "assistant" else OTHER_WEIGHT
        tokens += head + body + newline
        weights += [OTHER_WEIGHT] * len(head) + [weight] * len(body) + [OTHER_WEIGHT] * len(newline)
    return tokens, weights


def encode_prompt(tokenizer: Tokenizer, messages: list[Message]) -> list[int]:
    """Tokens of the conversation so far and the opening of the assistant's next message."""
    tokens, _ = encode_conversation(tokenizer, messages)
    return [*tokens, IM_START, *tokenizer.encode("assistant\n")]
