"""Examples made ready: split, turned into features, standardised. The number of an example is its row here, training rows first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.datasets import Dataset, Examples, Task
from engine.errors import SpecError, TooLarge, UnknownName
from engine.features import Feature
from engine.once import once
from engine.op import Shape
from engine.streams import stream
from engine.window import windows

if TYPE_CHECKING:
    from engine.spec import SessionSpec

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """What a network is given. Arrays are float64, C-contiguous and read-only; `raw` keeps the columns as they came."""

    task: Task
    raw: Matrix
    inputs: Matrix
    targets: Matrix
    train: int
    columns: tuple[str, ...]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] | None
    ranges: tuple[tuple[float, float], ...] | None
    image: dict[str, int] | None
    shape: Shape
    target_shape: Shape
    alphabet: str | None
    features: tuple[Feature, ...] | None
    shift: Matrix
    scale: Matrix
    labels: tuple[str, ...] | None = None
    """What the data call the class of each example, where they have classes: an autoencoder leaves them aside, and its picture does not."""

    @property
    def steps_asked(self) -> int:
        """At how many steps of an example there is a target: 1 where it has one for all."""
        return 1 if len(self.target_shape) == 1 else self.target_shape[0]

    @property
    def rows(self) -> int:
        """How many examples there are, training and test together."""
        return len(self.inputs)

    @property
    def train_inputs(self) -> Matrix:
        """(train, features): what the network learns from."""
        return self.inputs[: self.train]

    @property
    def train_targets(self) -> Matrix:
        """(train, outputs): what it should answer."""
        return self.targets[: self.train]

    def part(self, name: str) -> tuple[Matrix, Matrix]:
        """Inputs and targets of the part called "train" or "test"."""
        rows = {"train": slice(0, self.train), "test": slice(self.train, None)}[name]
        return self.inputs[rows], self.targets[rows]

    def numbered(self, example: int) -> int:
        """The number of an example; raises UnknownName where there is none of that number."""
        if not 0 <= example < self.rows:
            raise UnknownName("example", example, f"numbers 0 to {self.rows - 1}")
        return example

    def rows_of(self, rows: Sequence[int]) -> tuple[Matrix, Matrix]:
        """Inputs and targets of examples by their numbers."""
        picked = np.asarray(rows, dtype=np.intp)
        return self.inputs[picked], self.targets[picked]

    def transform(self, raw: Matrix) -> Matrix:
        """Raw columns as the network sees them: (rows, columns) to (rows, features)."""
        return np.ascontiguousarray((_made(self.features, raw) - self.shift) / self.scale)


def prepared(spec: "SessionSpec", limit: int) -> Prepared:
    """What a spec's network is trained on: its data made ready, as its task asks."""
    return spec.task.examples(prepare(spec.data, spec.features, standardize=spec.standardize, seed=spec.seed, limit=limit))


def prepare(dataset: Dataset, features: tuple[Feature, ...] | None, *, standardize: bool, seed: int, limit: int | None = None) -> Prepared:
    """Draw a dataset and make it ready, the same for the same seed; `limit` bounds its rows. Raises SpecError or TooLarge."""
    drawn = dataset.draw(seed)
    if limit is not None and len(drawn.inputs) > limit:
        raise TooLarge("The number of rows", len(drawn.inputs), limit)
    _check(features, len(drawn.columns))
    train, test = _split(len(drawn.inputs), dataset.test_part(), seed)
    order = np.concatenate([train, test])
    raw = np.ascontiguousarray(drawn.inputs[order])
    with np.errstate(all="ignore"):
        made = _made(features, raw)
        shift, scale = _standard(made[: len(train)]) if standardize else (np.zeros(made.shape[1]), np.ones(made.shape[1]))
        inputs = np.ascontiguousarray((made - shift) / scale)
    names = drawn.columns if features is None else tuple(feature.name(drawn.columns) for feature in features)
    for name, column in zip(names, inputs.T, strict=True):
        if not np.isfinite(column).all():
            raise SpecError("features", f"{name} has values too large to compute with; scale the data down or leave this feature out")
    targets = np.ascontiguousarray(drawn.targets[order])
    raw, inputs, targets, shift, scale = map(once, (raw, inputs, targets, shift, scale))
    return Prepared(
        task=drawn.task, raw=raw, inputs=inputs, targets=targets, train=len(train), columns=drawn.columns, feature_names=names,
        class_names=drawn.class_names, ranges=drawn.ranges or (windows(raw) if raw.shape[1] <= 2 else None), image=drawn.image,
        shape=drawn.shape if drawn.shape and features is None else (inputs.shape[1],), target_shape=drawn.target_shape or (targets.shape[1],),
        alphabet=drawn.alphabet,
        features=features, shift=shift, scale=scale, labels=_labels(drawn, targets),
    )  # fmt: skip


def _labels(drawn: Examples, targets: Matrix) -> tuple[str, ...] | None:
    """The name of each row's class; None where there are no classes, or one at each step."""
    if drawn.task == "regression" or len(drawn.target_shape or ()) > 1:
        return None
    found = targets.argmax(axis=1) if targets.shape[1] > 1 else (targets[:, 0] > (0.0 if targets.min() < 0 else 0.5)).astype(int)
    names = drawn.class_names or ()
    return tuple(names[number] if number < len(names) else str(number) for number in found.tolist())


def _check(features: tuple[Feature, ...] | None, columns: int) -> None:
    if features is None:
        return
    if not features:
        raise SpecError("features", "the network needs at least one feature to look at; give one, or null for every column")
    for place, feature in enumerate(features):
        for index in feature.uses():
            if index >= columns:
                have = "only column 0" if columns == 1 else f"columns 0 to {columns - 1}"
                raise SpecError(f"features.{place}", f"this {feature.title} asks for column {index}, and this data has {have}")


def _split(rows: int, share: float, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Training and test rows, each in the order they came; at least one row is left to learn from."""
    test = min(round(rows * share), rows - 1)
    shuffled = stream(seed, "split").permutation(rows)
    return np.sort(shuffled[test:]), np.sort(shuffled[:test])


def _made(features: tuple[Feature, ...] | None, raw: Matrix) -> Matrix:
    return raw if features is None else np.stack([feature.compute(raw) for feature in features], axis=1)


def _standard(train: Matrix) -> tuple[Matrix, Matrix]:
    """Mean and standard deviation of each training column; a column that never changes goes to 0 and keeps its scale."""
    shift, spread = train.mean(axis=0), train.std(axis=0)
    still = (train.min(axis=0) == train.max(axis=0)) | (spread == 0)
    return np.where(still, train[0], shift), np.where(still, 1.0, spread)
