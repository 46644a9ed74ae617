"""From a description to a recorded network: first parameters, and one tape for each batch size."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from math import prod

import numpy as np

from engine.arena import Arena
from engine.errors import SpecError, TooLarge
from engine.formula.calls import Array
from engine.keeping import is_kept
from engine.op import Shape
from engine.spec import SessionSpec
from engine.tape import Tape
from engine.turns import Turn, turns_of

LIMITS = {
    "layers": 128, "units": 4096, "parameters": 10_000_000, "rows": 10_000, "batch": 10_000, "values": 100_000_000, "evaluated": 1_000_000_000,
    "snapshots": 64 * 2**20, "commands": 1000, "branches": 8, "links": 200_000, "worksheet": 64,
    "update_milliseconds": 10_000, "record_milliseconds": 60_000,
}  # fmt: skip
"""The engine's own limits; whoever serves it passes tighter ones."""


class Network:
    """A spec with its sizes worked out. `inputs` and `outputs` are the shapes of what the data brings for each example: rows, or sequences of rows."""

    def __init__(self, spec: SessionSpec, inputs: Shape, outputs: Shape, limits: Mapping[str, int] | None = None) -> None:
        self.spec = spec
        self.layers = spec.task.layers(spec)
        self.loss = spec.task.loss(spec)
        self.inputs = inputs
        self.outputs = outputs
        self.limits = {**LIMITS, **(limits or {})}
        self.dtype = np.dtype(spec.dtype)
        self._check_size(self.limits)
        shapes: dict[str, tuple[int, ...]] = {}
        drawn = {}
        shape = inputs
        for index, layer in enumerate(self.layers):
            shape = spec.task.enters(spec, index) or shape
            after = self._after(index, shape)
            with _at(index):
                begun = layer.start(spec.seed, index, shape)
            for name, values in begun.items():
                shapes[f"{index}.{name}"] = values.shape
                drawn[f"{index}.{name}"] = values
            shape = after
        spec.task.check(self, shape)
        if not shapes:
            raise SpecError("layers", "nothing here can learn: add at least one linear layer")
        self.shapes = shapes
        self.kept = set(filter(is_kept, shapes))
        self.drawn = drawn

    def parameters(self) -> Arena[str]:
        """A fresh parameter vector with its first values."""
        arena = Arena(self.shapes, self.dtype)
        for name, values in self.drawn.items():
            arena.views[name][...] = values
        return arena

    @cached_property
    def values_of_one(self) -> int:
        """How many numbers a pass makes of one example."""
        return sum(prod(node.shape) for node in self.record(1).nodes if node.role == "value")

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that an update is made of: one, or the players' one after the other."""
        return turns_of(self.record(1))

    def check_rows(self, batches: set[int], train: int, rows: int) -> None:
        """Refuse a batch that would take too much memory or is too small, or examples that would take too long to evaluate; raises TooLarge or SpecError."""
        self._check_batches(batches, train)
        for name, count, who in (("values", max(batches), "a batch makes on its"), ("evaluated", rows, "all examples make on their")):
            if count * self.values_of_one > self.limits[name]:
                raise TooLarge(f"The count of numbers that {who} way through the network", count * self.values_of_one, self.limits[name])

    def _check_batches(self, sizes: set[int], rows: int) -> None:
        """Refuse batches with fewer examples than a layer needs to be trained, also where only the last of an epoch has."""
        for index, layer in enumerate(self.layers):
            if min(sizes) < layer.least_batch():
                fitting = (size for size in range(max(sizes), rows + 1) if size >= 2 and rows % size != 1)
                last = "" if max(sizes) < layer.least_batch() else f"{rows} examples in batches of {max(sizes)} leave one over, and "
                raise SpecError(
                    "batch_size",
                    f"{last}layer {index} takes a mean and a variance over the examples of a batch, which one example alone does not have; "
                    f"take a batch size of {next(fitting, rows)}",
                )

    @property
    def learned(self) -> dict[str, Shape]:
        """The parameters that a gradient goes to, with their shapes: all but running statistics."""
        return {name: shape for name, shape in self.shapes.items() if name not in self.kept}

    def check_examples(self, inputs: Array, targets: Array, steps: int) -> None:
        """Refuse examples, one a row, that the first layer cannot read, or targets that the loss means nothing for; raises SpecError."""
        with _at(0):
            self.layers[0].check(inputs)
        self.loss.check(targets, steps)

    def trained(self) -> set[str]:
        """The parameters that updates may change."""
        places = {name: name.split(".", 1) for name in self.shapes}
        return {name for name, (index, short) in places.items() if short in self.layers[int(index)].trained()}

    def record(self, batch: int, l1: float = 0.0, l2: float = 0.0, *, training: bool = True) -> Tape:
        """The tape for one batch size, with the penalties among its nodes where they are asked for; without `training`, as the network answers."""
        tape = Tape(self.spec.seed, training=training)
        x = tape.leaf("x", "input", (batch, prod(self.inputs)))
        target = tape.leaf("y", "target", (batch, prod(self.outputs)))
        self.spec.task.whole(self, tape, x, target, {"l1": l1, "l2": l2})
        return tape

    def _check_size(self, limits: Mapping[str, int]) -> None:
        many = sum(layer.count() for layer in self.layers)
        if many > limits["layers"]:
            raise TooLarge("The number of layers", many, limits["layers"])
        shape = self.inputs
        count = 0
        for index, layer in enumerate(self.layers):
            shape = self.spec.task.enters(self.spec, index) or shape
            after = self._after(index, shape)
            if (most := max(prod(after), layer.largest(shape))) > limits["units"]:
                raise TooLarge("The units of a layer", most, limits["units"])
            count += layer.parameters(shape)
            shape = after
        if count > limits["parameters"]:
            raise TooLarge("The number of parameters", count, limits["parameters"])
        if self.spec.batch_size > limits["batch"]:
            raise TooLarge("The batch size", self.spec.batch_size, limits["batch"])

    def _after(self, index: int, shape: Shape) -> Shape:
        """The shape of one example behind a layer; raises SpecError naming the layer that cannot take what arrives."""
        with _at(index):
            if index and self.layers[index].first:
                raise SpecError("kind", f"an {self.layers[index].kind} reads the data themselves; make it the first layer")
            return self.layers[index].shape(shape)


@contextmanager
def _at(index: int) -> Iterator[None]:
    """What cannot be built inside belongs to this layer, and its field says so."""
    try:
        yield
    except SpecError as error:
        field = f"layers.{index}.{error.field}".removesuffix(".layers")
        raise SpecError(field, str(error)) from None
