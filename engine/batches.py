"""The order of the examples: shuffled by epoch from the seed, laid out so that one copy loads a batch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.formula.calls import Array
from engine.streams import stream


class Batches:
    """Examples in batches. A partial last batch is trained, not dropped; a batch of all rows keeps their order."""

    def __init__(self, inputs: Array, targets: Array, size: int, seed: int, dtype: np.dtype[Any], *, shuffle: bool) -> None:
        self.inputs = np.ascontiguousarray(inputs, dtype)
        self.targets = np.ascontiguousarray(targets, dtype)
        self.rows = len(inputs)
        self.size = min(size, self.rows)
        self.per_epoch = -(-self.rows // self.size)
        self._seed = seed
        self._shuffle = shuffle and self.per_epoch > 1
        self._epoch = -1
        self._order: NDArray[np.intp] = np.arange(self.rows)
        self._blocks: list[Array] = []

    def epoch(self, update: int) -> int:
        """The epoch that an update belongs to."""
        return update // self.per_epoch

    def blocks(self, epoch: int) -> list[Array]:
        """The batches of an epoch, each one flat vector: all inputs, then all targets."""
        if epoch != self._epoch:
            if self._shuffle:
                self._order = stream(self._seed, "shuffle", epoch).permutation(self.rows)
            if self._shuffle or not self._blocks:
                self._blocks = [self._block(self._order[start : start + self.size]) for start in range(0, self.rows, self.size)]
            self._epoch = epoch
        return self._blocks

    def examples(self, update: int) -> NDArray[np.intp]:
        """The example numbers in the batch of an update."""
        self.blocks(self.epoch(update))
        start = (update % self.per_epoch) * self.size
        return self._order[start : start + self.size]

    def sizes(self) -> set[int]:
        """The batch sizes that occur."""
        last = self.rows - (self.per_epoch - 1) * self.size
        return {self.size, last}

    def _block(self, rows: NDArray[np.intp]) -> Array:
        return np.concatenate([self.inputs[rows].reshape(-1), self.targets[rows].reshape(-1)])
