"""Answers in JSON: fields extracted from a sentence, labels, and definitions wrapped in an object."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from chat.corpus.questions import ask_how_to, ask_term
from chat.corpus.vocabulary import (
    COLORS,
    DAYS,
    THINGS,
    Message,
    city,
    date,
    invented,
    number,
    person,
)

JOBS = "engineer doctor teacher nurse lawyer baker pilot chef designer writer".split()
EVENTS = [
    "science fair",
    "team lunch",
    "book club",
    "concert",
    "birthday party",
    "planning meeting",
    "workshop",
    "football match",
]
# Other names that a schema may use for the same field.
SYNONYMS = {
    "name": ["name", "name", "name", "person", "full_name", "first_name", "user"],
    "age": ["age", "age", "age", "years"],
    "city": ["city", "city", "town", "location"],
    "job": ["job", "occupation", "profession"],
    "product": ["product", "item"],
    "price": ["price", "cost", "amount"],
    "quantity": ["quantity", "count"],
    "date": ["date", "day", "when"],
    "color": ["color", "colour"],
    "event": ["event", "name", "title"],
    "participants": ["participants", "people", "attendees"],
}
GOOD = [
    "I love this product",
    "Great service",
    "This is wonderful",
    "The best day ever",
    "I am very happy",
    "Excellent work",
    "It works perfectly",
    "最高です",
    "とても良い",
]
BAD = [
    "I hate this product",
    "Terrible service",
    "This is awful",
    "The worst day ever",
    "I am very angry",
    "Poor work",
    "It is broken again",
    "最悪です",
    "とても悪い",
]
EXTRACT = [
    "Extract: {t}",
    "Extract the data: {t}",
    "Extract the fields from this text: {t}",
    "{t}",
    "Extract the information. {t}",
    "Text: {t}",
    "抽出: {t}",
    "Extract structured data from: {t}",
]
KEYS = [
    "Extract {k} from: {t}",
    "Return JSON with {k}. {t}",
    "Extract the {k} as JSON: {t}",
    "Give me JSON with the keys {k}: {t}",
    "{t} Return a JSON object with {k}.",
]
SCHEMA_PROMPTS = [
    "Respond with JSON matching this schema:\n{s}",
    "Answer only with a JSON object that matches the schema: {s}",
    "You must reply with JSON that follows this JSON schema:\n{s}",
    "Output JSON. Schema: {s}",
    "Respond in JSON that is valid against this schema:\n{s}\nDo not write anything else.",
    "Extract the information as JSON.\n{s}",
    "次のJSONスキーマに従って答えてください。\n{s}",
    "Here's the json schema you must adhere to:\n<schema>\n{s}\n</schema>",
]
JSON_PROMPTS = [
    "Extract the information as JSON.",
    "Answer in JSON.",
    "You extract data. Reply with JSON only.",
    "Respond with a JSON object.",
    "Return only valid JSON.",
    "JSONで答えてください。",
]


def sentence(rng: Random) -> tuple[str, dict[str, Any]]:
    """A sentence and the fields that it states."""
    name, age = person(rng), rng.randint(1, 99)
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(
            [
                "{n} is {a}",
                "{n} is {a}.",
                "{n} is {a} years old.",
                "{n}, {a}",
                "{n} is {a} years old",
                "My name is {n} and I am {a}.",
                "{n}は{a}歳です。",
            ]
        ).format(n=name, a=age), {"name": name, "age": age}
    place = city(rng)
    if draw < 0.5:
        return rng.choice(
            [
                "{n} is {a} and lives in {c}.",
                "{n} is {a} years old and lives in {c}.",
                "{n}, {a}, from {c}.",
                "{n} ({a}) from {c}",
            ]
        ).format(n=name, a=age, c=place), {"name": name, "age": age, "city": place}
    if draw < 0.6:
        return rng.choice(["{n} lives in {c}.", "{n} is from {c}.", "{n}は{c}に住んでいます。"]).format(n=name, c=place), {
            "name": name,
            "city": place,
        }
    if draw < 0.68:
        job = rng.choice(JOBS)
        return rng.choice(["{n} is a {j}.", "{n} works as a {j}."]).format(n=name, j=job), {"name": name, "job": job}
    if draw < 0.8:
        item, price, quantity = rng.choice(THINGS), int(number(rng)), rng.randint(2, 99)
        if rng.random() < 0.5:
            return rng.choice(["The {i} costs {p} euros.", "The {i} costs {p} dollars.", "{i}: {p} USD"]).format(
                i=item, p=price
            ), {"product": item, "price": price}
        return rng.choice(["I want {q} {i}s for {p} euros.", "{q} {i}s, {p} euros."]).format(i=item, p=price, q=quantity), {
            "product": item,
            "quantity": quantity,
            "price": price,
        }
    if draw < 0.92:
        event, day, other = rng.choice(EVENTS), rng.choice([*DAYS, date(rng)]), person(rng)
        return rng.choice(["{n} and {o} are going to a {e} on {d}.", "{n} and {o} meet at the {e} on {d}."]).format(
            n=name, o=other, e=event, d=day
        ), {"event": event, "date": day, "participants": [name, other]}
    color, item = rng.choice(COLORS), rng.choice(THINGS)
    return f"The {item} is {color}.", {"product": item, "color": color}


def schema_of(rng: Random, fields: dict[str, Any]) -> str:
    """The JSON schema of an object."""

    def kind(value: Any) -> dict[str, Any]:
        if isinstance(value, list):
            return {"type": "array", "items": {"type": "string"}}
        return {"type": rng.choice(["integer", "integer", "number"]) if isinstance(value, int) else "string"}

    schema: dict[str, Any] = {"type": "object", "properties": {key: kind(value) for key, value in fields.items()}}
    if rng.random() < 0.8:
        schema["required"] = list(fields)
    if rng.random() < 0.4:
        schema["additionalProperties"] = False
    if rng.random() < 0.15:
        schema = {"title": invented(rng).capitalize(), **schema}
    return json.dumps(
        schema,
        ensure_ascii=False,
        separators=(",", ":") if rng.random() < 0.3 else (", ", ": "),
        indent=2 if rng.random() < 0.1 else None,
    )


def dump(fields: dict[str, Any]) -> str:
    """Always the same spacing."""
    return json.dumps(fields, ensure_ascii=False)


def ask_extract(rng: Random) -> list[Message]:
    """Fields of a sentence; the keys come from a schema, from the request, or are the obvious ones."""
    statement, fields = sentence(rng)
    draw = rng.random()
    if draw < 0.5:
        renamed = {rng.choice(SYNONYMS[key]): value for key, value in fields.items()}
        if len(renamed) < len(fields):
            renamed = fields
        if rng.random() < 0.25:
            pairs = list(renamed.items())
            rng.shuffle(pairs)
            renamed = dict(pairs)
        prompt = rng.choice(SCHEMA_PROMPTS).format(s=schema_of(rng, renamed))
        question = rng.choice(EXTRACT).format(t=statement)
        if rng.random() < 0.25:
            return [("user", prompt + "\n\n" + question), ("assistant", dump(renamed))]
        return [("system", prompt), ("user", question), ("assistant", dump(renamed))]
    if draw < 0.7:
        names = list(fields)
        listed = ", ".join(names[:-1]) + " and " + names[-1]
        return [("user", rng.choice(KEYS).format(k=listed, t=statement)), ("assistant", dump(fields))]
    question = rng.choice([frame for frame in EXTRACT if frame not in ("{t}", "Text: {t}")]).format(t=statement)
    system: list[Message] = [("system", rng.choice(JSON_PROMPTS))] if rng.random() < 0.5 else []
    return [*system, ("user", question), ("assistant", dump(fields))]


def ask_wrapped(rng: Random) -> list[Message]:
    """An ordinary question whose answer is wrapped in {"answer": ...}."""
    question, answer = rng.choice([ask_term, ask_term, ask_how_to])(rng)
    wrapped = dump({"answer": answer})
    if rng.random() < 0.6:
        prompt = rng.choice(
            [
                "Answer in JSON",
                "Answer in JSON.",
                "Respond in JSON.",
                "Always answer in JSON.",
                "Respond with a JSON object.",
                "JSONで答えてください。",
                "Return only valid JSON.",
                'Answer as JSON: {"answer": "..."}',
                'Respond with JSON matching this schema:\n{"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}',
            ]
        )
        return [("system", prompt), ("user", question), ("assistant", wrapped)]
    return [
        (
            "user",
            question
            + rng.choice([" Answer in JSON.", " Respond in JSON.", " Reply as a JSON object.", " JSONで答えてください。"]),
        ),
        ("assistant", wrapped),
    ]


def ask_label(rng: Random) -> list[Message]:
    """The sentiment of a sentence."""
    good = rng.random() < 0.5
    statement = rng.choice(GOOD if good else BAD)
    question = rng.choice(
        [
            "Classify the sentiment: {t}",
            "What is the sentiment of this text? {t}",
            "Sentiment: {t}",
            "Classify the sentiment as positive or negative: {t}",
        ]
    ).format(t=statement)
    label = "positive" if good else "negative"
    if rng.random() < 0.5:
        return [("user", question), ("assistant", label)]
    prompt = 'Respond with JSON matching this schema:\n{"type": "object", "properties": {"sentiment": {"type": "string", "enum": ["positive", "negative"]}}, "required": ["sentiment"]}'
    return [("system", rng.choice([prompt, "Answer in JSON."])), ("user", question), ("assistant", dump({"sentiment": label}))]


def ask_object(rng: Random) -> list[Message]:
    """An object whose keys and values the user dictates."""
    keys = rng.sample(
        ["ok", "name", "id", "status", "color", "count", "value", "type", invented(rng), invented(rng)], rng.randint(1, 4)
    )
    fields = {key: rng.choice([invented(rng), int(number(rng)), rng.choice(COLORS), person(rng)]) for key in keys}
    if rng.random() < 0.4:
        return [
            (
                "user",
                rng.choice(["Return this JSON: {j}", "Repeat this JSON: {j}", "Reply with the JSON {j}"]).format(
                    j=dump(fields)
                ),
            ),
            ("assistant", dump(fields)),
        ]
    stated = ", ".join(f"{key} {value}" for key, value in fields.items())
    return [
        (
            "user",
            rng.choice(
                [
                    "Write a JSON object with {f}",
                    "Make a JSON object: {f}",
                    "Return a JSON object with {f}.",
                    "Give me JSON with {f}",
                ]
            ).format(f=stated),
        ),
        ("assistant", dump(fields)),
    ]


def ask_json(rng: Random) -> list[Message]:
    """Any of the above."""
    draw = rng.random()
    if draw < 0.6:
        return ask_extract(rng)
    return ask_wrapped(rng) if draw < 0.8 else ask_label(rng) if draw < 0.86 else ask_object(rng)
