"""Share of queries whose nearest document is a right one (hit@1), per set of embedding/eval.json, from a GGUF file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from embedding.encoder import encode
from network.load_gguf import load_model
from network.tokenizer import Tokenizer


@torch.no_grad()
def main() -> None:
    """Print one line per set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load_model(options.model), Tokenizer.load(options.model)
    for name, content in json.loads(options.file.read_text()).items():
        documents = encode(model, [tokenizer.encode(text) for text in content["docs"]])
        queries = encode(model, [tokenizer.encode(query) for query, _ in content["q"]])
        nearest = (queries @ documents.t()).argmax(1).tolist()
        hits = sum(found in right for found, (_, right) in zip(nearest, content["q"]))
        print(f"{hits / len(nearest):.2f} {hits:3d}/{len(nearest):<3d} {name}")


if __name__ == "__main__":
    main()
