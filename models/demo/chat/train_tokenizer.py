"""Train the tokenizer on conversations of the corpus. The shipped tok.json is kept: new weights would be needed with a new one."""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

from chat.corpus.mixture import conversation, passage
from network.tokenizer import Tokenizer, train

CONVERSATIONS = 12_000
ROLE_REPEATS = 100


def texts(rng: Random) -> list[str]:
    """Messages, definitions, and the words that stand around messages."""
    found = ["system", "user", "assistant", "developer", "\n"] * ROLE_REPEATS
    for _ in range(CONVERSATIONS):
        found += [content for _, content in conversation(rng)]
        found.append(passage(rng))
    return found


def main() -> None:
    """Train, save, and print how many characters a token covers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    material = texts(Random(options.seed))
    tokenizer = Tokenizer(*train(material))
    tokenizer.save(options.output)
    tokens = sum(len(tokenizer.encode(text)) for text in material)
    print(len(tokenizer.vocabulary), "tokens,", round(sum(map(len, material)) / tokens, 2), "characters each")


if __name__ == "__main__":
    main()
