"""Random draws as named streams: the same seed, purpose and counter always give the same numbers.

A stream is keyed, not advanced, so there is no generator state to save or to restore.
"""

import zlib

import numpy as np


def stream(seed: int, purpose: str, counter: int = 0) -> np.random.Generator:
    """A fresh Philox generator for one purpose (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3")."""
    key = np.array([seed, zlib.crc32(purpose.encode())], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, 0, 0, counter], dtype=np.uint64)))
