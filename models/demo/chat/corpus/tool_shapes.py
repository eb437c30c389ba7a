"""What a tool of the corpus is: a function, its parameters, and sentences that call for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A parameter with a way to draw a value; a number stays a number in JSON."""

    name: str
    kind: str
    draw: Callable[[Random], Any]
    choices: list[str] | None = None
    description: str | None = None
    required: bool = True


@dataclass(frozen=True)
class Tool:
    """A function and sentences that call for it, with {parameter} in them."""

    name: str
    description: str
    parameters: list[Parameter]
    requests: list[str]


def text(name: str, draw: Callable[[Random], str], description: str | None = None, required: bool = True) -> Parameter:
    """A string parameter."""
    return Parameter(name, "string", draw, None, description, required)


def choice(name: str, choices: list[str], description: str | None = None, required: bool = True) -> Parameter:
    """A string parameter limited to choices."""
    return Parameter(name, "string", lambda rng: rng.choice(choices), choices, description, required)


def whole(name: str, low: int = 0, high: int = 999, description: str | None = None) -> Parameter:
    """An integer parameter."""
    return Parameter(name, "integer", lambda rng: rng.randint(low, high), None, description)


def amount(name: str) -> Parameter:
    """A number parameter, whole or with decimals."""
    return Parameter(name, "number", lambda rng: rng.randint(1, 999) if rng.random() < 0.6 else rng.randint(10, 9999) / 100)
