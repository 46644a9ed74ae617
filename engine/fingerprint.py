"""What this machine's arithmetic is known by: two that have the same fingerprint give the same numbers, to the last bit.

Processors differ in the last bits: BLAS chooses its kernels by them, and NumPy its loops. So the fingerprint is taken of results, not of names alone.
"""

import hashlib
import platform
from collections.abc import Iterator
from functools import cache

import numpy as np

from engine.formula.calls import Array

SIZES = ((3, 4, 2), (16, 4, 4), (33, 17, 5), (128, 64, 32), (130, 257, 66))
"""Rows, inputs and units of the products that are taken: each may have a kernel of its own."""
FUNCTIONS = (np.exp, np.log, np.log1p, np.expm1, np.tanh, np.sin, np.cos, np.sqrt)


@cache
def fingerprint() -> dict[str, str]:
    """The version of NumPy, the kind of processor, and a digest of sums, products and functions of given numbers in both precisions."""
    digest = hashlib.sha256()
    for result in _results():
        digest.update(np.ascontiguousarray(result).astype(result.dtype.newbyteorder("<")).tobytes())
    return {"numpy": np.__version__, "machine": platform.machine(), "bits": digest.hexdigest()}


def _results() -> Iterator[Array]:
    for dtype in (np.float64, np.float32):
        for rows, inputs, units in SIZES:
            x, w = _numbers(rows * inputs, dtype).reshape(rows, inputs), _numbers(inputs * units, dtype).reshape(inputs, units)
            z = x.dot(w)
            yield from (z, x.T.dot(z), z.dot(w.T), np.ones(rows, dtype).dot(x), np.sum(x), np.einsum("ij,ij->j", z, z))
        some = np.abs(_numbers(4099, dtype)) + np.asarray(1e-3, dtype)
        yield from (function(some) for function in FUNCTIONS)
        yield np.asarray(some.dot(some))


def _numbers(size: int, dtype: type[np.floating]) -> Array:
    """Numbers between −1 and 1 that every machine makes alike: whole ones, divided by a power of two."""
    whole = (np.arange(size, dtype=np.int64) * 7919 + 104_729) % 65_537
    return ((whole - 32_768) / 32_768).astype(dtype)
