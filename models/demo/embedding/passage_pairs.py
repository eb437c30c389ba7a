"""Pairs from running text: what somebody might type who looks for a passage, and the passage."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from itertools import accumulate
from random import Random

from embedding.glossary_of_words import Glossary
from embedding.pairs import Pair
from embedding.texts import Passage, is_japanese

PIECE = re.compile(r"[A-Za-z0-9_.-]*[A-Za-z0-9_]|[ァ-ヶー]+|[一-龠]+[ぁ-ん]{0,3}")
PARTICLES = ("", "を", "が", "の", "は", "に", "で", "と", "から", "、")
JAPANESE_ENDS = (
    *("", "", "", "とは", "方法", "には", "のはなぜ", "ですか", "はどうなる", "はいくつ", "はどこ", "か", "したい", "の？", "ますか"),
    *("とは何ですか", "はどうすればよいですか", "はありますか", "のはなぜですか", "の理由は", "するとどうなりますか", "はどこにありますか"),
    *("でしょうか", "はどれくらいですか", "できますか", "について", "ときは", "を教えて", "はどのように決まりますか", "ません"),
)
ENGLISH_STARTS = (
    *("how do I", "how does", "what is", "what does", "why", "why does", "when", "what happens if", "what happens when"),
    *("where", "where do I", "is there", "can I", "can a", "which", "how many", "how much", "how long", "I get", "my", "do I need"),
)
ENGLISH_LINKS = ("", "", "", "the", "of", "to", "a", "in", "when", "and", "is", "does")
MOST_PIECES = 7
# Sections of documents are few beside the comments of the code, and those in Japanese are fewer.
DOCUMENT_SHARE = 16.0
JAPANESE_SHARE = 2.5
# How often a question is answered in its own language where the passage is there in both.
OWN_LANGUAGE_SHARE = 0.9


def weight_of(passage: Passage) -> float:
    """How often a passage is drawn, beside a comment of the code."""
    document = passage.key.split("#")[0].endswith(".md")
    return (DOCUMENT_SHARE if document else 1.0) * (JAPANESE_SHARE if passage.japanese else 1.0)


class PassagePairs:
    """Draws pairs from passages; passages of one key are translations of each other."""

    def __init__(self, passages: list[Passage], glossary: Glossary) -> None:
        self.glossary = glossary
        self.by_key: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self.by_key[passage.key].append(passage)
        self.passages = passages
        self.cumulative = list(accumulate(map(weight_of, passages)))
        seen = Counter(word for passage in passages for word in {*PIECE.findall(" ".join(passage.sentences).lower())})
        self.rarity = {word: math.log(1 + len(passages) / count) for word, count in seen.items()}
        self.cut: dict[str, list[tuple[str, int | None]]] = {}

    def passage(self, rng: Random) -> Passage:
        """A passage, by the weights."""
        return rng.choices(self.passages, cum_weights=self.cumulative)[0]

    def concepts(self, sentence: str) -> list[tuple[str, int | None]]:
        """The pieces of a sentence that carry meaning."""
        known = self.cut.get(sentence)
        if known is None:
            known = [
                piece
                for piece in self.glossary.concepts(sentence)
                if piece[1] is not None or PIECE.search(piece[0])
            ]
            self.cut[sentence] = known
        return known

    def picked(self, sentences: list[str], rng: Random) -> list[tuple[str, int | None]]:
        """Some pieces of a sentence or two, rare ones rather than common ones, mostly in order."""
        pieces = [piece for sentence in sentences for piece in self.concepts(sentence)]
        if not pieces:
            return []
        wanted = rng.randint(2, MOST_PIECES)

        def importance(piece: tuple[str, int | None]) -> float:
            word = piece[0].lower().strip()
            return rng.random() ** (1 / (0.2 + self.rarity.get(word, 4.0) ** 2))

        order = sorted(range(len(pieces)), key=lambda index: -importance(pieces[index]))[:wanted]
        if rng.random() < 0.7:
            order.sort()
        return [pieces[index] for index in order]

    def keywords(self, sentences: list[str], rng: Random, japanese: bool, change: float) -> str:
        """Pieces as somebody would type them, each replaced by a word of the same meaning with a probability."""
        words: list[str] = []
        for piece, group in self.picked(sentences, rng):
            foreign = japanese != bool(re.search(r"[ぁ-んァ-ヶ一-龠]", piece)) and re.search(r"[a-zぁ-ん一-龠ァ-ヶ]", piece)
            if group is not None and (foreign or rng.random() < change):
                words.append(self.glossary.say(group, japanese, rng))
            elif not foreign or piece.isascii():
                words.append(" ".join(PIECE.findall(piece)) or piece.strip())
        if japanese:
            if rng.random() < 0.3:
                return " ".join(words)
            return "".join(word + rng.choice(PARTICLES) for word in words) + rng.choice(JAPANESE_ENDS)
        linked = [rng.choice(ENGLISH_STARTS)] if rng.random() < 0.5 else []
        for word in words:
            linked += [rng.choice(ENGLISH_LINKS) if rng.random() < 0.5 else "", word]
        text = " ".join(word for word in linked if word)
        return text.lower() if rng.random() < 0.6 else text

    def document(self, passage: Passage, rng: Random, without: str) -> str:
        """A run of sentences of the passage with its heading, as search cuts documents; at times without the one asked by."""
        sentences = list(passage.sentences)
        if len(sentences) > 2 and rng.random() < 0.5:
            length = rng.randint(2, len(sentences))
            at = sentences.index(without) if without in sentences else 0
            start = rng.randint(max(0, at - length + 1), max(0, min(at, len(sentences) - length)))
            sentences = sentences[start : start + length]
        if len(sentences) > 2 and without in sentences and rng.random() < 0.3:
            sentences.remove(without)
        heading = [passage.heading] if passage.heading and rng.random() < 0.8 else []
        return "\n".join(heading + sentences)

    def draw(self, rng: Random) -> Pair:
        """A sentence, a part of it, its keywords in either language, or the heading, and the passage or its translation."""
        passage = self.passage(rng)
        other = rng.choice(self.by_key[passage.key])
        sentence = rng.choice(other.sentences)
        kind = rng.random()
        japanese = is_japanese(sentence)
        if kind < 0.08 and other.heading:
            query = other.heading
        elif kind < 0.16:
            query = sentence
        elif kind < 0.28:
            query = part_of(sentence, rng)
        else:
            chosen = [sentence] if rng.random() < 0.75 else [sentence, rng.choice(other.sentences)]
            japanese = rng.random() < 0.5
            query = self.keywords(chosen, rng, japanese, rng.choice([0.0, 0.3, 0.6, 1.0]))
        document = self.in_language(passage, japanese) if rng.random() < OWN_LANGUAGE_SHARE else passage
        return Pair(query or sentence, self.document(document, rng, sentence), self.key_of(document))

    def in_language(self, passage: Passage, japanese: bool) -> Passage:
        """The translation that whoever asks in a language would rather read, where there is one."""
        return next((each for each in self.by_key[passage.key] if each.japanese == japanese), passage)

    def key_of(self, passage: Passage) -> str:
        """A translation of a whole section is another document, and ranks below; one of a single sentence is the same."""
        return f"{passage.key}:{passage.japanese}" if "#" in passage.key else passage.key

    def word_pair(self, rng: Random) -> Pair:
        """A few words, and the same in other words or the other language."""
        groups = [rng.randrange(len(self.glossary.english)) for _ in range(rng.choice([1, 1, 2, 3, 4]))]
        sides = []
        for _ in range(2):
            japanese = rng.random() < 0.5
            words = [self.glossary.say(group, japanese, rng) for group in groups]
            if japanese:
                sides.append("".join(word + rng.choice(PARTICLES) for word in words))
            else:
                sides.append((" " + rng.choice(ENGLISH_LINKS) + " ").join(words).replace("  ", " "))
            rng.shuffle(groups)
        return Pair(sides[0], sides[1], "words:" + ",".join(map(str, sorted(groups))))


def part_of(sentence: str, rng: Random) -> str:
    """Some words in a row, or as many letters of Japanese."""
    if re.search(r"[ぁ-ん]", sentence):
        length = rng.randint(8, 24)
        start = rng.randint(0, max(0, len(sentence) - length))
        return sentence[start : start + length]
    words = sentence.split()
    start = rng.randint(0, max(0, len(words) - 4))
    return " ".join(words[start : start + rng.randint(3, 9)])
