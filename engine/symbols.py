"""What every value is called on the page: layer and unit both as subscripts, counted from 1, beside the API's name."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from engine.formula import math
from engine.tape import Node, Tape
from engine.trace import name

SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")


@dataclass(frozen=True)
class Column:
    """A column of neurons: the input, or a linear layer with the activations after it. `pre` and `post` are node numbers."""

    index: int
    letter: str
    units: int
    pre: int | None
    post: int
    layers: tuple[int, ...]
    activation: str | None
    last: bool


class Symbols:
    """Names for the nodes of one network."""

    def __init__(self, tape: Tape, feature_names: tuple[str, ...]) -> None:
        self.tape = tape
        self.feature_names = feature_names
        self.columns = _columns(tape)
        self._column_of: dict[int, tuple[Column, str]] = {}
        for column in self.columns:
            self._column_of[column.post] = (column, column.letter)
            if column.pre is not None:
                self._column_of[column.pre] = (column, "z")

    def column_of(self, node: int) -> Column | None:
        """The column that an input, a pre-activation or an activation belongs to; None for every other number."""
        if not 0 <= node <= self.tape.marks["prediction"] or self.tape.nodes[node].role not in ("input", "value"):
            return None
        return next((column for column in self.columns if (column.pre or 0) <= node <= column.post), None)

    def text(self, node: int, *unit: int) -> str:
        """Plain text, such as h₁,₃."""
        if node in self.tape.names:
            return name(self.tape, node)
        letter, index = self._parts(node, *unit)
        if node == 0:
            return self.feature_names[unit[0]]
        return letter + index.translate(SUBSCRIPTS)

    def math(self, node: int, *unit: int) -> str:
        """MathML content of the same name; a value with several axes has an index for each."""
        if node in self.tape.names:
            return _called(self.tape.names[node])
        letter, index = self._parts(node, *unit)
        shown = "p" if letter == "p" else letter
        return f"<msub><mi>{shown}</mi><mrow><mn>{index}</mn></mrow></msub>" if index else f"<mi>{shown}</mi>"

    def parameter(self, node: Node, index: tuple[int, ...]) -> str:
        """MathML content of a weight's or a bias's name."""
        if node.id in self.tape.names:
            return _called(self.tape.names[node.id])
        letter = {"W": "w", "b": "b"}.get(node.name.split(".")[-1], "θ")
        return f"<msub><mi>{letter}</mi><mn>{','.join(str(i + 1) for i in index)}</mn></msub>"

    def of(self, node: int, index: tuple[int, ...]) -> str:
        """MathML content of any element; `index` has no batch axis."""
        made = self.tape.nodes[node]
        if made.role == "parameter":
            return self.parameter(made, index)
        if made.role == "constant" and made.id in self.tape.constants:
            return f"<mn>{made.name}</mn>"
        if made.role == "target":
            return f"<msub><mi>y</mi><mn>{index[0] + 1}</mn></msub>" if made.shape[1] > 1 else "<mi>y</mi>"
        return self.math(node, *(index or (0,)))

    def derivative(self, node: int, index: tuple[int, ...]) -> str:
        """MathML content of ∂L/∂ of an element."""
        return f'<mfrac displaystyle="true"><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo>{self.of(node, index)}</mrow></mfrac>'

    def column_text(self, column: Column) -> str:
        """A whole column's name, such as h₁."""
        return column.letter if column.index == 0 or column.last else column.letter + str(column.index).translate(SUBSCRIPTS)

    def _parts(self, node: int, *unit: int) -> tuple[str, str]:
        place = ",".join(str(i + 1) for i in unit)
        if node == 0:
            return "x", place
        if node in self._column_of:
            column, letter = self._column_of[node]
            if column.last:
                return letter, place if column.units > 1 else ""
            return letter, f"{column.index},{place}"
        if self.tape.marks["each"] <= node:
            return "L", ""
        made = self.tape.nodes[node]
        return ("v" if made.layer is not None else "ℓ"), f"{made.id},{place}"

    def json(self) -> list[dict[str, Any]]:
        """The columns as the page draws them."""
        found = []
        for column in self.columns:
            units = range(column.units)
            found.append(
                {
                    "index": column.index,
                    "text": self.column_text(column),
                    "units": column.units,
                    "texts": [self.text(column.post, unit) for unit in units],
                    "symbols": [math(self.math(column.post, unit)) for unit in units] if column.units <= 64 else [],
                    "pre": column.pre,
                    "post": column.post,
                    "layers": list(column.layers),
                    "activation": column.activation,
                }
            )
        return found


def _called(name: str) -> str:
    """A name of the formula's own as MathML, its digits below."""
    stem = name.rstrip("0123456789")
    return f"<msub><mi>{stem}</mi><mn>{name[len(stem) :]}</mn></msub>" if stem != name else f"<mi>{name}</mi>"


def _alike(nodes: list[Node]) -> list[Node]:
    """The nodes up to the first that has another shape than the first of all."""
    return list(takewhile(lambda node: node.shape == nodes[0].shape, nodes))


def _columns(tape: Tape) -> list[Column]:
    """Read the columns off the tape: a new one at each weighted sum, with what is applied to it unit by unit."""
    prediction = tape.marks["prediction"]
    body = [node for node in tape.nodes if node.op and node.id <= prediction and node.id not in tape.names]
    starts = [node for node in body if node.op and "W" in node.op.inputs and len(node.shape) == 2 and "/" not in node.scope]
    columns = []
    head = [node for node in _alike([tape.nodes[0], *(node for node in body if not starts or node.id < starts[0].id)]) if node.op]
    columns.append(
        Column(
            0,
            "x",
            tape.nodes[0].shape[1],
            0 if head else None,
            head[-1].id if head else 0,
            tuple(sorted({node.layer for node in head if node.layer is not None})),
            head[-1].op.name if head and head[-1].op else None,
            False,
        )
    )
    for number, start in enumerate(starts, 1):
        stop = starts[number].id if number < len(starts) else prediction + 1
        inside = _alike([node for node in body if start.id <= node.id < stop])
        post = inside[-1]
        last = number == len(starts)
        activation = post.op.name if post.op and post is not start else None
        letter = ("z" if activation is None else "p" if activation in ("sigmoid", "softmax") else "a") if last else ("z" if activation is None else "h")
        layers = tuple(sorted({node.layer for node in inside if node.layer is not None}))
        columns.append(Column(number, letter, start.shape[1], start.id, post.id, layers, activation, last))
    return columns
