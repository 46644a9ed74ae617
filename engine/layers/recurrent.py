"""What the recurrent layers share: a cell applied moment after moment, each moment in a scope of its own."""

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Flag, Int
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.orthogonal import Orthogonal
from engine.initializers.xavier_uniform import XavierUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer, draw
from engine.layers.elsewhere import recurrent
from engine.op import Shape
from engine.ops import OPS
from engine.ops.sequence import stack
from engine.tape import Tape, Var

State = tuple[Var, ...]


class Recurrent(Layer):
    """A layer that reads a sequence of shape (steps, values) and carries a hidden state from moment to moment, from zero on.

    W has shape (values, gates · units) and weighs what is read, U (units, gates · units) and weighs the hidden state, b belongs to both; where there
    are several gates, their units stand side by side. Read backwards too, the second direction has W_back, U_back and b_back. Truncated, the gradient is
    that of steps taken together in pieces: the state is carried from piece to piece, and no gradient back (Williams and Peng 1990).
    """

    gates: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("h",)
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """What the cell is called in other libraries."""
    sample_shape: ClassVar[Shape] = (3, 1)
    sample: ClassVar[Mapping[str, Any]] = {"units": 2}
    units: Int = Field(default=4, ge=1, le=256, description="Size of the hidden state")
    returns: Literal["last", "sequence"] = Field(default="last", description="Only the last hidden state, or all of them")
    bidirectional: Flag = Field(default=False, description="Read the sequence backwards too, with weights of their own, and put both side by side")
    truncate: Int = Field(default=0, ge=0, le=256, description="Stop the gradient after every so many steps, while the state goes on; 0 is never")
    init: AnyInitializer = Field(default=XavierUniform(), description="How W begins")
    recurrent_init: AnyInitializer = Field(default=Orthogonal(), description="How U begins")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) != 2:
            raise SpecError("layers", f"values of shape {list(inputs)} arrive, and a sequence of steps and values is expected; put a reshape before it")
        units = self.units * (1 + self.bidirectional)
        return (units,) if self.returns == "last" else (inputs[0], units)

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        """The shapes of the parameters of one direction, in the order in which the weighted sums want them below one another."""
        width = self.gates * self.units
        return {"W": (inputs[1], width), "b": (width,), "U": (self.units, width)}

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        inits = {"W": self.init, "U": self.recurrent_init}
        shapes = {(name, way): shape for way in self._ways() for name, shape in self.shapes(inputs).items()}
        return {f"{name}{way}": draw(inits.get(name, self.bias_init), seed, index, f"{name}{way}", shape) for (name, way), shape in shapes.items()}

    def parameters(self, inputs: Shape) -> int:
        return len(self._ways()) * sum(map(prod, self.shapes(inputs).values()))

    def trained(self) -> tuple[str, ...]:
        return tuple(f"{name}{way}" for way in self._ways() for name in self.shapes((1, 1)))

    def counterpart(self, library: Literal["torch", "keras"]) -> Counterpart:
        return recurrent(self, library, self.elsewhere[library]) if library in self.elsewhere else Counterpart()

    def stops(self) -> str:
        return f"{self.title} stops the gradient after every {self.truncate} steps, while the state goes on" if self.truncate else ""

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        read = []
        for way in self._ways():
            moments = self._read(tape, {name: parameters[f"{name}{way}"] for name in self.shapes((1, 1))}, x, way)
            read.append(moments[-1] if self.returns == "last" else tape.apply(stack(len(moments)), *(moments[::-1] if way else moments), name="h"))
        return read[0] if len(read) == 1 else tape.apply(OPS["concatenate"], *read, name="h")

    def step(self, tape: Tape, weights: Mapping[str, Var], x: Var, state: State) -> State:
        """Record one moment and return the new state, the hidden state first."""
        raise NotImplementedError

    def part(self, tape: Tape, values: Var, number: int, name: str = "z") -> Var:
        """The units of one gate."""
        return tape.apply(OPS["part"], values, name=name, choices={"start": number * self.units, "stop": (number + 1) * self.units})

    def weighed(self, tape: Tape, weights: Mapping[str, Var], x: Var, h: Var) -> Var:
        """x W + b + h U."""
        return tape.apply(OPS["recurrent_affine"], x, weights["W"], weights["b"], h, weights["U"], name="z")

    def _read(self, tape: Tape, weights: Mapping[str, Var], x: Var, way: str) -> list[Var]:
        """The hidden states in the order in which they are computed."""
        steps = range(x.shape[1])
        state: State = tuple(tape.zeros(f"{name}_0", (x.shape[0], self.units)) for name in self.states)
        found = []
        for done, t in enumerate(reversed(steps) if way else steps):
            with tape.scope(f"t={t}{way}"):
                if self.truncate and done and done % self.truncate == 0:
                    state = tuple(tape.apply(OPS["stop_gradient"], each, name=each.name) for each in state)
                state = self.step(tape, weights, tape.apply(OPS["moment"], x, name="x", choices={"at": t}), state)
            found.append(state[0])
        return found

    def _ways(self) -> tuple[str, ...]:
        return ("", "_back") if self.bidirectional else ("",)
