"""Layers made of layers: what stands inside is a part of the description, and its parameters are named through it, such as 3.0.W."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pydantic import model_validator

from engine.errors import SpecError
from engine.formula.calls import Array
from engine.layers import Layer
from engine.op import Shape
from engine.tape import Tape, Var

if TYPE_CHECKING:
    from engine.layers import AnyLayer

    Layers = tuple[AnyLayer, ...]
else:
    Layers = tuple["AnyLayer", ...]

DEEPEST = 3
"""How many layers made of layers may stand in one another."""
MOST = 32
"""Layers that may stand in one row inside another."""
NESTED = ("layers", "branches")


class Part(NamedTuple):
    """A layer inside another: what a parameter is called there, the shape before it, and where it is kept; without a number where it is kept alone."""

    layer: Layer
    short: str
    inputs: Shape
    place: str
    number: int | None


class Composite(Layer):
    """A layer that has rows of layers inside. `rows` gives each row by the prefix of its parameters' names and of its field."""

    nested: ClassVar[str] = "layers"
    """The field that holds them."""

    @model_validator(mode="before")
    @classmethod
    def _not_too_deep(cls, given: Any) -> Any:
        if _depth(given) > DEEPEST:
            raise ValueError(f"layers stand at most {DEEPEST} deep in one another; take the innermost apart")
        return given

    def rows(self) -> Mapping[str, Layers]:
        """The rows of layers inside, each by what the names of its parameters begin with."""
        raise NotImplementedError

    @classmethod
    def entry(cls) -> dict[str, Any]:
        """As of every component, but the layers inside are described where layers are."""
        entry = super().entry()
        every = entry["schema"]["$defs"]
        own = every[cls.__name__]
        inside = {"type": "array", "title": cls.nested.title(), "description": own["properties"][cls.nested].get("description", "")}
        schema = {**own, "properties": {**own["properties"], cls.nested: inside}}
        return {**entry, "schema": {**schema, "$defs": {name: every[name] for name in _named(schema, every)}}}

    def every(self) -> Iterator[tuple[str, Layer]]:
        """Every layer inside, with what the names of its parameters begin with."""
        for prefix, row in self.rows().items():
            yield from ((f"{prefix}{number}.", layer) for number, layer in enumerate(row))

    def part(self, short: str, inputs: Shape) -> Part:
        """Where a parameter of this name belongs, given the shape before the whole."""
        for prefix, row in self.rows().items():
            for number, (layer, before) in enumerate(zip(row, self.through(prefix, inputs), strict=False)):
                if short.startswith(own := f"{prefix}{number}."):
                    return Part(layer, short.removeprefix(own), before, self.place(prefix), number)
        raise LookupError(short)

    def place(self, prefix: str) -> str:
        """What holds a row in the classes that scripts for other libraries define."""
        raise NotImplementedError

    def projection(self, inputs: Shape) -> Layer | None:
        """The layer on the way past those inside, where there is one."""
        return None

    def through(self, prefix: str, inputs: Shape) -> list[Shape]:
        """The shapes before each layer of a row and behind the last; raises SpecError naming the layer that cannot take what arrives."""
        shapes = [inputs]
        for number, layer in enumerate(self.rows()[prefix]):
            with self._at(prefix, number):
                shapes.append(layer.shape(shapes[-1]))
        return shapes

    def check(self, inputs: Array) -> None:
        for row in self.rows().values():
            if row:
                row[0].check(inputs)

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for prefix, row in self.rows().items():
            for number, (layer, before) in enumerate(zip(row, self.through(prefix, inputs), strict=False)):
                with self._at(prefix, number):
                    begun = layer.start(seed, f"{index}.{prefix}{number}", before)
                found |= {f"{prefix}{number}.{name}": values for name, values in begun.items()}
        return found

    def parameters(self, inputs: Shape) -> int:
        return sum(layer.parameters(before) for prefix, row in self.rows().items() for layer, before in zip(row, self.through(prefix, inputs), strict=False))

    def largest(self, inputs: Shape) -> int:
        rows = ((row, self.through(prefix, inputs)) for prefix, row in self.rows().items())
        return max(max(prod(after), layer.largest(before)) for row, shapes in rows for layer, before, after in zip(row, shapes, shapes[1:], strict=False))

    def count(self) -> int:
        return 1 + sum(layer.count() for _, layer in self.every())

    def trained(self) -> tuple[str, ...]:
        return tuple(f"{prefix}{name}" for prefix, layer in self.every() for name in layer.trained())

    def least_batch(self) -> int:
        return max((layer.least_batch() for _, layer in self.every()), default=1)

    def record_row(self, tape: Tape, parameters: Mapping[str, Var], x: Var, prefix: str) -> Var:
        """Record one row, each layer in a scope of its own."""
        for number, layer in enumerate(self.rows()[prefix]):
            mine = {name.removeprefix(own): leaf for name, leaf in parameters.items() if name.startswith(own := f"{prefix}{number}.")}
            with tape.scope(f"{prefix}{number}.{layer.kind}"):
                x = layer.record(tape, mine, x)
        return x

    @contextmanager
    def _at(self, prefix: str, number: int) -> Iterator[None]:
        """What cannot be built inside belongs to this layer, and its field says so."""
        try:
            yield
        except SpecError as error:
            raise SpecError(f"{self.nested}.{prefix}{number}.{error.field}".removesuffix(".layers"), str(error)) from None


def _named(schema: Any, every: Mapping[str, Any]) -> list[str]:
    """The definitions that a schema speaks of."""
    found: list[str] = []
    waiting = [schema]
    while waiting:
        for name in re.findall(r"#/\$defs/(\w+)", json.dumps(waiting.pop())):
            if name not in found:
                found.append(name)
                waiting.append(every[name])
    return found


def _depth(given: Any) -> int:
    """How many composites stand in one another; counted without recursion, and no further than is needed."""
    level: list[Any] = [given]
    depth = 0
    while level and depth <= DEEPEST:
        inside = [part for each in level for part in _parts(each)]
        depth += bool(level and any(_has(each) for each in level))
        level = inside
    return depth


def _has(layer: Any) -> bool:
    return isinstance(layer, Composite) or isinstance(layer, dict) and any(name in layer for name in NESTED)


def _parts(layer: Any) -> Iterator[Any]:
    """The layers directly inside, as far as they can be told from what was given."""
    for name in NESTED:
        rows = layer.get(name) if isinstance(layer, dict) else getattr(layer, name, None)
        for part in rows if isinstance(rows, list | tuple) else ():
            yield from part if isinstance(part, list | tuple) else (part,)
