"""`python -m benchmarks.transformer`: one step of a transformer against PyTorch eager, one thread, plain SGD, from the same weights.

Words of 32 tokens in batches of 16 through an embedding, learned positions and one block (64 units, 4 heads, 4 × as wide inside, GELU, normalised before) to the
next token at each step. PyTorch is taken twice: written out as the lab's own script has it, and with its own `nn.TransformerEncoderLayer`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.step import pair, runner
from engine import Position, Session, SessionSpec

TOKENS, UNITS, STEPS, BATCH, ROWS, RATE = 64, 64, 32, 16, 64, 0.05
AGREE = {"float64": 1e-10, "float32": 1e-4}
BOUND = {"float64": 0.75, "float32": 0.85}


def session(dtype: str) -> Session:
    """A transformer on random tokens, in their order."""
    layers = [
        {"kind": "embedding", "tokens": TOKENS, "units": UNITS}, {"kind": "positional_encoding"},
        {"kind": "transformer_block", "heads": 4, "factor": 4, "activation": "gelu"}, {"kind": "linear", "units": TOKENS},
    ]  # fmt: skip
    data = {"kind": "reversal", "rows": ROWS, "length": STEPS, "tokens": 26, "test_share": 0}
    base = {"dtype": dtype, "batch_size": BATCH, "shuffle": False, "data": data, "layers": [{**layers[0], "tokens": 26}, *layers[1:3], {"kind": "linear", "units": 26}]}
    more = {"loss": {"kind": "categorical_cross_entropy_with_logits"}, "optimizer": {"kind": "sgd", "learning_rate": RATE}}
    return Session(SessionSpec.model_validate({**base, **more}))
