"""System prompts of every length and topic, none of which changes the answer: the model must not be derailed by them."""

from __future__ import annotations

import json
from random import Random

from chat.corpus.how_tos import HOW_TOS
from chat.corpus.system_rules import ROLES, ROLES_JA, RULES, RULES_JA, SHORT
from chat.corpus.terms import TERMS
from chat.corpus.vocabulary import (
    CITIES,
    HIRAGANA,
    KANJI,
    TEAMS,
    THINGS,
    date,
    invented,
    letters,
    number,
    person,
    service,
)


def fill(rng: Random, rule: str) -> str:
    """A rule with its blanks filled."""
    return rule.format(
        d=date(rng),
        c=rng.choice(CITIES),
        w=invented(rng).capitalize(),
        v=invented(rng),
        t=rng.choice(TEAMS),
        p=person(rng),
        n=number(rng),
        x=rng.choice(THINGS),
        s=service(rng),
    )


def instructions(rng: Random, count: int) -> str:
    """A role and rules, in one language or both, as prose, a list or Markdown."""
    japanese = rng.random() < 0.35
    rules = [fill(rng, rng.choice(RULES_JA if japanese != (rng.random() < 0.06) else RULES)) for _ in range(count)]
    role = (
        f"あなたは{rng.choice(ROLES_JA)}です。"
        if japanese
        else rng.choice(
            ["You are a {r}.", "You are an experienced {r}.", "Act as a {r}.", "You are a {r} named " + person(rng) + "."]
        ).format(r=rng.choice(ROLES))
    )
    first = [role] if rng.random() < 0.7 else []
    draw = rng.random()
    if draw < 0.6:
        return ("" if japanese else " ").join(first + rules)
    if draw < 0.8:
        return "\n".join(first + ["- " + rule for rule in rules])
    if draw < 0.9:
        return "\n".join(
            [
                "# " + ("役割" if japanese else "Role"),
                *first,
                "",
                "## " + ("規則" if japanese else "Rules"),
                *(f"{i + 1}. {rule}" for i, rule in enumerate(rules)),
            ]
        )
    return "<instructions>\n" + "\n".join(first + rules) + "\n</instructions>"


def noise(rng: Random, count: int) -> str:
    """Words without meaning, letters, kana, kanji, punctuation."""

    def piece() -> str:
        draw = rng.random()
        if draw < 0.35:
            return invented(rng)
        if draw < 0.6:
            return letters(rng)
        if draw < 0.7:
            return number(rng)
        if draw < 0.8:
            return "".join(rng.choice(HIRAGANA + KANJI) for _ in range(rng.randint(1, 5)))
        if draw < 0.86:
            return letters(rng).upper()
        return rng.choice(
            [
                "!!!",
                "...",
                "---",
                "###",
                "{}",
                "[x]",
                "**",
                "://",
                "@",
                "#1",
                "😀",
                "✓",
                "…",
                "→",
                "<b>",
                "</b>",
                "$x",
                "%",
                "||",
                "==",
            ]
        )

    return rng.choice([" ", " ", "\n", ", "]).join(piece() for _ in range(count))


def background(rng: Random, count: int) -> str:
    """Definitions or instructions as background reading, without passage numbers."""
    texts = [term.english if rng.random() < 0.6 else term.japanese for term in rng.sample(TERMS, min(count, 6))]
    texts += [rng.choice(HOW_TOS).english] if rng.random() < 0.3 else []
    return rng.choice(["Background:\n", "You know the following.\n", "", "前提知識:\n"]) + "\n".join(texts)


def settings(rng: Random, count: int) -> str:
    """JSON, YAML or code."""
    pairs = {invented(rng): rng.choice([invented(rng), int(number(rng)), service(rng), True]) for _ in range(count)}
    draw = rng.random()
    if draw < 0.4:
        return json.dumps(pairs)
    if draw < 0.75:
        return "\n".join(f"{key}: {value}" for key, value in pairs.items())
    return "\n".join(f"def {key}(x):\n    return {json.dumps(value)}" for key, value in pairs.items())


def random_prompt(rng: Random, longest: int = 12) -> str:
    """A system prompt of one to `longest` parts of about 15 tokens."""
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(SHORT)
    count = (
        rng.randint(1, 3)
        if draw < 0.6
        else rng.randint(3, max(3, longest // 2))
        if draw < 0.85
        else rng.randint(max(3, longest // 2), longest)
    )
    kind = rng.random()
    if kind < 0.72:
        return instructions(rng, count)
    if kind < 0.84:
        return noise(rng, count * 4)
    if kind < 0.93:
        return background(rng, (count + 1) // 2)
    return settings(rng, count)
