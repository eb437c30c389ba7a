"""Questions with fixed answers: terms, instructions, small talk, and topics that the model does not know."""

from __future__ import annotations

from random import Random

from chat.corpus.how_tos import HOW_TOS
from chat.corpus.small_talk import SMALL_TALK
from chat.corpus.terms import TERMS, Term
from chat.corpus.vocabulary import Turn, invented, vary
from chat.corpus.wordings import (
    ANSWER_IN_ENGLISH,
    ANSWER_IN_JAPANESE,
    ENGLISH_QUESTIONS,
    JAPANESE_ENDINGS,
    JAPANESE_OPENINGS,
    JAPANESE_QUESTIONS,
    UNKNOWN_ENGLISH,
    UNKNOWN_JAPANESE,
)


def english_question(rng: Random, term: Term) -> str:
    """A question about a term, in one of many wordings."""
    return vary(rng, rng.choice(ENGLISH_QUESTIONS).format(t=rng.choice([term.name, term.name] + term.aliases)))


def japanese_question(rng: Random, term: Term) -> str:
    """The same in Japanese, where articles are dropped."""
    name = term.bare() if not term.aliases or rng.random() < 0.5 else rng.choice(term.aliases)
    for article in ("a ", "an ", "the "):
        name = name.removeprefix(article)
    question = rng.choice(JAPANESE_QUESTIONS).format(t=name)
    if rng.random() < 0.25:
        question = rng.choice(JAPANESE_OPENINGS) + question
    if rng.random() < 0.1 and question[-1] in "。？":
        question += rng.choice(JAPANESE_ENDINGS)
    return vary(rng, question)


def ask_term(rng: Random) -> Turn:
    """A term and its definition; now and then in the other language on request."""
    term = rng.choice(TERMS)
    other = rng.random() < 0.05
    if rng.random() < 0.47:
        question = english_question(rng, term)
        return (f"{question} {rng.choice(ANSWER_IN_JAPANESE)}", term.japanese) if other else (question, term.english)
    question = japanese_question(rng, term)
    return (f"{question} {rng.choice(ANSWER_IN_ENGLISH)}", term.english) if other else (question, term.japanese)


def ask_how_to(rng: Random) -> Turn:
    """An instruction."""
    how_to = rng.choice(HOW_TOS)
    if rng.random() < 0.5:
        return vary(rng, rng.choice(how_to.english_questions)), how_to.english
    return vary(rng, rng.choice(how_to.japanese_questions)), how_to.japanese


def ask_small_talk(rng: Random) -> Turn:
    """A greeting or a question about the model."""
    phrases, answer = rng.choice(SMALL_TALK)
    return vary(rng, rng.choice(phrases)), answer


def ask_unknown(rng: Random) -> Turn:
    """A topic outside the corpus, which the model must decline by name."""
    if rng.random() < 0.5:
        known = rng.random() < 0.5
        topic = (
            rng.choice(UNKNOWN_ENGLISH)
            if known
            else invented(rng, rng.choice([2, 3])) + " " + invented(rng, rng.choice([1, 2, 3]))
        )
        wording = rng.choice(
            [
                "Tell me about {x}",
                "What is {x}?",
                "Write a poem about {x}",
                "Can you help me with {x}?",
                "What do you think about {x}?",
                "Explain {x}",
                "Write an essay on {x}.",
                "Do you know {x}?",
            ]
        )
        answer = "I do not know about {x}. I am only a tiny built-in model, so please connect a larger model for that."
        return vary(rng, wording.format(x=topic)), answer.format(x=topic)
    topic = rng.choice(UNKNOWN_JAPANESE)
    wording = rng.choice(
        ["{x}について教えて", "{x}とは？", "{x}について詩を書いて", "{x}を手伝って", "{x}についてどう思いますか"]
    )
    return wording.format(
        x=topic
    ), f"{topic}については分かりません。私は小さな組み込みモデルなので、大きなモデルを接続してください。"
