"""The text that the embedding model learns from: this project's documents, the comments of its code, its screens."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chat.corpus.how_tos import HOW_TOS
from chat.corpus.terms import TERMS

ROOT = Path(__file__).resolve().parents[3]
CODE_FOLDERS = ("apps", "packages")
SCREENS = ROOT / "apps/console/web/i18n/messages"
HEADING = re.compile(r"#+ ")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`*\[])|(?<=[。！？])")
COMMENT = re.compile(r"/\*\*(.*?)\*/", re.DOTALL)
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
LEAST_LETTERS = 12


@dataclass(frozen=True)
class Passage:
    """Sentences that stand together, with the heading above them. Passages of one key say the same."""

    heading: str
    sentences: tuple[str, ...]
    key: str

    @property
    def japanese(self) -> bool:
        """Whether it is mostly written in Japanese."""
        return is_japanese("".join(self.sentences))


def is_japanese(text: str) -> bool:
    """Names of products stand in Latin letters in Japanese text too, so a fifth is enough."""
    return len(JAPANESE.findall(text)) * 5 > len(text)


def sentences_of(lines: list[str]) -> tuple[str, ...]:
    """Sentences of running text; rows of tables, items of lists and lines of code are sentences of their own."""
    parts: list[str] = []
    code, joined = False, ""
    for line in [*lines, ""]:
        plain = line.strip()
        alone = code or plain.startswith(("|", "- ", "```", "    ")) or not plain
        if alone and joined:
            parts += SENTENCE_END.split(joined)
            joined = ""
        if plain.startswith("```"):
            code = not code
        elif plain.startswith("- ") and not code:
            joined = plain[2:]
        elif alone:
            cells = [cell.strip() for cell in plain.strip("|").split("|")]
            parts.append(" ".join(cells) if plain.strip("|-: ") else "")
        elif is_japanese(joined) and joined and is_japanese(plain):
            joined += plain
        else:
            joined += (" " if joined else "") + plain
    return tuple(part.strip() for part in parts if part.strip())


def sections(path: Path, key: str) -> list[Passage]:
    """What stands between one heading of a Markdown file and the next."""
    found: list[tuple[str, list[str]]] = [("", [])]
    code = False
    for line in path.read_text().splitlines():
        code ^= line.startswith("```")
        if HEADING.match(line) and not code:
            found.append((line.lstrip("# "), []))
        else:
            found[-1][1].append(line)
    passages = [(heading, sentences_of(lines)) for heading, lines in found]
    return [
        Passage(heading, sentences, f"{key}#{number}") for number, (heading, sentences) in enumerate(passages) if sentences
    ]


def documents(left_out: tuple[str, ...]) -> list[Passage]:
    """Sections of all Markdown files. A file and its translation have the same sections, and so the same keys."""
    passages: list[Passage] = []
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("models/*/*.md")]):
        name = path.relative_to(ROOT).as_posix()
        if name not in left_out:
            passages += sections(path, name.replace(".ja.md", ".md"))
    return passages


def comments() -> list[Passage]:
    """What the comments of the code say."""
    passages: list[Passage] = []
    for folder in CODE_FOLDERS:
        for path in sorted((ROOT / folder).glob("**/*.ts*")):
            if "node_modules" in path.parts:
                continue
            for number, comment in enumerate(COMMENT.findall(path.read_text())):
                sentences = sentences_of([re.sub(r"^\s*\* ?", "", line) for line in comment.splitlines()])
                if len(" ".join(sentences)) >= LEAST_LETTERS * 4:
                    heading = path.stem.replace("-", " ")
                    passages.append(Passage(heading, sentences, f"{path.relative_to(ROOT).as_posix()}#{number}"))
    return passages


def strings(content: Any, path: str) -> dict[str, str]:
    """All texts of a JSON object by their place."""
    if isinstance(content, str):
        return {path: content}
    if isinstance(content, dict):
        return {key: text for name, value in content.items() for key, text in strings(value, f"{path}.{name}").items()}
    return {}


def screens() -> list[Passage]:
    """What the console says in English, and the same in Japanese under the same key."""
    passages: list[Passage] = []
    for language in ("en", "ja"):
        for path in sorted((SCREENS / language).glob("*.json")):
            for key, text in strings(json.loads(path.read_text()), path.stem).items():
                if len(text) >= LEAST_LETTERS // 2:
                    passages.append(Passage("", (text,), f"screen:{key}"))
    return passages


def terms() -> list[Passage]:
    """The definitions and instructions of the chat model's corpus, in both languages."""
    return [
        Passage("", (text,), f"term:{term.name}") for term in TERMS for text in (term.english, term.japanese)
    ] + [
        Passage("", (text,), f"how-to:{number}")
        for number, how_to in enumerate(HOW_TOS)
        for text in (how_to.english, how_to.japanese)
    ]


def all_passages(left_out: tuple[str, ...] = ()) -> list[Passage]:
    """Everything, without the Markdown files that are left out."""
    return documents(left_out) + comments() + screens() + terms()
