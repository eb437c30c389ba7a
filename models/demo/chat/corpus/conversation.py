"""Things said earlier in a conversation, and text to be said back unchanged."""

from __future__ import annotations

from random import Random

from chat.corpus.questions import ask_how_to, ask_term
from chat.corpus.vocabulary import (
    CITIES,
    COLORS,
    NAMES,
    Turn,
    city,
    date,
    invented,
    letters,
    number,
    person,
    service,
)

ECHO_FRAMES = [
    "Repeat: {s}",
    "Say {s}",
    "Repeat after me: {s}",
    "Echo {s}",
    "Say exactly: {s}",
    "Say: {s}",
    'Say "{s}"',
    "Repeat exactly: {s}",
    "Reply with exactly: {s}",
    "Reply with: {s}",
    "Respond with exactly this text: {s}",
    "Output only: {s}",
    "Repeat this: {s}",
    "Please repeat the following text: {s}",
    'Reply only with "{s}"',
    "Write exactly: {s}",
    "Copy this text: {s}",
    "Echo: {s}",
    "Say '{s}'",
    "Respond with the word {s}.",
    "Reply with the word {s}",
    "Respond with {s}",
    "Just say {s}",
    "Say only {s}",
    "Answer only with {s}",
    'Respond only with "{s}".',
    "{s}と言ってください",
    "「{s}」と言ってください。",
    "次を繰り返してください: {s}",
    "そのまま返してください: {s}",
    "復唱: {s}",
]
SENTENCES = [
    "this is a test",
    "This is a test.",
    "This is a test!",
    "hello world",
    "Hello, world!",
    "The quick brown fox jumps over the lazy dog.",
    "OK",
    "ok",
    "yes",
    "no",
    "pong",
    "hello",
    "hi",
    "Hello",
    "done",
    "banana",
    "apple",
    "Good night",
    "I am ready",
    "It works!",
    "test",
    "I love Kubernetes",
    "the sky is blue",
    "one two three",
    "PASS",
    "true",
    "foo bar baz",
    "こんにちは",
    "テストです",
    "おはよう",
    "完了",
]
ATTRIBUTES = [
    ("favorite color", lambda rng: rng.choice(COLORS), "好きな色"),
    ("favorite number", lambda rng: number(rng, rng.choice([1, 2, 3])), "好きな数字"),
    ("favorite city", lambda rng: rng.choice(CITIES), "好きな町"),
    ("home town", city, "出身地"),
    ("project", lambda rng: service(rng), "プロジェクト"),
    ("order number", lambda rng: number(rng, 5), "注文番号"),
    ("secret word", lambda rng: invented(rng), "合言葉"),
]


def remember_name(rng: Random) -> list[Turn]:
    """A name given first and asked for later, perhaps with another question between."""
    name = person(rng)
    between = [rng.choice([ask_term, ask_how_to])(rng) for _ in range(rng.choice([0, 1, 1, 2]))]
    if rng.random() < 0.6:
        opening = rng.choice(["My name is {n}.", "I am {n}.", "Hi, I'm {n}.", "Call me {n}."]).format(n=name)
        question = rng.choice(["What is my name?", "Who am I?", "Do you remember my name?", "What's my name?"])
        return [(opening, f"Nice to meet you, {name}."), *between, (question, f"Your name is {name}.")]
    return [
        (
            rng.choice(["私の名前は{n}です。", "{n}と申します。", "{n}です。よろしく。"]).format(n=name),
            f"{name}さん、よろしくお願いします。",
        ),
        *between,
        (rng.choice(["私の名前は何ですか？", "私の名前は？", "私の名前を覚えていますか"]), f"あなたの名前は{name}さんです。"),
    ]


def remember_attribute(rng: Random) -> list[Turn]:
    """The same for a favourite colour, an order number and so on."""
    english, draw_value, japanese = rng.choice(ATTRIBUTES)
    value = draw_value(rng)
    between = [rng.choice([ask_term, ask_how_to])(rng) for _ in range(rng.choice([0, 0, 1, 2]))]
    if rng.random() < 0.65:
        opening = rng.choice(["My {a} is {v}.", "Remember this: my {a} is {v}.", "Please remember that my {a} is {v}."]).format(
            a=english, v=value
        )
        question = rng.choice(["What is my {a}?", "Do you remember my {a}?", "Tell me my {a}."]).format(a=english)
        return [
            (opening, f"I will remember that your {english} is {value}."),
            *between,
            (question, f"Your {english} is {value}."),
        ]
    opening = rng.choice(["私の{a}は{v}です。", "{a}は{v}です。覚えておいてください。"]).format(a=japanese, v=value)
    return [
        (opening, f"{japanese}は{value}ですね。覚えました。"),
        *between,
        (f"私の{japanese}は何ですか？", f"あなたの{japanese}は{value}です。"),
    ]


def remember(rng: Random) -> list[Turn]:
    """Either of the above."""
    return remember_name(rng) if rng.random() < 0.65 else remember_attribute(rng)


def echo_text(rng: Random) -> str:
    """Something to copy: invented words, letters, numbers, identifiers, common test sentences."""
    draw = rng.random()
    if draw < 0.35:
        return " ".join(invented(rng) for _ in range(rng.randint(1, 7)))
    if draw < 0.5:
        return rng.choice(
            [service(rng), rng.choice(CITIES) + " " + number(rng), rng.choice(NAMES) + " likes " + rng.choice(CITIES)]
        )
    if draw < 0.62:
        return " ".join(letters(rng) for _ in range(rng.randint(1, 6)))
    if draw < 0.74:
        return " ".join(rng.choice([number(rng), invented(rng), date(rng)]) for _ in range(rng.randint(1, 6)))
    if draw < 0.82:
        return ", ".join(rng.choice([number(rng), person(rng), city(rng)]) for _ in range(rng.randint(2, 8)))
    if draw < 0.87:
        return "-".join(rng.choice([number(rng), letters(rng), letters(rng).upper()]) for _ in range(rng.randint(2, 4)))
    return rng.choice(SENTENCES)


def ask_echo(rng: Random) -> Turn:
    """Text to repeat exactly."""
    text = echo_text(rng)
    return rng.choice(ECHO_FRAMES).format(s=text), text
