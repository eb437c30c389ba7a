"""A minimal GGUF v3 reader: header, key-values, tensor table, aligned data. Tensors come back as float32 arrays."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from gguf.write import (
    ALIGNMENT,
    ARRAY,
    BOOL,
    FLOAT32,
    INT32,
    Q8_0_BLOCK,
    STRING,
    TENSOR_F16,
    TENSOR_F32,
    TENSOR_Q8_0,
    UINT32,
)

SCALARS = {UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}


class Cursor:
    """A position in the bytes of a GGUF file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def unpack(self, layout: str) -> Any:
        """One value of a struct layout."""
        (value,) = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return value

    def string(self) -> str:
        """A length-prefixed UTF-8 string."""
        length = self.unpack("<Q")
        self.at += length
        return self.data[self.at - length : self.at].decode()

    def value(self, kind: int) -> Any:
        """A metadata value; an array comes back as (element kind, list)."""
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            element, count = self.unpack("<I"), self.unpack("<Q")
            return element, [self.value(element) for _ in range(count)]
        return self.unpack(SCALARS[kind])


def q8_0_to_float(raw: bytes) -> np.ndarray:
    """Blocks of 32 signed bytes with one half-precision scale -> flat float32."""
    blocks = np.frombuffer(raw, dtype=Q8_0_BLOCK)
    return (blocks["scale"].astype(np.float32)[:, None] * blocks["values"]).reshape(-1)


def tensor(data: bytes, start: int, kind: int, shape: tuple[int, ...]) -> np.ndarray:
    """The tensor of one type at a byte offset, in row-major (outputs, inputs) order."""
    count = int(np.prod(shape))
    if kind == TENSOR_F32:
        flat = np.frombuffer(data, "<f4", count, start)
    elif kind == TENSOR_F16:
        flat = np.frombuffer(data, "<f2", count, start).astype(np.float32)
    elif kind == TENSOR_Q8_0:
        flat = q8_0_to_float(data[start : start + count // 32 * Q8_0_BLOCK.itemsize])
    else:
        raise ValueError(f"tensor type {kind} is not supported")
    return flat.reshape(shape).copy()


def read(path: Path) -> tuple[list[tuple[str, int, Any]], dict[str, np.ndarray]]:
    """Key-values as (key, kind, value) in file order, and tensors by name."""
    cursor = Cursor(path.read_bytes())
    if cursor.data[:4] != b"GGUF":
        raise ValueError(f"{path} is not a GGUF file")
    cursor.at = 4
    if cursor.unpack("<I") != 3:
        raise ValueError(f"{path} is not GGUF version 3")
    tensor_count, pair_count = cursor.unpack("<Q"), cursor.unpack("<Q")
    pairs = []
    for _ in range(pair_count):
        key, kind = cursor.string(), cursor.unpack("<I")
        pairs.append((key, kind, cursor.value(kind)))
    table = []
    for _ in range(tensor_count):
        name, dimensions = cursor.string(), cursor.unpack("<I")
        shape = tuple(cursor.unpack("<Q") for _ in range(dimensions))[::-1]
        table.append((name, shape, cursor.unpack("<I"), cursor.unpack("<Q")))
    start = -(-cursor.at // ALIGNMENT) * ALIGNMENT
    return pairs, {name: tensor(cursor.data, start + offset, kind, shape) for name, shape, kind, offset in table}
