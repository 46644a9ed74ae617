"""The sections of a worksheet: what is given, forward, the loss, backward, the gradients, and the new weights. Its numbers are the session's own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.columns import Column
from engine.evaluate import squash
from engine.formula import given, measured
from engine.formula.calls import Array
from engine.formula.mathml import identifier
from engine.rehearsal import Rehearsal
from engine.typesetting import assignment
from engine.worksheet.parts import Numbers, Part, section, table
from engine.worksheet.rules import OVER, Rules

if TYPE_CHECKING:
    from engine.session import Session


class Sheet:
    """Reads one example through the shown update."""

    def __init__(self, session: "Session", example: int | None, numbers: Numbers) -> None:
        self.session = session
        self.numbers = numbers
        self.followed = session.focus.follow(example)
        self.program, self.row = self.followed.program, self.followed.row
        self.own = {name: view.copy() for name, view in session.focus.gradients.views.items()}
        self.told = Rehearsal(session)
        self.rules = Rules(session, self.program)
        self.columns = session.symbols.columns
        self.logits = session.network.loss.output == "logit"
        self.alone = self.told.rows == [self.followed.example]

    def sections(self) -> list[Part]:
        """Everything, in the order in which one works."""
        forward = [self._forward(column) for column in self.columns[1:]]
        backward = [self._backward(column) for column in self.columns[:0:-1]]
        return [self._given(), *forward, self._loss(), *backward, self._gradients(), self._update()]

    def inputs(self) -> list[float]:
        """The example's inputs, as the network sees them."""
        return [float(value) for value in self._values(0)]

    def targets(self) -> list[float]:
        """What the network should answer."""
        return [float(value) for value in self._values(1)]

    def _given(self) -> Part:
        heads = [self.rules.outside(self.columns[0], str(unit + 1)) for unit in range(self.columns[0].units)]
        heads += [self.rules.output("y", str(unit + 1)) for unit in range(self.columns[-1].units)]
        tables = [table("The example: its inputs, and what the network should answer", heads, [("", self._told([*self.inputs(), *self.targets()]))])]
        for column in self.columns[1:]:
            biased = " and biases" if "b" in self._names(column) else ""
            tables.append(self._matrix(column, f"Weights{biased} of layer {column.index}", self.told.begun.views))
        says = ["A weight stands in the row of the unit that it comes from, and in the column of the unit that it goes to."]
        return section("Given", says, [], tables, room=0)

    def _forward(self, column: Column) -> Part:
        rules = self.rules
        formulas = [rules.sum(column)]
        rows = [(rules.inside("z", column), self._asked("z", self._values(column.pre)))]
        if column.post != column.pre:
            formulas.append(f"{rules.outside(column)}<mo>=</mo>{rules.activation(column)}")
            rows.append((rules.outside(column), self._asked("a", self._values(column.post))))
        if column.last and self.logits:
            formulas.append(f"{rules.output('p')}<mo>=</mo>{rules.chance()}")
            rows.append((rules.output("p"), self._asked("a", self._shares())))
        return section(f"Forward, {self._title(column)}", [], formulas, [table("", self._counted(column), rows)], room=1 + column.units)

    def _loss(self) -> Part:
        loss = self.session.network.loss
        value = float(self._values(self.program.tape.marks["each"])[0])
        cells = [self.numbers.asked("loss", value)]
        title = loss.title or loss.kind.replace("_", " ")
        return section(
            "The loss of this example",
            [f"{title[:1].upper()}{title[1:]}."],
            [f"<mi>L</mi><mo>=</mo>{self.rules.cost()}"],
            [table("", [""], [("<mi>L</mi>", cells)])],
            room=2,
        )

    def _backward(self, column: Column) -> Part:
        rules, delta = self.rules, self.rules.inside("δ", column)
        formulas, rows = [], []
        if column.last and self.logits:
            formulas.append(f"{delta}<mo>=</mo>{rules.miss()}")
        elif column.post == column.pre:
            formulas.append(f"{delta}<mo>=</mo>{rules.arriving(column)}")
        else:
            formulas += [f"{OVER.format(rules.outside(column))}<mo>=</mo>{rules.arriving(column)}", f"{delta}<mo>=</mo>{rules.slope(column)}"]
            rows.append((OVER.format(rules.outside(column)), self._asked("delta", self._cotangents(column.post))))
        rows.append((delta, self._asked("delta", self._cotangents(column.pre))))
        says = ["δ says how the loss changes with a weighted sum: δ = ∂L/∂z."] if column.last else []
        return section(f"Backward, {self._title(column)}", says, formulas, [table("", self._counted(column), rows)], room=1 + column.units)

    def _gradients(self) -> Part:
        tables = [self._matrix(column, f"Gradients of layer {column.index}", self.own, "gradients") for column in self.columns[1:]]
        says = ["The gradient of a weight is the value that it weighs, here called a, times the δ of the unit that it goes to."]
        return section("Gradients", says, [self.rules.weight(), self.rules.bias()], tables, room=2)

    def _update(self) -> Part:
        told, update = self.told, self.told.update
        title = "New weights"
        if not told.remembered:
            says = ["The optimiser was changed after this update, and what it remembered is gone: the new weights cannot be worked out again."]
            return section(title, says, [], [], room=0)
        formulas = [assignment(line.target, line.formula, update.symbols) for line in update.lines if line.target != "applied"]
        numbers = {name: given(float(value))[0] for name, value in update.numbers.items()}
        numbers |= {name: measured(float(told.slots[name]), self.numbers.digits)[0] for name in update.counters.views}
        formulas += [f"{update.symbols.get(name) or identifier(name)}<mo>=</mo>{value}" for name, value in numbers.items()]
        tables = self._matrices(f"g of layer {{}}{', clipped' if told.settings.clip else ''}", self._parted(update.applied)) if self._others() else []
        for name in update.slots.views:
            tables += self._matrices(f"{name} of layer {{}}, as it was", self._parted(told.slots[name]))
        tables += self._matrices("New weights of layer {}", told.parameters.views, "weights")
        return section(title, [f"One step of {type(told.settings.optimizer).title}.", *self._about_g()], formulas, tables, room=3)

    def _about_g(self) -> list[str]:
        settings, rows = self.told.settings, self.told.rows
        if self.alone:
            says = ["The batch is this example alone, so g is its gradient."]
        else:
            says = [f"g is the mean of the gradients of the batch's {len(rows)} examples." if len(rows) > 1 else f"g is the gradient of example {rows[0]}."]
        shown = [f"{self.numbers.given(strength)['text']} {of}" for strength, of in ((settings.l2, "w"), (settings.l1, "sgn(w)")) if strength]
        says += [f"The penalty adds {' + '.join(shown)} to the gradient of each weight."] if shown else []
        return says + (["It is clipped before the step."] if settings.clip else [])

    def _others(self) -> bool:
        """Whether the step is made of more than this example's own gradient."""
        settings = self.told.settings
        return not self.alone or bool(settings.l1 or settings.l2 or settings.clip)

    def _matrices(self, caption: str, views: Mapping[str, Array], kind: str = "") -> list[Part]:
        return [self._matrix(column, caption.format(column.index), views, kind) for column in self.columns[1:]]

    def _matrix(self, column: Column, caption: str, views: Mapping[str, Array], kind: str = "") -> Part:
        """A number for each weight of a layer, in the row of where it comes from, and for each bias below."""
        names, trained = self._names(column), self.session.network.trained()

        def cells(name: str, values: Array) -> list[Part]:
            held = kind == "weights" and name not in trained
            return self._asked(kind, values) if kind and not held else self._told(values)

        before = self.columns[column.index - 1]
        rows = [(self.rules.outside(before, str(unit + 1)), cells(names["W"], views[names["W"]][unit])) for unit in range(before.units)]
        rows += [("<mtext>bias</mtext>", cells(names["b"], views[names["b"]]))] if "b" in names else []
        held = [name for name in names.values() if kind == "weights" and name not in trained]
        note = f"{' and '.join(held)}: held, no update changes {'it' if len(held) == 1 else 'them'}." if held else ""
        return table(caption, [self.rules.outside(column, str(unit + 1)) for unit in range(column.units)], rows, note)

    def _names(self, column: Column) -> dict[str, str]:
        """The parameters of a column's layer, by their short names."""
        arguments = self.program.tape.nodes[column.pre or 0].arguments()
        return {short: self.program.tape.nodes[arguments[short]].name for short in ("W", "b") if short in arguments}

    def _parted(self, flat: Array) -> dict[str, Array]:
        """A vector as long as the parameters, in their shapes."""
        return {name: flat[start:stop].reshape(self.told.begun.views[name].shape) for name, (start, stop) in self.told.begun.spans.items()}

    def _title(self, column: Column) -> str:
        return f"layer {column.index}{', the output' if column.last else ''}"

    def _counted(self, column: Column) -> list[str]:
        return [f"<mi>j</mi><mo>=</mo><mn>{unit + 1}</mn>" if column.units > 1 else "" for unit in range(column.units)]

    def _values(self, node: int | None) -> Array:
        return np.asarray(self.program.value(node or 0)[self.row])

    def _cotangents(self, node: int | None) -> Array:
        found = self.program.cotangent(node or 0)
        assert found is not None
        return np.asarray(found[self.row])

    def _shares(self) -> Array:
        return np.asarray(squash(self.session.network, self._values(self.columns[-1].pre).reshape(1, -1))[0])

    def _asked(self, kind: str, values: Array) -> list[Part]:
        return [self.numbers.asked(kind, float(value)) for value in values]

    def _told(self, values: Array | list[float]) -> list[Part]:
        return [self.numbers.given(float(value)) for value in values]
