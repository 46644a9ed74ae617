"""A formula of one's own."""

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Flag, Real
from engine.errors import FormulaError, SpecError
from engine.formula.calls import Array
from engine.formula.written import LONGEST, PARAMETERS, Piece, Written, written
from engine.layers import Layer
from engine.losses import Loss
from engine.op import Shape
from engine.ops import OPS
from engine.streams import stream
from engine.tape import Tape, Var
from engine.tasks import Task
from engine.trace import notes

if TYPE_CHECKING:
    from engine.network import Network
    from engine.spec import SessionSpec

FORMULA = "loss = mean((sigmoid(w2 * tanh(w1 * x + b1) + b2) - y)**2)"
Name = Annotated[str, Field(max_length=20)]
Start = Annotated[Real, Field(ge=-1e6, le=1e6)]


class Expression(Task):
    """The network and its loss are one formula that you write: every operation in it becomes one of the program, and every name a parameter.

    x and y are the data's (x1, x2, … where there are several). Lines may name what they work out; the last one says what the loss is.
    The layers and the loss of the description are left aside.
    """

    title: ClassVar[str] = "a formula of your own"
    sample: ClassVar[Mapping[str, Any]] = {
        "task": {"kind": "expression", "formula": "p = tanh(w * x + b)\nloss = mean((v * p + w - y)**2 + 0.1 * v**2)", "parameters": {"w": 0.5}}
    }
    kind: Literal["expression"] = "expression"
    formula: str = Field(default=FORMULA, max_length=LONGEST, description="Lines such as p = sigmoid(w * x + b), the last of them loss = …")
    parameters: dict[Name, Start] = Field(default={}, max_length=PARAMETERS, description="Where parameters begin; the others are drawn between −1 and 1")
    straight_through: Flag = Field(default=False, description="Carry gradients through step and round as if they were not there")

    def layers(self, spec: "SessionSpec") -> tuple[Layer, ...]:
        made = self.written()
        for name in self.parameters:
            if name not in made.parameters:
                raise SpecError("task.parameters", f"{name} is given a start, and the formula has no such parameter; it has {', '.join(made.parameters)}")
        return (Parameters(kind="formula", names=made.parameters, starts=self.parameters),)

    def loss(self, spec: "SessionSpec") -> Loss:
        return AsWritten(kind="formula")

    def written(self) -> Written:
        """The formula taken apart; raises SpecError with the place of what is wrong."""
        try:
            return written(self.formula)
        except FormulaError as error:
            raise SpecError("task.formula", str(error)) from None

    def label(self, network: "Network", layer: int) -> str:
        return "your formula"

    def told(self, tape: Tape) -> dict[str, Any]:
        return {"kind": self.kind, "formula": self.formula, "notes": notes(tape)}

    def check(self, network: "Network", shape: Shape) -> None:
        sizes = {"x": prod(network.inputs), "y": prod(network.outputs)}
        for letter in self.written().letters:
            size, place = sizes[letter[0]], letter[1:]
            have = [letter[0]] if size == 1 else [f"{letter[0]}{number}" for number in range(1, size + 1)]
            if letter not in have and not (size == 1 and place == "1"):
                listed = ", ".join(have[:6]) + (f" … {have[-1]}" if size > 6 else "")
                raise SpecError("task.formula", f"the formula reads {letter}, and this data has {listed}")

    def record(self, network: "Network", tape: Tape, x: Var, target: Var) -> tuple[Var, Var]:
        made = self.written()
        nodes: list[Var] = []
        for place, piece in enumerate(made.pieces):
            with tape.layer(0, "formula"), tape.scope(piece.line):
                node = self._piece(tape, piece, [nodes[source] for source in piece.inputs], {"x": x, "y": target}, network.shapes)
            nodes.append(node)
            if piece.inputs:
                tape.names[node.id] = "L" if place == made.loss else piece.name or f"v{sum(bool(one.inputs) for one in made.pieces[: place + 1])}"
        return nodes[made.prediction], nodes[made.loss]

    def _piece(self, tape: Tape, piece: Piece, inputs: list[Var], data: dict[str, Var], shapes: dict[str, Shape]) -> Var:
        match piece.kind:
            case "number":
                return tape.constant(piece.text, (data["x"].shape[0], 1), piece.number)
            case "letter":
                source = data[piece.name[0]]
                if source.shape[1] == 1:
                    return source
                found = tape.apply(OPS["column"], source, name=piece.name, choices={"place": int(piece.name[1:]) - 1})
            case "parameter":
                leaf = tape.leaf(f"0.{piece.name}", "parameter", shapes[f"0.{piece.name}"])
                found = tape.apply(OPS["spread"], leaf, name=piece.name, choices={"rows": data["x"].shape[0]})
                tape.names[leaf.id] = piece.name
            case "power":
                return tape.apply(OPS["power"], *inputs, name=piece.text, attributes={"n": piece.number})
            case "step" | "round":
                return tape.apply(OPS[piece.kind], *inputs, name=piece.text, attributes={"through": float(self.straight_through)})
            case kind:
                return tape.apply(OPS[kind], *inputs, name=piece.text)
        tape.names[found.id] = piece.name
        return found


class Parameters(Layer):
    """The parameters of a formula, a number each."""

    title: ClassVar[str] = "formula"
    names: tuple[str, ...]
    starts: dict[str, float]

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        drawn = {name: stream(seed, f"init {index}.{name}").uniform(-1, 1) for name in self.names}
        return {name: np.array([self.starts.get(name, drawn[name])]) for name in self.names}

    def parameters(self, inputs: Shape) -> int:
        return len(self.names)

    def trained(self) -> tuple[str, ...]:
        return self.names


class AsWritten(Loss):
    """The loss that the formula says."""

    title: ClassVar[str] = "your formula"
    short: ClassVar[str] = "L"
