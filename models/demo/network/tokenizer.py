"""Byte-level BPE: GGUF tokenizer model `gpt2` with the `smollm` pre-tokenizer (every digit alone, then GPT-2's pattern)."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from gguf.read import read

SPECIAL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, IM_START, IM_END = range(3)
VOCABULARY_SIZE = 2048
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
DIGIT = re.compile(r"(\d)")
CACHE_LIMIT = 300_000
NEVER = 1 << 30

Pair = tuple[str, str]


def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for each of the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    alphabet = {byte: chr(byte) for byte in printable}
    alphabet.update({byte: chr(256 + index) for index, byte in enumerate(rest)})
    return alphabet


ALPHABET = byte_alphabet()
BYTE_OF = {letter: byte for byte, letter in ALPHABET.items()}


def words(text: str) -> Iterator[str]:
    """Split into the pieces within which merges may happen."""
    for segment in DIGIT.split(text):
        if len(segment) == 1 and segment.isdigit():
            yield segment
        elif segment:
            yield from WORD.findall(segment)


def merge(symbols: list[str], pair: Pair) -> list[str]:
    """Join every neighbouring occurrence of the pair."""
    joined: list[str] = []
    index = 0
    while index < len(symbols):
        if index + 1 < len(symbols) and (symbols[index], symbols[index + 1]) == pair:
            joined.append(symbols[index] + symbols[index + 1])
            index += 2
        else:
            joined.append(symbols[index])
            index += 1
    return joined


def train(texts: Iterable[str], size: int = VOCABULARY_SIZE) -> tuple[list[str], list[Pair]]:
    """Vocabulary and merges: repeatedly join the most frequent pair (Sennrich et al., 2016)."""
    counts = Counter(word for text in texts for word in words(text))
    pieces = [([ALPHABET[byte] for byte in word.encode()], count) for word, count in counts.items()]
    vocabulary, merges = SPECIAL_TOKENS + [ALPHABET[byte] for byte in range(256)], []
    frequency: Counter[Pair] = Counter()
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    for index, (symbols, count) in enumerate(pieces):
        for pair in zip(symbols, symbols[1:]):
            frequency[pair] += count
            places[pair].add(index)
    while len(vocabulary) < size and frequency:
        best, seen = max(frequency.items(), key=lambda item: (item[1], item[0]))
        if seen < 2:
            break
        merges.append(best)
        vocabulary.append(best[0] + best[1])
        for index in list(places[best]):
            symbols, count = pieces[index]
            for pair in zip(symbols, symbols[1:]):
                frequency[pair] -= count
                places[pair].discard(index)
            symbols = merge(symbols, best)
            pieces[index] = (symbols, count)
            for pair in zip(symbols, symbols[1:]):
                frequency[pair] += count
                places[pair].add(index)
        frequency.pop(best, None)
        if len(merges) % 400 == 0:
            frequency = Counter({pair: count for pair, count in frequency.items() if count > 0})
    return vocabulary, merges


class Tokenizer:
    """Encode text to token numbers and back. Special tokens in text are spelled out, never interpreted."""

    def __init__(self, vocabulary: list[str], merges: list[Pair]) -> None:
        self.vocabulary, self.merges = vocabulary, merges
        self.number = {token: index for index, token in enumerate(vocabulary)}
        self.rank = {tuple(pair): index for index, pair in enumerate(merges)}
        self.cache: dict[str, list[int]] = {}

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """From the JSON file that `save` writes, or from a GGUF file."""
        if path.suffix == ".gguf":
            values = {key: value for key, _, value in read(path)[0]}
            merges = [tuple(pair.split(" ")) for pair in values["tokenizer.ggml.merges"][1]]
            return cls(values["tokenizer.ggml.tokens"][1], merges)
        content = json.loads(path.read_text())
        return cls(content["vocab"], [tuple(pair) for pair in content["merges"]])

    def save(self, path: Path) -> None:
        """To {"vocab": [...], "merges": [[a, b], ...]}."""
        path.write_text(json.dumps({"vocab": self.vocabulary, "merges": self.merges}))

    def encode_word(self, word: str) -> list[int]:
        """Apply the merges to one piece, lowest rank first."""
        known = self.cache.get(word)
        if known is not None:
            return known
        symbols = [ALPHABET[byte] for byte in word.encode()]
        ranks = [self.rank.get(pair, NEVER) for pair in zip(symbols, symbols[1:])]
        while ranks and (best := min(ranks)) < NEVER:
            at = ranks.index(best)
            symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
            del ranks[at]
            for side in (at - 1, at):
                if 0 <= side < len(ranks):
                    ranks[side] = self.rank.get((symbols[side], symbols[side + 1]), NEVER)
        numbers = [self.number[symbol] for symbol in symbols]
        if len(self.cache) < CACHE_LIMIT:
            self.cache[word] = numbers
        return numbers

    def encode(self, text: str) -> list[int]:
        """Token numbers of a text."""
        return [number for word in words(text) for number in self.encode_word(word)]

    def decode(self, numbers: Iterable[int]) -> str:
        """Text of token numbers, special tokens left out."""
        letters = "".join(self.vocabulary[number] for number in numbers if number > IM_END)
        return bytes(BYTE_OF[letter] for letter in letters).decode(errors="replace")
