"""A minimal GGUF v3 writer: header, key-values, tensor table, aligned data, in F32, F16 or Q8_0."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

# Metadata value kinds of the GGUF format that this project uses.
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
# Tensor types of ggml.
TENSOR_F32, TENSOR_F16, TENSOR_Q8_0 = 0, 1, 8
# `general.file_type` by format name.
FILE_TYPES = {"f32": 0, "f16": 1, "q8_0": 7}
ALIGNMENT = 32
Q8_0_BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", 32)])

Pair = tuple[str, int, Any]


def string(text: str) -> bytes:
    """A length-prefixed UTF-8 string."""
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def value(kind: int, content: Any) -> bytes:
    """One metadata value; an array is given as (element kind, list)."""
    if kind == STRING:
        return string(content)
    if kind == ARRAY:
        element, items = content
        return struct.pack("<IQ", element, len(items)) + b"".join(value(element, item) for item in items)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], content)


def to_q8_0(array: np.ndarray) -> bytes:
    """Blocks of 32 values share the scale max|x|/127 in half precision, as ggml's quantize_row_q8_0 does."""
    rows = array.astype(np.float32).reshape(-1, 32)
    scale = (np.abs(rows).max(1) / 127).astype(np.float16)
    exact = scale.astype(np.float32)
    inverse = np.divide(1.0, exact, out=np.zeros_like(exact), where=exact > 0)
    blocks = np.empty(len(rows), Q8_0_BLOCK)
    blocks["scale"] = scale
    blocks["values"] = np.clip(np.round(rows * inverse[:, None]), -127, 127)
    return blocks.tobytes()


def encode(array: np.ndarray, file_format: str) -> tuple[int, bytes]:
    """Tensor type and bytes. Vectors, and rows that 32 does not divide, stay in F32 as llama.cpp expects."""
    if array.ndim == 1 or array.shape[-1] % 32 or file_format == "f32":
        return TENSOR_F32, array.astype("<f4").tobytes()
    if file_format == "f16":
        return TENSOR_F16, array.astype("<f2").tobytes()
    return TENSOR_Q8_0, to_q8_0(array)


def padding(length: int) -> bytes:
    """Zero bytes up to the next aligned offset."""
    return b"\0" * (-length % ALIGNMENT)


def write(path: Path, pairs: list[Pair], tensors: dict[str, np.ndarray], file_format: str) -> int:
    """Write row-major (outputs, inputs) tensors; GGUF lists dimensions innermost first. Returns the file size."""
    table, data = b"", bytearray()
    for name, array in tensors.items():
        kind, raw = encode(array, file_format)
        dimensions = b"".join(struct.pack("<Q", size) for size in reversed(array.shape))
        table += string(name) + struct.pack("<I", array.ndim) + dimensions + struct.pack("<IQ", kind, len(data))
        data += raw + padding(len(raw))
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    head += b"".join(string(key) + struct.pack("<I", kind) + value(kind, content) for key, kind, content in pairs) + table
    head += padding(len(head))
    path.write_bytes(head + data)
    return len(head) + len(data)
