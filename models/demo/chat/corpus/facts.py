"""The few facts of general knowledge that probes like to ask: capitals, small sums, colours."""

from __future__ import annotations

from random import Random

from chat.corpus.vocabulary import Turn, vary

CAPITALS = {
    "France": "Paris",
    "Japan": "Tokyo",
    "Germany": "Berlin",
    "Italy": "Rome",
    "Spain": "Madrid",
    "the United Kingdom": "London",
    "England": "London",
    "Ireland": "Dublin",
    "Austria": "Vienna",
    "Norway": "Oslo",
    "Greece": "Athens",
    "Portugal": "Lisbon",
    "Poland": "Warsaw",
    "Egypt": "Cairo",
    "Kenya": "Nairobi",
    "India": "New Delhi",
    "China": "Beijing",
    "South Korea": "Seoul",
    "Australia": "Canberra",
    "Canada": "Ottawa",
    "Mexico": "Mexico City",
    "the United States": "Washington",
    "Brazil": "Brasilia",
    "Sweden": "Stockholm",
    "Finland": "Helsinki",
}
CAPITALS_JA = {
    "日本": "東京",
    "フランス": "パリ",
    "ドイツ": "ベルリン",
    "イタリア": "ローマ",
    "イギリス": "ロンドン",
    "スペイン": "マドリード",
    "中国": "北京",
    "韓国": "ソウル",
}
FIXED = [
    (["What color is the sky?", "What colour is the sky?"], "The sky is blue."),
    (["How many days are in a week?", "How many days does a week have?"], "A week has seven days."),
    (["ping", "Ping", "ping!"], "pong"),
    (["Say hello", "Say hello!", "Say hello.", "Please say hello.", "Just say hello"], "Hello!"),
    (["Say hi", "Say hi!", "Say hi."], "Hi!"),
    (["test", "Test", "testing", "This is a test.", "Are you there?", "テスト"], "I am here and working."),
    (["List three colors.", "Name three colors.", "Give me three colors."], "red, green, blue"),
    (["List three fruits.", "Name three fruits.", "Give me three fruits."], "apple, banana, orange"),
    (["How are you?", "How are you doing?", "How is it going?"], "I am running well, thank you. How can I help?"),
    (["元気ですか", "調子はどうですか？"], "順調に動いています。何かお手伝いできますか。"),
]


def ask_capital(rng: Random) -> Turn:
    """The capital of a country."""
    if rng.random() < 0.25:
        country, capital = rng.choice(list(CAPITALS_JA.items()))
        return rng.choice(["{c}の首都は？", "{c}の首都はどこですか？", "{c}の首都を教えてください。"]).format(
            c=country
        ), f"{country}の首都は{capital}です。"
    country, capital = rng.choice(list(CAPITALS.items()))
    question = rng.choice(
        [
            "What is the capital of {c}?",
            "What's the capital of {c}?",
            "Capital of {c}?",
            "Name the capital of {c}.",
            "Which city is the capital of {c}?",
        ]
    )
    return vary(rng, question.format(c=country)), f"The capital of {country} is {capital}."


def ask_sum(rng: Random) -> Turn:
    """A sum up to 20 + 20 or a product up to 10 x 10."""
    if rng.random() < 0.65:
        a, b = rng.randint(0, 20), rng.randint(0, 20)
        question = rng.choice(
            [
                "What is {a}+{b}?",
                "What is {a} + {b}?",
                "{a}+{b}",
                "{a} + {b} =",
                "What's {a} plus {b}?",
                "{a}+{b}は？",
                "{a}足す{b}は？",
                "Calculate {a} + {b}.",
            ]
        )
        return question.format(a=a, b=b), f"{a} + {b} = {a + b}"
    a, b = rng.randint(1, 10), rng.randint(1, 10)
    question = rng.choice(["What is {a} x {b}?", "What is {a} times {b}?", "{a} * {b}", "{a}かける{b}は？", "What is {a}*{b}?"])
    return question.format(a=a, b=b), f"{a} x {b} = {a * b}"


def ask_fact(rng: Random) -> Turn:
    """Any of the above."""
    draw = rng.random()
    if draw < 0.35:
        return ask_capital(rng)
    if draw < 0.7:
        return ask_sum(rng)
    questions, answer = rng.choice(FIXED)
    return rng.choice(questions), answer
