"""Pairs of texts that belong together: question and definition, part and whole, English and Japanese, shared rare words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from chat.corpus.how_tos import HOW_TOS
from chat.corpus.questions import ask_how_to, ask_term
from chat.corpus.terms import TERMS
from chat.corpus.vocabulary import LETTERS, invented

STOP_WORDS = "the a is of to and in what how does for my when which do are i".split()
ENGLISH_WORDS = sorted(
    {word for term in TERMS for word in re.findall(r"[A-Za-z]{3,}", term.name + " " + term.english)}
    | {word for how_to in HOW_TOS for word in re.findall(r"[A-Za-z]{3,}", how_to.english)}
)
KEY_OF_TEXT = {text: term.name for term in TERMS for text in (term.english, term.japanese)}


@dataclass(frozen=True)
class Pair:
    """A query, a document, and the key of what both are about; pairs with one key are not each other's negatives."""

    query: str
    document: str
    key: str


def random_word(rng: Random) -> str:
    """Letters, kana or kanji at random, so that overlap of words counts even for text never seen."""
    draw = rng.random()
    if draw < 0.35:
        pool = LETTERS[: rng.choice([14, 22, 26])]
        return "".join(rng.choice(pool) for _ in range(rng.randint(3, 9)))
    if draw < 0.6:
        return rng.choice(ENGLISH_WORDS)
    if draw < 0.8:
        return "".join(chr(rng.randint(0x4E00, 0x9000)) for _ in range(rng.randint(1, 3))) + rng.choice(
            ["", "の", "する", "を"]
        )
    if draw < 0.9:
        return "".join(chr(rng.randint(0x30A2, 0x30F3)) for _ in range(rng.randint(2, 5)))
    return invented(rng)


def with_stop_words(rng: Random, words: list[str], share: float) -> list[str]:
    """A stop word before some of the words."""
    return [word for original in words for word in ([rng.choice(STOP_WORDS), original] if rng.random() < share else [original])]


def lexical_pair(rng: Random) -> Pair:
    """A query of two or three words out of a document of random words."""
    separator = "" if rng.random() < 0.4 else " "
    words = [random_word(rng) for _ in range(rng.randint(6, 16))]
    query = with_stop_words(rng, rng.sample(words, rng.randint(2, 3)), 0.4)
    document = separator.join(with_stop_words(rng, words, 0.5)) + "."
    rng.shuffle(query)
    return Pair(separator.join(query), document, document)


def part_pair(rng: Random) -> Pair:
    """A piece of a definition, at times with its words shuffled, and the definition in either language."""
    term = rng.choice(TERMS)
    if rng.random() < 0.5:
        words = term.english.split()
        start = rng.randint(0, max(0, len(words) - 6))
        query = " ".join(words[start : start + rng.randint(4, 8)])
    else:
        start = rng.randint(0, max(0, len(term.japanese) - 14))
        query = term.japanese[start : start + rng.randint(8, 18)]
    words = query.split()
    if len(words) > 3 and rng.random() < 0.5:
        rng.shuffle(words)
        query = " ".join(words[: rng.randint(3, 6)])
    return Pair(query.lower() if rng.random() < 0.3 else query, rng.choice([term.english, term.japanese]), term.name)


def draw_pair(rng: Random) -> Pair:
    """Any of the kinds."""
    draw = rng.random()
    if draw < 0.35:
        query, document = (ask_term if draw < 0.3 else ask_how_to)(rng)
        return Pair(query, document, KEY_OF_TEXT.get(document, document))
    if draw < 0.65:
        return part_pair(rng)
    if draw < 0.72:
        term = rng.choice(TERMS)
        return Pair(term.english, term.japanese, term.name)
    return lexical_pair(rng)

