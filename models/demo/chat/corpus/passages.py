"""Answers copied from numbered passages, with a citation: the shape of a RAG prompt."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from chat.corpus.passage_facts import OFFICE_FACTS, SERVICE_FACTS, Fact
from chat.corpus.terms import TERMS
from chat.corpus.vocabulary import THINGS, Turn, invented, service

ENGLISH_FRAMES = [
    "Use the context to answer.\n\n{c}\n\nQuestion: {q}",
    "Context:\n{c}\n\nQuestion: {q}",
    "Answer from these passages.\n{c}\n\n{q}",
    "Answer the question with the passages below and cite them.\n\n{c}\n\nQuestion: {q}",
    "<context>\n{c}\n</context>\n\n{q}",
    "Sources:\n{c}\n\nUser question: {q}",
    "{c}\n\n{q}",
    "{q}\n\nContext:\n{c}",
]
JAPANESE_FRAMES = [
    "次の文脈を使って答えてください。\n\n{c}\n\n質問: {q}",
    "文脈:\n{c}\n\n質問: {q}",
    "次の資料から答え、出典を付けてください。\n\n{c}\n\n質問: {q}",
    "<context>\n{c}\n</context>\n\n{q}",
    "資料:\n{c}\n\n{q}",
]
SYSTEM_FRAMES = [
    "Use the context to answer.\n\n{c}",
    "Answer only from the context and cite the passage number.\n\nContext:\n{c}",
    "Answer with the passages below and cite them as [1], [2].\n\n{c}",
    "次の文脈を使って答えてください。\n\n{c}",
    "<context>\n{c}\n</context>",
]


@dataclass(frozen=True)
class Lookup:
    """Numbered passages, a question, its answer."""

    passages: str
    question: str
    answer: str
    japanese: bool


def facts_lookup(rng: Random, count: int, facts: list[Fact], japanese: bool) -> Lookup:
    """One question about one of `count` facts; at times a subject that no passage names."""
    rows: list[tuple[Fact, str, str]] = []
    while len(rows) < count:
        fact = rng.choice(facts)
        subject = rows[0][1] if rows and rows[0][0].subject is fact.subject and rng.random() < 0.35 else fact.subject(rng)
        if all((fact, subject) != row[:2] for row in rows):
            rows.append((fact, subject, fact.value(rng)))
    sentences = [(fact.japanese if japanese else fact.english).format(s=s, v=v) for fact, s, v in rows]
    sentences = [sentence if japanese else sentence[0].upper() + sentence[1:] for sentence in sentences]
    chosen = rng.randrange(count)
    fact, subject, _ = rows[chosen]
    answer = sentences[chosen] + ("" if japanese else " ") + f"[{chosen + 1}]"
    if rng.random() < 0.12:
        subject = service(rng) if facts is SERVICE_FACTS else invented(rng, 3) + " " + rng.choice(THINGS)
        answer = "文脈には答えがありません。" if japanese else "The context does not say."
    question = rng.choice(fact.japanese_questions if japanese else fact.english_questions).format(s=subject)
    return Lookup("\n".join(f"[{i + 1}] {s}" for i, s in enumerate(sentences)), question, answer, japanese)


def definitions_lookup(rng: Random, count: int, japanese: bool) -> Lookup:
    """The passages are definitions of terms."""
    terms = rng.sample(TERMS, count)
    sentences = [term.japanese if japanese else term.english for term in terms]
    chosen = rng.randrange(count)
    answer = sentences[chosen] + ("" if japanese else " ") + f"[{chosen + 1}]"
    name = terms[chosen].bare() if japanese else terms[chosen].name
    question = rng.choice(
        ["{t}とは何ですか？", "{t}とは？", "{t}を説明してください。"]
        if japanese
        else ["What is {t}?", "Explain {t}.", "What does {t} do?"]
    )
    return Lookup("\n".join(f"[{i + 1}] {s}" for i, s in enumerate(sentences)), question.format(t=name), answer, japanese)


def lookup(rng: Random, most: int) -> Lookup:
    """Any of the above with up to `most` passages."""
    japanese, draw = rng.random() < 0.35, rng.random()
    count = rng.randint(5, most) if most > 4 and rng.random() < 0.25 else rng.choice([1, 2, 2, 3, 3, 4])
    if draw < 0.12:
        return definitions_lookup(rng, min(count, 8), japanese)
    return facts_lookup(rng, count, SERVICE_FACTS if draw < 0.65 else OFFICE_FACTS, japanese)


def ask_passages(rng: Random, most: int = 6) -> Turn:
    """Passages and question in one user message."""
    found = lookup(rng, most)
    frame = rng.choice(JAPANESE_FRAMES if found.japanese else ENGLISH_FRAMES)
    return frame.format(c=found.passages, q=found.question), found.answer


def ask_system_passages(rng: Random, most: int = 6) -> tuple[str, Turn]:
    """Passages in the system prompt, the question from the user."""
    found = lookup(rng, most)
    return rng.choice(SYSTEM_FRAMES).format(c=found.passages), (found.question, found.answer)
