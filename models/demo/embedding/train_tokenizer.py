"""Train the embedding model's tokenizer: whole words, in Japanese too, so that a token has a meaning of its own."""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random

from chat.corpus.questions import ask_term
from embedding.encoder import VOCABULARY
from embedding.glossary_of_words import Glossary, japanese_root
from embedding.texts import all_passages
from network.tokenizer import Tokenizer, train

GLOSSARY_REPEATS = 3
QUESTIONS = 4_000


def texts(rng: Random, left_out: tuple[str, ...]) -> list[str]:
    """Passages, also in small letters, the glossary, and questions about terms."""
    found: list[str] = []
    for passage in all_passages(left_out):
        found += [passage.heading, *passage.sentences, *(sentence.lower() for sentence in passage.sentences)]
    glossary = Glossary()
    for english, japanese in zip(glossary.english, glossary.japanese):
        spelt = [form for word in english for form in (word, " " + word, word.capitalize())]
        found += (spelt + [japanese_root(word) for word in japanese]) * GLOSSARY_REPEATS
    for _ in range(QUESTIONS):
        found += ask_term(rng)
    return found


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--left-out", nargs="*", default=[], help="Markdown files that must not be read")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    material = texts(Random(options.seed), tuple(options.left_out))
    tokenizer = Tokenizer(*train(material, VOCABULARY))
    tokenizer.save(options.output)
    print(len(tokenizer.vocabulary), "tokens")


if __name__ == "__main__":
    main()
