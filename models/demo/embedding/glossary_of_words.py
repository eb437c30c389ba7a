"""Words that mean the same, in English and Japanese: finds them in a text and puts others in their place."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "glossary"
ENGLISH_WORD = re.compile(r"[A-Za-z]+")
ENDINGS = ("ings", "ing", "ed", "es", "s", "ly", "e")
SHORTEST_STEM = 3
LONGEST_PHRASE = 3
SURU = ("する", "した", "される", "された", "して", "できる", "しない", "")
# What may stand in place of the last kana of a verb, by that kana.
INFLECTED = {
    "う": ("う", "った", "って", "われる", "わない", "い"),
    "く": ("く", "いた", "いて", "かれる", "かない", "き"),
    "ぐ": ("ぐ", "いだ", "いで", "がれる", "がない", "ぎ"),
    "す": ("す", "した", "して", "される", "さない", "し"),
    "つ": ("つ", "った", "って", "たれる", "たない", "ち"),
    "ぬ": ("ぬ", "んだ", "んで", "なない"),
    "ぶ": ("ぶ", "んだ", "んで", "ばれる", "ばない", "び"),
    "む": ("む", "んだ", "んで", "まれる", "まない", "み"),
    "る": ("る", "た", "て", "ない", "られる", "った", "って", "り"),
}


def stem(word: str) -> str:
    """A word without its common endings: crude, but the same for most forms of one word."""
    word = re.sub("ie[sd]$", "y", word.lower())
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def inflect(word: str, rng: Random) -> str:
    """A Japanese verb in one of its forms; what is no verb stays."""
    if word.endswith("する"):
        return word[:-2] + rng.choice(SURU)
    if len(word) > 1 and word[-1] in INFLECTED:
        return word[:-1] + rng.choice(INFLECTED[word[-1]])
    return word


def japanese_root(word: str) -> str:
    """What all forms of a Japanese word begin with."""
    if word.endswith("する") and len(word) > 3:
        return word[:-2]
    if len(word) > 2 and word[-1] in INFLECTED:
        return word[:-1]
    return word


class Glossary:
    """Groups of words; group i is english[i] and japanese[i]."""

    def __init__(self) -> None:
        self.english: list[list[str]] = []
        self.japanese: list[list[str]] = []
        for path in sorted(FOLDER.glob("*.txt")):
            for line in path.read_text().splitlines():
                english, japanese = line.split("|")
                self.english.append([word.strip() for word in english.split(",")])
                self.japanese.append([word.strip() for word in japanese.split(",")])
        self.by_stems: dict[tuple[str, ...], list[int]] = {}
        self.by_root: dict[str, list[int]] = {}
        for number, (english, japanese) in enumerate(zip(self.english, self.japanese)):
            for phrase in english:
                stems = tuple(map(stem, ENGLISH_WORD.findall(phrase)))
                self.by_stems.setdefault(stems, []).append(number)
            for word in japanese:
                self.by_root.setdefault(japanese_root(word), []).append(number)
        roots = sorted(self.by_root, key=len, reverse=True)
        self.japanese_word = re.compile("|".join(map(re.escape, roots)))

    def say(self, group: int, japanese: bool, rng: Random) -> str:
        """One of the group's words."""
        if japanese:
            return inflect(rng.choice(self.japanese[group]), rng)
        return rng.choice(self.english[group])

    def concepts(self, text: str) -> list[tuple[str, int | None]]:
        """The pieces of a text in order, each with the number of its group, or None where it has none."""
        pieces: list[tuple[str, int | None]] = []
        tokens = re.findall(r"[A-Za-z]+|[^A-Za-z]+", text)
        at = 0
        while at < len(tokens):
            piece, group, taken = self.at(tokens, at)
            pieces += [(piece, group)] if taken else self.japanese_pieces(tokens[at])
            at += taken or 1
        return pieces

    def at(self, tokens: list[str], at: int) -> tuple[str, int | None, int]:
        """The longest phrase that begins at a token."""
        if not tokens[at][0].isascii() or not tokens[at][0].isalpha():
            return "", None, 0
        for words in range(LONGEST_PHRASE, 0, -1):
            part = tokens[at : at + 2 * words - 1]
            if len(part) < 2 * words - 1 or any(gap != " " for gap in part[1::2]):
                continue
            groups = self.by_stems.get(tuple(map(stem, part[::2])))
            if groups:
                return "".join(part), groups[0], len(part)
        return tokens[at], None, 1

    def japanese_pieces(self, text: str) -> list[tuple[str, int | None]]:
        """The same within text that holds no Latin letters."""
        pieces: list[tuple[str, int | None]] = []
        end = 0
        for match in self.japanese_word.finditer(text):
            if match.start() > end:
                pieces.append((text[end : match.start()], None))
            pieces.append((match.group(), self.by_root[match.group()][0]))
            end = match.end()
        return pieces + ([(text[end:], None)] if end < len(text) else [])
