"""Which conversations the model is trained on, and in which shares."""

from __future__ import annotations

from random import Random

from chat.corpus import facts, questions
from chat.corpus.conversation import ask_echo, remember
from chat.corpus.json_answers import ask_json
from chat.corpus.long_answers import ask_long
from chat.corpus.passages import ask_passages, ask_system_passages
from chat.corpus.system_prompts import random_prompt
from chat.corpus.terms import TERMS
from chat.corpus.tools import ask_tools
from chat.corpus.vocabulary import Message, Turn

PROMPT_SHARE = 0.5
DEVELOPER_SHARE = 0.08


def messages_of(system: str | None, turns: list[Turn], role: str = "system") -> list[Message]:
    """A conversation from its turns."""
    messages: list[Message] = [(role, system)] if system else []
    for question, answer in turns:
        messages += [("user", question), ("assistant", answer)]
    return messages


def maybe_prompt(rng: Random, long: bool) -> tuple[str | None, str]:
    """A system prompt or none, and the role that says it."""
    prompt = random_prompt(rng, 40 if long else 12) if rng.random() < PROMPT_SHARE else None
    return prompt, "developer" if rng.random() < DEVELOPER_SHARE else "system"


def several_turns(rng: Random, count: int, long: bool) -> list[Turn]:
    """Unrelated questions one after another."""
    kinds = [
        questions.ask_term,
        questions.ask_term,
        questions.ask_how_to,
        questions.ask_small_talk,
        questions.ask_unknown,
        ask_echo,
        facts.ask_fact,
        ask_passages,
        ask_long,
    ]
    return [rng.choice(kinds if long else kinds[:7])(rng) for _ in range(count)]


def conversation(rng: Random, long: bool = False) -> list[Message]:
    """One training conversation; `long` allows up to about 1,000 tokens instead of about 400."""
    prompt, role = maybe_prompt(rng, long)
    draw = rng.random()
    if draw < 0.18:
        return ask_tools(rng, prompt)
    if draw < 0.255:
        return ask_json(rng)
    if draw < 0.295:
        system, turn = ask_system_passages(rng, 20 if long else 6)
        return messages_of(f"{prompt}\n\n{system}" if prompt and rng.random() < 0.4 else system, [turn], role)
    if draw < 0.525:
        turns = [ask_passages(rng, 20 if long else 6)]
    elif draw < 0.61:
        turns = [ask_echo(rng)]
    elif draw < 0.655:
        turns = remember(rng)
    elif draw < 0.725:
        turns = [ask_long(rng, 120 if long else 60)]
    elif draw < 0.765:
        turns = [facts.ask_fact(rng)]
    elif draw < 0.81:
        turns = [questions.ask_unknown(rng)]
    elif draw < 0.84:
        turns = [questions.ask_how_to(rng)]
    elif draw < 0.865:
        turns = [questions.ask_small_talk(rng)]
    elif draw < 0.94:
        turns = [questions.ask_term(rng) for _ in range(rng.choice([1, 1, 2]))]
    else:
        turns = several_turns(rng, rng.randint(2, 12 if long else 4), long)
    return messages_of(prompt, turns, role)


def passage(rng: Random) -> str:
    """Plain text without a conversation around it."""
    term = rng.choice(TERMS)
    return rng.choice([term.english, term.japanese])
