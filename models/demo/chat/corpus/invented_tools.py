"""Functions with random names and parameters, so that a call can only be read off the schema and the request."""

from __future__ import annotations

from random import Random

from chat.corpus.known_tools import email, place
from chat.corpus.tool_shapes import Parameter, Tool, amount, choice, text, whole
from chat.corpus.vocabulary import (
    THINGS,
    city,
    date,
    invented,
    letters,
    number,
    person,
    service,
)

VERBS = "get find create delete update list check send start stop show open close count read move cancel lock approve archive".split()
ADJECTIVES = "new old open late daily urgent monthly internal public current".split()


def invented_parameter(rng: Random) -> Parameter:
    """Any parameter a function might take."""
    name = rng.choice(
        [
            "id",
            "name",
            "user",
            "city",
            "date",
            "limit",
            "count",
            "size",
            "path",
            "key",
            "status",
            "priority",
            "email",
            "code",
            "team",
            "amount",
            "location",
            "title",
            "query",
            "region",
            "version",
            "verbose",
            "force",
            invented(rng),
        ]
    )
    if name in ("id", "limit", "count", "size"):
        return whole(name, 1, rng.choice([9, 99, 9999]))
    if name == "amount":
        return amount(name)
    if name in ("verbose", "force"):
        return Parameter(name, "boolean", lambda draw: draw.random() < 0.5)
    if name in ("status", "priority", "region"):
        pool = {
            "status": ["open", "closed", "pending", "done"],
            "priority": ["low", "medium", "high", "urgent"],
            "region": ["east", "west", "north", "south"],
        }[name]
        return choice(name, rng.sample(pool, rng.randint(2, 4)))
    drawers = {"city": city, "location": place, "date": date, "email": email, "user": person, "name": person}
    return text(name, drawers.get(name, lambda draw: draw.choice([invented(draw), service(draw), number(draw), letters(draw)])))


def invented_tool(rng: Random) -> Tool:
    """A function with a random name and one to four parameters."""
    verb, thing = rng.choice(VERBS), rng.choice(THINGS) if rng.random() < 0.6 else invented(rng)
    words = [verb, *([rng.choice(ADJECTIVES)] if rng.random() < 0.2 else []), thing]
    style = rng.random()
    name = (
        "_".join(words)
        if style < 0.65
        else words[0] + "".join(w.capitalize() for w in words[1:])
        if style < 0.9
        else "-".join(words)
    )
    parameters = list({p.name: p for p in (invented_parameter(rng) for _ in range(rng.choice([1, 1, 2, 2, 3, 4])))}.values())
    if len(parameters) > 1 and rng.random() < 0.3:
        last = parameters[-1]
        parameters[-1] = Parameter(last.name, last.kind, last.draw, last.choices, last.description, False)
    needed = [parameter for parameter in parameters if parameter.required or rng.random() < 0.5]
    frames = [("{n} {{{n}}}", " and "), ("{n}={{{n}}}", ", "), ("{n}: {{{n}}}", ", "), ("{n} is {{{n}}}", ", ")]
    frame, glue = rng.choice(frames)
    details = glue.join(frame.format(n=parameter.name) for parameter in needed)
    spoken = " ".join(words)
    requests = [
        f"{spoken.capitalize()} with {details}",
        f"Please {spoken}: {details}",
        f"Call {name} with {details}.",
        f"{spoken} {details}",
        f"{name}を呼んで: {details}",
        f"Use {name} ({details})",
    ]
    return Tool(name, f"{verb.capitalize()} the {' '.join(words[1:])}", parameters, requests)
