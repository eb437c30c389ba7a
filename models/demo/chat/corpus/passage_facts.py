"""Facts about invented services, things and people, in sentences that a question can ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from chat.corpus.vocabulary import (
    CITIES,
    DAYS,
    GPUS,
    TEAMS,
    THINGS,
    date,
    invented,
    number,
    person,
    service,
)


@dataclass(frozen=True)
class Fact:
    """A sentence about a subject {s} with a value {v}, and questions whose answer is that sentence."""

    subject: Callable[[Random], str]
    value: Callable[[Random], str]
    english: str
    english_questions: list[str]
    japanese: str
    japanese_questions: list[str]


def version(rng: Random) -> str:
    """A version number."""
    return f"{rng.randint(0, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}"


def thing(rng: Random) -> str:
    """Something a company keeps rules about."""
    return rng.choice(THINGS) if rng.random() < 0.5 else f"{invented(rng)} {rng.choice(THINGS)}"


def clock(rng: Random) -> str:
    """A time of day."""
    return f"{rng.randint(6, 21)}:{rng.choice(['00', '15', '30', '45'])}"


SERVICE_FACTS = [
    Fact(
        service,
        lambda rng: str(rng.randint(1000, 9999)),
        "The {s} service listens on port {v}.",
        ["Which port does {s} use?", "What port does {s} listen on?", "port of {s}?", "{s} port"],
        "{s}サービスはポート{v}で待ち受けます。",
        ["{s}のポートは？", "{s}はどのポートを使いますか"],
    ),
    Fact(
        service,
        lambda rng: rng.choice(TEAMS),
        "The {s} service is owned by the {v} team.",
        ["Who owns {s}?", "Which team owns {s}?", "Which team is responsible for {s}?"],
        "{s}サービスの担当は{v}チームです。",
        ["{s}の担当チームは？", "{s}の担当は誰ですか"],
    ),
    Fact(
        service,
        lambda rng: rng.choice(CITIES),
        "The {s} service runs in {v}.",
        ["Where does {s} run?", "In which city does {s} run?", "Where is {s} hosted?"],
        "{s}サービスは{v}で動いています。",
        ["{s}はどこで動いていますか", "{s}の場所は？"],
    ),
    Fact(
        service,
        lambda rng: str(rng.randint(2, 40)),
        "The {s} service has {v} replicas.",
        ["How many replicas does {s} have?", "How many copies of {s} run?"],
        "{s}サービスのレプリカ数は{v}です。",
        ["{s}のレプリカ数は？", "{s}は何台ですか"],
    ),
    Fact(
        service,
        lambda rng: rng.choice(GPUS),
        "The {s} service uses {v} GPUs.",
        ["Which GPU does {s} use?", "What GPUs does {s} need?"],
        "{s}サービスは{v}を使います。",
        ["{s}のGPUは何ですか", "{s}はどのGPUを使いますか"],
    ),
    Fact(
        service,
        version,
        "The {s} service is at version {v}.",
        ["Which version of {s} is deployed?", "What version is {s}?"],
        "{s}サービスのバージョンは{v}です。",
        ["{s}のバージョンは？"],
    ),
]
OFFICE_FACTS = [
    Fact(
        thing,
        lambda rng: number(rng),
        "The {s} costs {v} euros.",
        ["How much is the {s}?", "What does the {s} cost?", "price of the {s}?"],
        "{s}の値段は{v}円です。",
        ["{s}はいくらですか", "{s}の値段は？"],
    ),
    Fact(
        thing,
        lambda rng: str(rng.randint(2, 99)),
        "The {s} is kept for {v} days.",
        ["How long is the {s} kept?", "For how many days is the {s} kept?"],
        "{s}は{v}日間保管します。",
        ["{s}の保管期間は？", "{s}は何日間保管しますか"],
    ),
    Fact(
        person,
        lambda rng: rng.choice(CITIES),
        "{s} works in {v}.",
        ["Where does {s} work?", "In which city does {s} work?"],
        "{s}さんは{v}で働いています。",
        ["{s}さんはどこで働いていますか", "{s}さんの勤務地は？"],
    ),
    Fact(
        person,
        lambda rng: number(rng, 4),
        "The extension of {s} is {v}.",
        ["What is the extension of {s}?", "How do I call {s}?"],
        "{s}さんの内線は{v}です。",
        ["{s}さんの内線は？", "{s}さんの内線番号を教えて"],
    ),
    Fact(
        thing,
        person,
        "{v} approves every {s}.",
        ["Who approves the {s}?", "Who has to approve a {s}?"],
        "{s}は{v}さんが承認します。",
        ["{s}は誰が承認しますか", "{s}の承認者は？"],
    ),
    Fact(
        lambda rng: rng.choice(TEAMS),
        lambda rng: f"{rng.choice(DAYS)} at {clock(rng)}",
        "The {s} team meets on {v}.",
        ["When does the {s} team meet?", "When is the {s} meeting?"],
        "{s}チームの会議は{v}です。",
        ["{s}チームの会議はいつ？", "{s}の会議の日時は？"],
    ),
    Fact(
        thing,
        date,
        "The {s} must be finished by {v}.",
        ["When must the {s} be finished?", "What is the deadline of the {s}?"],
        "{s}の締め切りは{v}です。",
        ["{s}の締め切りは？", "{s}はいつまでですか"],
    ),
]
