"""Change general.name of a GGUF file; the bytes of its tensors stay as they are."""

from __future__ import annotations

import argparse
from pathlib import Path

from gguf.read import read
from gguf.write import FILE_TYPES, write

NAME = "general.name"


def rename(path: Path, name: str) -> None:
    """Rewrite the file in its own format. Encoding decoded Q8_0 again gives the same bytes."""
    pairs, tensors = read(path)
    (file_type,) = [content for key, _, content in pairs if key == "general.file_type"]
    (file_format,) = [key for key, number in FILE_TYPES.items() if number == file_type]
    write(path, [(key, kind, name if key == NAME else content) for key, kind, content in pairs], tensors, file_format)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("name")
    options = parser.parse_args()
    rename(options.path, options.name)
