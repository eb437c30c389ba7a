"""Make a demo model from its corpus, stage by stage: `python3 make.py chat` or `python3 make.py embedding`.

    chat       1. continue from the published GGUF (or from random weights with --from-scratch)   59 min on one thread
               2. export the weights as Q8_0
               3. evaluate the published and the new file on both evaluation sets                  2 min
    embedding  1. train the tokenizer on the project's text                                        1 min
               2. train from random weights and export as Q8_0                                     18 min on one thread
               3. evaluate the published and the new file

Everything is written to build/; the published files are replaced by hand once the new ones are better. Each stage is
a module of its own with --help. The chat model's tokenizer (chat/train_tokenizer.py) and the evaluation sets (chat/make_eval.py,
embedding/make_eval.py) are published files that no stage rewrites.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE / "build"
TOKENIZER = HERE / "chat" / "tok.json"
TEMPLATE = HERE / "chat" / "template.jinja"
CHAT = HERE / "chat" / "kumiki-demo-chat.gguf"
EMBEDDING = HERE / "embedding" / "kumiki-demo-embedding.gguf"


def stage(module: str, **options: object) -> None:
    """Run one module with `--name value` options, and stop if it fails."""
    command = [sys.executable, "-m", module]
    for name, value in options.items():
        command += ["--" + name, *(map(str, value) if isinstance(value, list) else [str(value)])]
    print("==", " ".join(command[2:]), flush=True)
    subprocess.run(command, cwd=HERE, check=True)


def make_chat(minutes: float, threads: int, from_scratch: bool) -> None:
    """Train, export, evaluate."""
    weights, output = BUILD / "chat.pt", BUILD / CHAT.name
    start = {} if from_scratch else {"start": CHAT}
    stage("chat.train", tokenizer=TOKENIZER, output=weights, minutes=minutes, threads=threads, **start)
    stage("chat.export", weights=weights, tokenizer=TOKENIZER, template=TEMPLATE, output=output)
    evaluation = [HERE / "chat" / "evaluation" / name for name in ("v1.json", "v2.json")]
    for model in (CHAT, output):
        stage("chat.evaluate", model=model, tokenizer=TOKENIZER, files=evaluation)


def make_embedding(minutes: float, threads: int) -> None:
    """Tokenizer, training and export, evaluation."""
    output, tokenizer = BUILD / EMBEDDING.name, BUILD / "embedding-tok.json"
    stage("embedding.train_tokenizer", output=tokenizer)
    stage("embedding.train", tokenizer=tokenizer, template=TEMPLATE, output=output, minutes=minutes, threads=threads)
    for model in (EMBEDDING, output):
        stage("embedding.evaluate", model=model, file=HERE / "embedding" / "eval.json")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["chat", "embedding"])
    parser.add_argument("--minutes", type=float, help="training time; 59 for chat, 18 for embedding")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--from-scratch", action="store_true", help="chat: start from random weights")
    options = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    if options.model == "chat":
        make_chat(options.minutes or 59, options.threads, options.from_scratch)
    else:
        make_embedding(options.minutes or 18, options.threads)


if __name__ == "__main__":
    main()
