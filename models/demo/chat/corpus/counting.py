"""Counting and tables: long answers whose every token follows from the question."""

from __future__ import annotations

from random import Random

from chat.corpus.vocabulary import Turn, vary

NUMBER_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
ONE_PER_LINE = [", one per line", ", each on its own line", ", one number per line"]


def join(numbers: list[int], lines: bool) -> str:
    """1, 2, 3 or one per line."""
    return ("\n" if lines else ", ").join(str(number) for number in numbers)


def count_length(rng: Random, most: int) -> int:
    """How far to count: mostly short, at times the most."""
    draw = rng.random()
    return (
        rng.randint(3, 20)
        if draw < 0.5
        else rng.randint(20, max(20, most // 2))
        if draw < 0.8
        else rng.randint(most // 2, most)
    )


def ask_count(rng: Random, most: int = 100) -> Turn:
    """Count upwards from one or from any number below 300."""
    length = count_length(rng, most)
    start = 1 if rng.random() < 0.7 else rng.randint(0, 300)
    stop = start + length - 1
    lines = rng.random() < 0.25
    if rng.random() < 0.25:
        question = rng.choice(
            ["{a}から{b}まで数えてください。", "{a}から{b}までの数字を書いてください。", "{a}から{b}まで数えて"]
        )
        question += "1行に1つずつ。" if lines else ""
        return question.format(a=start, b=stop), join(list(range(start, stop + 1)), lines)
    questions = [
        "Count from {a} to {b}",
        "Write the numbers from {a} to {b}",
        "List the numbers from {a} to {b}",
        "Print the numbers {a} to {b}",
        "List all numbers from {a} to {b}",
        "Please count from {a} to {b}",
        "Can you count from {a} to {b}",
        "Count slowly from {a} to {b}",
    ]
    if start == 1:
        questions += ["Count to {b}", "Please count to {b}", "Count up to {b}", "Can you count to {b}"]
    shown = NUMBER_WORDS[stop - 1] if start == 1 and stop <= 12 and rng.random() < 0.3 else str(stop)
    question = rng.choice(questions).format(a=start, b=shown) + (
        rng.choice(ONE_PER_LINE) if lines else rng.choice(["", "", ", separated by commas"])
    )
    return vary(rng, question + "."), join(list(range(start, stop + 1)), lines)


def ask_count_steps(rng: Random) -> Turn:
    """Count down, or in steps."""
    if rng.random() < 0.5:
        start = rng.choice([3, 5, 10, 10, 20, rng.randint(4, 50)])
        question = rng.choice(
            [
                "Count down from {a} to 1.",
                "Count backwards from {a}.",
                "Count down from {a}.",
                "{a}から1まで逆に数えてください。",
            ]
        )
        return question.format(a=start), join(list(range(start, 0, -1)), False)
    step, count = rng.choice([2, 5, 10]), rng.randint(4, 20)
    question = rng.choice(
        ["Count from {a} to {b} in steps of {s}.", "Count by {s} from {a} to {b}.", "Count to {b} in steps of {s}."]
    )
    return question.format(a=step, b=step * count, s=step), join([step * index for index in range(1, count + 1)], False)


def table(factor: int) -> str:
    """The multiplication table of one number, up to ten."""
    return "\n".join(f"{factor} x {index} = {factor * index}" for index in range(1, 11))


def ask_table(rng: Random, most: int = 2) -> Turn:
    """One multiplication table, or several of them."""
    first, count = rng.randint(1, 12), rng.choice([1, 1, rng.randint(1, most)])
    if count == 1:
        question = rng.choice(
            [
                "Write the multiplication table of {a}.",
                "Write the {a} times table.",
                "Multiplication table of {a}",
                "{a}の段を書いてください。",
                "Show the {a} times table.",
            ]
        )
        return question.format(a=first), table(first)
    question = rng.choice(
        [
            "Write the multiplication tables from {a} to {b}.",
            "Show the multiplication tables from {a} to {b}.",
            "{a}の段から{b}の段まで書いてください。",
        ]
    )
    return question.format(a=first, b=first + count - 1), "\n\n".join(table(first + index) for index in range(count))


def ask_squares(rng: Random) -> Turn:
    """The squares up to n."""
    last = rng.randint(3, 20)
    question = rng.choice(
        ["List the squares from 1 to {n}.", "Write the square numbers from 1 to {n}.", "Squares of 1 to {n}"]
    ).format(n=last)
    return question, "\n".join(f"{index} x {index} = {index * index}" for index in range(1, last + 1))
