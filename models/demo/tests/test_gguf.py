"""The GGUF writer and reader agree, and the shipped files read as they should. Run: python3 -m unittest (needs numpy only)."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np

from gguf.read import read
from gguf.rename import rename
from gguf.write import ARRAY, BOOL, FLOAT32, INT32, STRING, UINT32, write

DEMO = Path(__file__).parent.parent
PAIRS = [
    ("general.name", STRING, "first"),
    ("general.file_type", UINT32, 7),
    ("text", STRING, "日本語"),
    ("flag", BOOL, True),
    ("number", FLOAT32, 0.5),
    ("list", ARRAY, (STRING, ["a", "", "ｂ"])),
    ("integers", ARRAY, (INT32, [1, -2, 3])),
]


class RoundTrip(unittest.TestCase):
    """Files written to a folder that is removed afterwards."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.gguf"
        source = np.random.default_rng(1)
        self.tensors = {
            name: source.normal(size=shape).astype(np.float32)
            for name, shape in {"matrix": (3, 64), "vector": (7,), "odd": (2, 5)}.items()
        }

    def test_metadata_comes_back_in_order(self) -> None:
        write(self.path, PAIRS, self.tensors, "q8_0")
        self.assertEqual(read(self.path)[0], PAIRS)

    def test_returns_the_file_size(self) -> None:
        self.assertEqual(write(self.path, PAIRS, self.tensors, "q8_0"), self.path.stat().st_size)

    def test_f32_is_exact(self) -> None:
        write(self.path, PAIRS, self.tensors, "f32")
        for name, array in read(self.path)[1].items():
            np.testing.assert_array_equal(array, self.tensors[name])

    def test_f16_is_close(self) -> None:
        write(self.path, PAIRS, self.tensors, "f16")
        np.testing.assert_allclose(read(self.path)[1]["matrix"], self.tensors["matrix"], rtol=1e-3, atol=1e-6)

    def test_q8_0_errs_by_half_a_step_and_leaves_vectors_exact(self) -> None:
        write(self.path, PAIRS, self.tensors, "q8_0")
        found = read(self.path)[1]
        blocks, expected = found["matrix"].reshape(-1, 32), self.tensors["matrix"].reshape(-1, 32)
        step = np.abs(expected).max(1, keepdims=True) / 127
        self.assertTrue(
            (np.abs(blocks - expected) <= 0.57 * step).all()
        )  # 0.5, and the rounding of the scale to half precision
        np.testing.assert_array_equal(found["vector"], self.tensors["vector"])
        np.testing.assert_array_equal(found["odd"], self.tensors["odd"])

    def test_a_block_of_zeros_stays_zero(self) -> None:
        write(self.path, PAIRS, {"zero": np.zeros((1, 32), np.float32)}, "q8_0")
        self.assertEqual(np.abs(read(self.path)[1]["zero"]).max(), 0)

    def test_rename_changes_nothing_else(self) -> None:
        write(self.path, PAIRS, self.tensors, "q8_0")
        before = self.path.read_bytes()
        rename(self.path, "other")
        self.assertEqual(self.path.read_bytes(), before.replace(b"first", b"other"))


class ShippedFiles(unittest.TestCase):
    """What users of the two files rely on."""

    def check(self, path: str, shape: tuple[int, int]) -> tuple[dict[str, object], dict[str, np.ndarray]]:
        pairs, tensors = read(DEMO / path)
        values = {key: value for key, _, value in pairs}
        self.assertEqual(values["general.name"], Path(path).stem)
        self.assertEqual(tensors["token_embd.weight"].shape, shape)
        self.assertEqual(values["tokenizer.ggml.tokens"][1][:3], ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
        return values, tensors

    def test_chat(self) -> None:
        self.check("chat/kumiki-demo-chat.gguf", (2048, 192))

    def test_embedding(self) -> None:
        values, tensors = self.check("embedding/kumiki-demo-embedding.gguf", (8192, 256))
        self.assertEqual(values["llama.attention.layer_norm_rms_epsilon"], 1.0)
        self.assertEqual(values["llama.pooling_type"], 1)
        # The layer that llama.cpp asks for adds nothing: embedding/encoder.py counts on it.
        for name in ("blk.0.attn_output.weight", "blk.0.ffn_down.weight"):
            self.assertEqual(np.abs(tensors[name]).max(), 0)


if __name__ == "__main__":
    unittest.main()
