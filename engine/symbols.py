"""What every value is called on the page: layer and unit both as subscripts, counted from 1, beside the API's name."""

from dataclasses import asdict
from typing import Any

from engine.columns import Column, columns_of
from engine.formula import math
from engine.tape import Node, Tape
from engine.trace import name
from engine.turns import each_of, turns_of

SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")


class Symbols:
    """Names for the nodes of one network."""

    def __init__(self, tape: Tape, feature_names: tuple[str, ...]) -> None:
        self.tape = tape
        self.feature_names = feature_names
        self.columns = columns_of(tape)
        self._column_of: dict[int, tuple[Column, str]] = {}
        for column in self.columns:
            self._column_of[column.post] = (column, column.letter)
            if column.pre is not None:
                self._column_of[column.pre] = (column, "z")

    def column_of(self, node: int) -> Column | None:
        """The column of neurons that an input, a pre-activation or an activation belongs to; None for every other number."""
        if not 0 <= node <= turns_of(self.tape)[-1].prediction or self.tape.nodes[node].role not in ("input", "noise", "value"):
            return None
        neurons = (column for column in self.columns if column.kind == "neurons" and len(self.tape.nodes[node].shape) == 2)
        return next((column for column in neurons if (column.pre or 0) <= node <= column.post), None)

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
        letter = {"W": "w", "U": "u", "b": "b"}.get(node.name.split(".")[-1], "θ")
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
            if column.last or not column.index:
                return letter, place if column.units > 1 or not column.index else ""
            return letter, f"{column.index},{place}"
        if each_of(self.tape, node) <= node:
            return "L", ""
        made = self.tape.nodes[node]
        return ("v" if made.layer is not None else "ℓ"), f"{made.id},{place}"

    def json(self) -> list[dict[str, Any]]:
        """The columns as the page draws them."""
        found = []
        for column in self.columns:
            units = range(column.units if len(column.shape) == 1 and column.kind != "sequence" else 0)
            found.append(
                {
                    "index": column.index,
                    "text": self.column_text(column),
                    "units": column.units,
                    "texts": [self.text(column.post, unit) for unit in units],
                    "symbols": [math(self.math(column.post, unit)) for unit in units] if column.units <= 64 else [],
                    "first": column.first,
                    "pre": column.pre,
                    "post": column.post,
                    "layers": list(column.layers),
                    "activation": column.activation,
                    "kind": column.kind,
                    "shape": list(column.shape),
                    "skips": list(column.skips),
                    "hidden": self.tape.nodes[column.moments[0].h].shape[-1] if column.moments else None,
                    "moments": [asdict(moment) for moment in column.moments],
                }
            )
        return found


def _called(name: str) -> str:
    """A name of the formula's own as MathML, its digits below."""
    stem = name.rstrip("0123456789")
    return f"<msub><mi>{stem}</mi><mn>{name[len(stem) :]}</mn></msub>" if stem != name else f"<mi>{name}</mi>"
