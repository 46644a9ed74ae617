"""Examples made ready: split, turned into features, standardised. The number of an example is its row here, training rows first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.datasets import Dataset, Task
from engine.errors import SpecError, TooLarge
from engine.features import Feature
from engine.formula.calls import Array
from engine.streams import stream


@dataclass(frozen=True)
class Prepared:
    """What a network is given. Arrays are float64 and C-contiguous; `raw` keeps the columns as they came, training rows first."""

    task: Task
    raw: Array
    inputs: Array
    targets: Array
    train: int
    columns: tuple[str, ...]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] | None
    ranges: tuple[tuple[float, float], ...] | None
    image: dict[str, int] | None
    features: tuple[Feature, ...] | None
    shift: Array
    scale: Array

    @property
    def rows(self) -> int:
        """How many examples there are, training and test together."""
        return len(self.inputs)

    @property
    def train_inputs(self) -> Array:
        return self.inputs[: self.train]

    @property
    def train_targets(self) -> Array:
        return self.targets[: self.train]

    def part(self, name: Literal["train", "test"] | str) -> tuple[Array, Array]:
        """Inputs and targets of the training or the test part."""
        rows = slice(0, self.train) if name == "train" else slice(self.train, None)
        return self.inputs[rows], self.targets[rows]

    def rows_of(self, rows: Sequence[int]) -> tuple[Array, Array]:
        """Inputs and targets of examples by their numbers."""
        picked = np.asarray(rows, dtype=np.intp)
        return self.inputs[picked], self.targets[picked]

    def transform(self, raw: Array) -> Array:
        """Raw columns as the network sees them: (rows, columns) to (rows, features)."""
        return np.ascontiguousarray((_features(self.features, raw) - self.shift) / self.scale)


def prepare(dataset: Dataset, features: tuple[Feature, ...] | None, *, standardize: bool, seed: int, limit: int | None = None) -> Prepared:
    """Draw a dataset and make it ready; raises SpecError or TooLarge in words."""
    drawn = dataset.draw(seed)
    rows = len(drawn.inputs)
    if limit is not None and rows > limit:
        raise TooLarge("The number of rows", rows, limit)
    test = min(round(rows * dataset.test_part()), rows - 1)
    order = stream(seed, "split").permutation(rows) if test else np.arange(rows)
    order = np.concatenate([np.sort(order[test:]), np.sort(order[:test])])
    raw, targets = drawn.inputs[order], drawn.targets[order]
    if features is not None and not features:
        raise SpecError("features", "the network needs at least one feature to look at")
    try:
        made = _features(features, raw)
    except IndexError:
        raise SpecError("features", f"this data has columns 0 to {raw.shape[1] - 1}, and a feature asks for another") from None
    train = rows - test
    shift, scale = np.zeros(made.shape[1]), np.ones(made.shape[1])
    if standardize:
        shift, spread = made[:train].mean(axis=0), made[:train].std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
    names = drawn.columns if features is None else tuple(feature.name(drawn.columns) for feature in features)
    ranges = drawn.ranges
    if ranges is None and raw.shape[1] == 2:
        low, high = raw.min(axis=0), raw.max(axis=0)
        margin = np.where(high > low, (high - low) * 0.12, 1.0)
        ranges = tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))
    inputs = np.ascontiguousarray((made - shift) / scale)
    return Prepared(
        drawn.task, raw, inputs, np.ascontiguousarray(targets), train, drawn.columns, names, drawn.class_names, ranges, drawn.image, features, shift, scale
    )


def _features(features: tuple[Feature, ...] | None, raw: Array) -> Array:
    if features is None:
        return raw
    return np.stack([feature.compute(raw) for feature in features], axis=1)
