"""Write the evaluation sets of the embedding model: {name: {"docs": [text], "q": [[query, [numbers of right documents]]]}}."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from chat.corpus.terms import TERMS
from embedding.queries import OTHER_SUBJECTS, SYNONYM_QUERIES, TERM_QUERIES

EvalSet = dict[str, list[Any]]


def term_set(documents: list[str], queries: list[tuple[str, str]], copies: int) -> EvalSet:
    """Queries about terms; the definitions of term i are documents i * copies and the next ones."""
    first = {term.name: index * copies for index, term in enumerate(TERMS)}
    return {"docs": documents, "q": [[query, list(range(first[name], first[name] + copies))] for query, name in queries]}


def evaluation_sets() -> dict[str, EvalSet]:
    """In-domain in both languages, synonyms, across languages either way, and other subjects."""
    english, japanese = [term.english for term in TERMS], [term.japanese for term in TERMS]
    both = [text for term in TERMS for text in (term.english, term.japanese)]
    return {
        "ind": term_set(both, TERM_QUERIES, 2),
        "syn(en docs)": term_set(english, SYNONYM_QUERIES, 1),
        "xling ja->en": term_set(english, [pair for pair in TERM_QUERIES if not pair[0].isascii()], 1),
        "xling en->ja": term_set(japanese, [pair for pair in TERM_QUERIES if pair[0].isascii()], 1),
        "ood": {
            "docs": [document for document, _ in OTHER_SUBJECTS],
            "q": [[query, [i]] for i, (_, query) in enumerate(OTHER_SUBJECTS)],
        },
    }


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    options.output.write_text(json.dumps(evaluation_sets(), ensure_ascii=False))


if __name__ == "__main__":
    main()
