"""Write the second evaluation set: the kinds of conversation that version 1 lacks. Version 1 is frozen as evaluation/v1.json."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from chat import held_out
from chat.corpus import counting, long_answers, questions
from chat.corpus.conversation import ask_echo, remember
from chat.corpus.json_answers import ask_json
from chat.corpus.mixture import messages_of
from chat.corpus.passages import ask_passages, ask_system_passages
from chat.corpus.system_prompts import random_prompt
from chat.corpus.tools import HEAD, TAIL, ask_tools, call_text
from chat.corpus.vocabulary import Message, Turn
from network.tokenizer import Tokenizer

SEED = 2026
OLD_KINDS: list[Callable[[Random], Turn]] = [
    questions.ask_term,
    questions.ask_how_to,
    questions.ask_small_talk,
    questions.ask_unknown,
    ask_passages,
    ask_echo,
]


def drawn(draw: Callable[[], list[Message]], fits: Callable[[list[Message]], bool]) -> list[Message]:
    """Draw until the conversation fits."""
    while not fits(messages := draw()):
        pass
    return messages


def held_out_tools(rng: Random) -> list[list[Message]]:
    """The hand-written tool requests as the template renders them."""
    result = []
    for tools, request, name, values in held_out.TOOL_REQUESTS:
        lead = rng.choice(["", "", "You are a helpful assistant.\n\n"])
        system = lead + HEAD + "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools) + TAIL
        result.append([("system", system), ("user", request), ("assistant", call_text(name, values))])
    return result


def cases(rng: Random, tokenizer: Tokenizer) -> dict[str, list[list[Message]]]:
    """Conversations by kind; the last message of each is the answer to be given."""

    def length(messages: list[Message]) -> int:
        return sum(len(tokenizer.encode(content)) + 5 for _, content in messages)

    def long_prompt() -> str:
        while not 120 <= len(tokenizer.encode(prompt := random_prompt(rng, 25))) <= 400:
            pass
        return prompt

    def ask_old(system: str, role: str = "system") -> list[Message]:
        return messages_of(system, [rng.choice(OLD_KINDS)(rng)], role)

    def passages(low: int, high: int) -> list[Message]:
        return drawn(lambda: messages_of(None, [ask_passages(rng, 60)]), lambda messages: low <= length(messages) <= high)

    return {
        "system prompt, held out": [ask_old(prompt) for prompt in held_out.SYSTEM_PROMPTS for _ in range(4)],
        "system prompt, 120-400 tokens": [ask_old(long_prompt()) for _ in range(60)],
        "developer message": [ask_old(random_prompt(rng), "developer") for _ in range(40)],
        "counting": [messages_of(None, [rng.choice([counting.ask_count, counting.ask_count_steps])(rng)]) for _ in range(60)],
        "tables, lists, essays": [
            messages_of(
                None,
                [
                    rng.choice(
                        [counting.ask_table, long_answers.ask_essay, long_answers.ask_definitions, long_answers.ask_fixed]
                    )(rng)
                ],
            )
            for _ in range(40)
        ],
        "tools, invented": [ask_tools(rng, random_prompt(rng) if rng.random() < 0.4 else None) for _ in range(100)],
        "tools, held out": held_out_tools(rng),
        "JSON": [ask_json(rng) for _ in range(80)],
        "passages, general": [messages_of(None, [ask_passages(rng)]) for _ in range(80)],
        "passages in the system prompt": [
            messages_of(*[(system, [turn]) for system, turn in [ask_system_passages(rng)]][0]) for _ in range(40)
        ],
        "memory": [messages_of(None, remember(rng)) for _ in range(40)],
        "passages, 600-1000 tokens": [passages(600, 1000) for _ in range(30)],
        "passages, 1100-1900 tokens": [passages(1100, 1900) for _ in range(30)],
    }


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    found = cases(Random(SEED), Tokenizer.load(options.tokenizer))
    rows = [{"kind": kind, "msgs": messages} for kind, conversations in found.items() for messages in conversations]
    options.output.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    print(len(rows), "conversations")


if __name__ == "__main__":
    main()
