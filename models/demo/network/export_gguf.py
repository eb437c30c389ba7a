"""Write a decoder, its tokenizer and its chat template as one GGUF file of architecture `llama`."""

from __future__ import annotations

from pathlib import Path

from gguf.write import (
    ARRAY,
    BOOL,
    FILE_TYPES,
    FLOAT32,
    INT32,
    STRING,
    UINT32,
    Pair,
    write,
)
from network.decoder import ROPE_BASE, LanguageModel
from network.tokenizer import END_OF_TEXT, IM_END, SPECIAL_TOKENS, Tokenizer

NORMAL_TOKEN, CONTROL_TOKEN = 1, 3
MEAN_POOLING = 1
QUANTIZATION_VERSION = 2


def model_pairs(model: LanguageModel, context: int) -> list[Pair]:
    """The sizes that llama.cpp reads before the tensors."""
    config = model.config
    sizes = {
        "context_length": context,
        "embedding_length": config.embedding,
        "block_count": config.layers,
        "feed_forward_length": config.feed_forward,
        "attention.head_count": config.heads,
        "attention.head_count_kv": config.kv_heads,
        "rope.dimension_count": config.head_length,
        "attention.key_length": config.head_length,
        "attention.value_length": config.head_length,
        "vocab_size": config.vocabulary,
        "pooling_type": MEAN_POOLING,
    }
    return [(f"llama.{key}", UINT32, size) for key, size in sizes.items()] + [
        ("llama.attention.layer_norm_rms_epsilon", FLOAT32, config.epsilon),
        ("llama.rope.freq_base", FLOAT32, ROPE_BASE),
    ]


def tokenizer_pairs(tokenizer: Tokenizer, template: str) -> list[Pair]:
    """Vocabulary, merges, special tokens and the chat template."""
    special = len(SPECIAL_TOKENS)
    kinds = [CONTROL_TOKEN] * special + [NORMAL_TOKEN] * (len(tokenizer.vocabulary) - special)
    return [
        ("tokenizer.ggml.model", STRING, "gpt2"),
        ("tokenizer.ggml.pre", STRING, "smollm"),
        ("tokenizer.ggml.tokens", ARRAY, (STRING, tokenizer.vocabulary)),
        ("tokenizer.ggml.token_type", ARRAY, (INT32, kinds)),
        ("tokenizer.ggml.merges", ARRAY, (STRING, [" ".join(pair) for pair in tokenizer.merges])),
        ("tokenizer.ggml.eos_token_id", UINT32, IM_END),
        ("tokenizer.ggml.eot_token_id", UINT32, IM_END),
        ("tokenizer.ggml.bos_token_id", UINT32, END_OF_TEXT),
        ("tokenizer.ggml.padding_token_id", UINT32, END_OF_TEXT),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
        ("tokenizer.ggml.add_eos_token", BOOL, False),
        ("tokenizer.chat_template", STRING, template),
    ]


def export_model(
    model: LanguageModel, tokenizer: Tokenizer, template: str, path: Path, name: str, context: int, file_format: str
) -> int:
    """Write the file and return its size in bytes. The module names of the model already are the GGUF tensor names."""
    pairs: list[Pair] = [
        ("general.architecture", STRING, "llama"),
        ("general.name", STRING, name),
        ("general.license", STRING, "apache-2.0"),
        ("general.file_type", UINT32, FILE_TYPES[file_format]),
        ("general.quantization_version", UINT32, QUANTIZATION_VERSION),
        *model_pairs(model, context),
        *tokenizer_pairs(tokenizer, template),
    ]
    tensors = {key: tensor.detach().float().numpy() for key, tensor in model.state_dict().items()}
    return write(path, pairs, tensors, file_format)
