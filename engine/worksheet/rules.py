"""The formulas of a worksheet, with the names that its values have there: zₖ,ⱼ, hₖ,ⱼ, p, δ. Those of activations and losses are the ops' own."""

import re
from typing import TYPE_CHECKING

from engine.columns import Column
from engine.formula import Symbol, given, typeset
from engine.losses import TermLoss
from engine.op import local_formula
from engine.program import Program
from engine.tape import Node
from engine.typesetting import flat
from engine.worksheet.parts import sub

if TYPE_CHECKING:
    from engine.session import Session

SUM = "<munder><mo>∑</mo><mi>{}</mi></munder>"
OVER = "<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo>{}</mrow></mfrac>"


class Rules:
    """MathML content for one network; j is the unit that is worked on, i one before it, k one behind it."""

    def __init__(self, session: "Session", program: Program) -> None:
        self.columns = session.symbols.columns
        self.program = program
        self.loss = session.network.loss
        self.outputs = self.columns[-1].units

    def inside(self, letter: str, column: Column, unit: str = "j") -> str:
        """A value before the activation of a column: z or δ."""
        unit = "1" if column.units == 1 and unit.isalpha() else unit
        return sub(letter, unit if column.units > 1 else "") if column.last else sub(letter, str(column.index), unit)

    def outside(self, column: Column, unit: str = "j") -> str:
        """What leaves a column: xᵢ, h₁,ᵢ or p."""
        return sub("x", unit) if column.index == 0 else self.inside(column.letter, column, unit)

    def output(self, letter: str, unit: str = "j") -> str:
        """A value that there is for each output: y, or p inside the loss."""
        return sub(letter, unit if self.outputs > 1 else "")

    def sum(self, column: Column) -> str:
        """The weighted sum of a unit."""
        before = self.columns[column.index - 1]
        weights = self.program.tape.nodes[column.pre or 0].arguments()
        j = "j" if column.units > 1 else "1"
        bias = f"<mo>+</mo>{sub('b', j)}" if "b" in weights else ""
        products = f"{sub('x', '1')}<mo>×</mo>{sub('w', '1', j)}" if before.index == 0 and before.units == 1 else ""
        products = products or f"{SUM.format('i')}{self.outside(before, 'i')}<mo>×</mo>{sub('w', 'i', j)}"
        return f"{self.inside('z', column)}<mo>=</mo>{products}{bias}"

    def activation(self, column: Column) -> str:
        """An activation, of z."""
        node = self.program.tape.nodes[column.post]
        assert node.op is not None
        if node.op.elementwise:
            return typeset(node.op.formula, {"x": self.inside("z", column), **self._attributes(node)})
        return flat(re.sub(r"\bx\b", "z", node.op.formula))

    def chance(self) -> str:
        """The probability that a loss on logits makes of z."""
        if isinstance(self.loss, TermLoss):
            return typeset("1 / (1 + exp(-z))", {"z": self.output("z")})
        above, below = (typeset("exp(z)", {"z": sub("z", unit)}) for unit in "jk")
        return f"<mfrac><mrow>{above}</mrow><mrow>{SUM.format('k')}{below}</mrow></mfrac>"

    def cost(self) -> str:
        """The loss of one example."""
        names = {"p": self.output("p"), "t": self.output("y")}
        if not isinstance(self.loss, TermLoss):
            return f"<mo>−</mo>{SUM.format('j')}{typeset('t * log(p)', names)}"
        if self.loss.output == "logit":
            term = typeset("-(t * log(p) + (1 - t) * log(1 - p))", names)
        else:
            node = self._term()
            term = typeset(node.op.formula if node.op else "", {**names, "p": self.outside(self.columns[-1]), **self._attributes(node)})
        if self.outputs == 1:
            return term
        mean = self.loss.over_outputs == "row_mean"
        return (f"<mfrac><mn>1</mn><mn>{self.outputs}</mn></mfrac>" if mean else "") + f"{SUM.format('j')}<mrow>{term}</mrow>"

    def miss(self) -> str:
        """δ of an output whose probability is inside the loss: p − y."""
        return self._share(typeset("p - t", {"p": self.output("p"), "t": self.output("y")}))

    def arriving(self, column: Column) -> str:
        """The gradient that arrives behind a column: from the loss, or as the sum over the units after it."""
        if not column.last:
            after = self.columns[column.index + 1]
            if after.units == 1:
                return f"{sub('w', 'j', '1')}<mo>×</mo>{self.inside('δ', after, '1')}"
            return f"{SUM.format('k')}{sub('w', 'j', 'k')}<mo>×</mo>{self.inside('δ', after, 'k')}"
        term = self._term()
        assert term.op is not None
        names = {"p": self.outside(column), "t": self.output("y"), **self._attributes(term)}
        return self._share(typeset(local_formula(term.op.pulls["p"].formula), names))

    def slope(self, column: Column) -> str:
        """δ from what arrives at an activation: times its slope."""
        node = self.program.tape.nodes[column.post]
        assert node.op is not None
        arriving, own = OVER.format(self.outside(column)), self.outside(column)
        if not node.op.elementwise:
            other = self.outside(column, "k")
            return f"{own}<mo>×</mo><mo>(</mo>{arriving}<mo>−</mo>{SUM.format('k')}{other}<mo>×</mo>{OVER.format(other)}<mo>)</mo>"
        local = typeset(local_formula(node.op.pulls["x"].formula), {"x": self.inside("z", column), "y": own, **self._attributes(node)})
        return f"{arriving}<mo>×</mo><mrow><mo>(</mo>{local}<mo>)</mo></mrow>"

    def weight(self) -> str:
        """The gradient of a weight."""
        return f"{OVER.format(sub('w', 'i', 'j'))}<mo>=</mo>{sub('a', 'i')}<mo>×</mo>{sub('δ', 'j')}"

    def bias(self) -> str:
        """The gradient of a bias."""
        return f"{OVER.format(sub('b', 'j'))}<mo>=</mo>{sub('δ', 'j')}"

    def _share(self, content: str) -> str:
        """A term of the loss, divided by the outputs where the loss is their mean."""
        mean = isinstance(self.loss, TermLoss) and self.loss.over_outputs == "row_mean"
        return f"<mfrac><mrow>{content}</mrow><mn>{self.outputs}</mn></mfrac>" if mean and self.outputs > 1 else content

    def _term(self) -> Node:
        """The op that measures the miss of each output."""
        return next(node for node in self.program.tape.nodes if node.op and 1 in node.inputs)

    def _attributes(self, node: Node) -> dict[str, Symbol]:
        return {name: given(value) for name, value in node.attributes.items()}
