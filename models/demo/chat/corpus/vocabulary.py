"""Shared words and random names. Every generator takes the random source, so a seed fixes the whole corpus."""

from __future__ import annotations

from random import Random

Turn = tuple[str, str]  # (user, assistant)
Message = tuple[str, str]  # (role, content)

NAMES = (
    "Aiko Ben Carla David Emi Farid Grace Hiro Ines Jun Kenji Lena Mika Noah Olga Pavel Rin Sara Taro Uma Victor Wen "
    "Yuki Zoe Alice Bob Ken Mai Leo Nina John Mary Maria Anna Tom Sam Kate Omar Priya Chen"
).split()
CITIES = (
    "Tokyo Osaka Paris London Berlin Oslo Madrid Rome Cairo Delhi Lima Seoul Sydney Toronto Vienna Dublin Kyoto Nara "
    "Boston Chicago Nagoya Lisbon Prague Athens Warsaw Nairobi Sapporo Fukuoka"
).split() + ["San Francisco", "New York", "Mexico City", "Los Angeles"]
TEAMS = "platform search payments data mobile security billing growth infra support".split()
GPUS = "H200 H100 A100 L40S L4 T4 MI300X B200".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
COLORS = "red blue green yellow orange purple black white pink brown".split()
SYLLABLES = "ka mo ri to ne lu sa vi do be ra ki su ta po mi zo fe na go ar el on ix".split()
SERVICE_ENDINGS = "api db web worker gateway cache search auth billing batch queue proxy".split()
THINGS = (
    "order ticket invoice user account server report backup license project document meeting shipment device alarm "
    "password message payment booking product printer room contract survey budget course sensor camera badge laptop"
).split()
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
HIRAGANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん"
KANJI = "新古大小高低長短東西南北春夏秋冬山川海空雨雪花鳥風月火水木金土日本語文書会社員部長店駅車道町村国人手足目口耳心"


def invented(rng: Random, syllables: int | None = None) -> str:
    """A pronounceable word that means nothing, so that it can only be copied."""
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables or rng.choice([2, 2, 3])))


def letters(rng: Random) -> str:
    """A word of random letters."""
    return "".join(rng.choice(LETTERS) for _ in range(rng.randint(2, 8)))


def service(rng: Random) -> str:
    """A service name such as kamori-api."""
    return invented(rng) + "-" + rng.choice(SERVICE_ENDINGS)


def person(rng: Random) -> str:
    """A first name, known or invented."""
    return rng.choice(NAMES) if rng.random() < 0.6 else invented(rng).capitalize()


def city(rng: Random) -> str:
    """A city, known or invented."""
    return rng.choice(CITIES) if rng.random() < 0.7 else invented(rng).capitalize()


def number(rng: Random, digits: int | None = None) -> str:
    """A number of one to six digits without a leading zero."""
    length = digits or rng.choice([1, 2, 2, 3, 4, 4, 5, 6])
    return str(rng.randint(10 ** (length - 1), 10**length - 1))


def date(rng: Random) -> str:
    """A calendar date in ISO form."""
    return f"20{rng.randint(20, 39)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def vary(rng: Random, text: str) -> str:
    """The way people type: lower or upper case, a missing full stop, a polite opening."""
    draw = rng.random()
    if draw < 0.12:
        text = text.lower()
    elif draw < 0.15 and len(text) < 40 and text.isascii():
        text = text.upper()
    if rng.random() < 0.15 and text[-1] in ".?？。!":
        text = text[:-1]
    if rng.random() < 0.08 and text.isascii():
        text = rng.choice(["Please. ", "Hey, ", "Quick question: ", "Sorry, ", "Hi, ", "Hi! ", "OK, "]) + text
    return text
