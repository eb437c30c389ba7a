"""Export trained weights of the chat model as the GGUF file that the product ships."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from network.decoder import LanguageModel
from network.export_gguf import export_model
from network.tokenizer import Tokenizer

NAME = "kumiki-demo-chat"
CONTEXT = 2048


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--format", choices=["f32", "f16", "q8_0"], default="q8_0")
    parser.add_argument("--context", type=int, default=CONTEXT)
    options = parser.parse_args()
    model = LanguageModel()
    model.load_state_dict(torch.load(options.weights))
    template = options.template.read_text().rstrip("\n")
    size = export_model(
        model, Tokenizer.load(options.tokenizer), template, options.output, NAME, options.context, options.format
    )
    print(options.output, size, "bytes")


if __name__ == "__main__":
    main()
