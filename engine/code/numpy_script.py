"""The shown update as a plain NumPy script: the program's own instructions, one line each, with their numbers.

It is made from the tape, the ops' rules and the optimiser's lines. Every line says the operations that the engine runs, in the same order.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.code.literals import WRITTEN_OUT, array, number, precision
from engine.code.script import Script
from engine.code.variables import variables
from engine.errors import SpecError
from engine.formula import source
from engine.formula.calls import Array
from engine.instruction import Instruction
from engine.keeping import is_kept, parts
from engine.rehearsal import Rehearsal, noise_name
from engine.sentences import label, todo

if TYPE_CHECKING:
    from engine.session import Session

MENTIONED = 32
"""Examples of the batch that are named."""
ALIGN = 52
"""The column of the comments, where the code before them is shorter."""


class NumpyScript(Script):
    """The update in NumPy; `names` has the variable of each node."""

    name = "update.py"

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self.told = Rehearsal(session)
        self.bug = self.told.settings.bug
        if self.bug and not self.bug.alone:
            raise SpecError("form", f"an update with the bug “{self.bug.title}” cannot be written down by itself; switch the bug off and go on by one update")
        self.tape = self.told.program.tape
        self.names = variables(self.tape, session.symbols.columns)
        self.precision = precision(session.network.dtype)
        self.given = self.told.given()
        self.loads = "update" if sum(values.size for values in self.given.values()) > WRITTEN_OUT else None

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._numbers()
        yield from self._passes()
        yield from self._step()
        yield from self._shown()

    def _head(self) -> Iterator[str]:
        told = self.told
        yield f'"""One update of a network, line by line: update {told.number} of {self.network}, from Backprop Lab.'
        yield ""
        yield "The same operations in the same order as on the page, so the numbers are the page's, to the last bit on one kind of machine."
        if self.loads:
            yield f"Put {self.loads}.npz beside this script: the lab offers it, with the batch and the parameters that the update begins with."
        yield '"""'
        yield from ("", "import numpy as np", "")
        if self.bug:
            yield from (f"# A bug is switched on in this update, and is in this script too: {self.bug.title}.", "")
        if not told.quiet:
            yield from ('np.seterr(all="ignore")  # numbers overflow in this update, as on the page', "")
        if told.differs:
            yield f"# The page has other numbers in {', '.join(told.differs)}: they were set by hand, or something other than this update made them."
            yield ""

    def _numbers(self) -> Iterator[str]:
        told = self.told
        if self.loads:
            yield f'given = np.load("{self.loads}.npz")'
        yield f"# The batch, one example a row: {_counted(told.rows)}; y is what the network should answer."
        yield from (self._given(name, name, self.given[name]) for name in ("x", "y"))
        for node, drawn in told.program.noise.views.items():
            yield from ("", f"# Drawn at random for this update, in {label(told, self.tape.nodes[node].layer)}")
            yield self._given(self.names[node], noise_name(self.tape.nodes[node]), drawn)
        for node, value in self.tape.constants.items():
            shape, filled = self.tape.nodes[node].shape, f", {value!r}" if value else ""
            yield f"{self.names[node]} = np.{'full' if value else 'zeros'}({shape}{filled}{f', {self.precision}' if self.precision else ''})"
        parameters = [node for node in self.tape.nodes if node.role == "parameter"]
        yield from ("", f"# The parameters at the start of the update; {self.names[parameters[0].id]} is {parameters[0].name} on the page.")
        yield from (self._given(self.names[node.id], node.name, told.begun.views[node.name]) for node in parameters)

    def _given(self, variable: str, key: str, values: Array) -> str:
        if self.loads:
            return f'{variable} = given["{key}"]'
        return f"{variable} = {array(values, self.precision) if values.ndim else number(float(values), self.precision)}"

    def _passes(self) -> Iterator[str]:
        phase = ""
        done: set[int] = set()
        for instruction in self.told.program.instructions:
            if instruction.phase == "update":
                return
            if instruction.phase != phase:
                phase = instruction.phase
                yield from ("", f"# {phase.capitalize()}")
                if phase == "backward":
                    yield f"d{self.names[self.told.program.root]} = {number(1.0, self.precision)}"
            if instruction.passing or instruction.computes[0][0] in done:  # another line works it out
                continue
            done |= {target for target, _ in instruction.computes[1:]}
            yield from self._instruction(instruction)

    def _instruction(self, instruction: Instruction) -> Iterator[str]:
        if instruction.joins:
            yield from self._joined(instruction)
            return
        node = self.tape.nodes[instruction.node or 0]
        assert node.op is not None
        values = {name: self.names[source] for name, source in node.arguments().items()}
        values |= {name: number(value, self.precision) for name, value in node.attributes.items()}
        values |= {name: repr(value) for name, value in node.choices.items()}
        shapes = {name: self.tape.nodes[source].shape for name, source in node.arguments().items()} | {"y": node.shape, "dy": node.shape}
        if instruction.wrt is None:
            target, rule, shape = self.names[node.id], node.op.numpy, node.shape
        else:
            target, rule, shape = f"d{values[instruction.wrt]}", self.told.program.pull(node, instruction.wrt).numpy, shapes[instruction.wrt]
            values |= {"y": self.names[node.id], "dy": f"d{self.names[node.id]}"}
        if not rule:
            raise SpecError("form", f"the op {node.op.name} does not say itself in NumPy yet, so this network cannot be taken away as a script")
        within = self.told.program.pull(node, instruction.wrt).within if instruction.wrt and not instruction.first else ""
        if within:
            gives = "=" if instruction.computes[0][0] in self.told.program.tiled else "+="
            yield _said(f"{target}[{source(f'x[{within}]', values)[len(values['x']) + 1 : -1]}] {gives} {values['dy']}", todo(self.told, instruction))
            return
        *before, last = source(rule, values, precision=self.precision, shapes=shapes, shape=shape).split("\n")
        yield from before
        yield _said(f"{target} = {last}" if instruction.first else f"{target} = {target} + ({last})", todo(self.told, instruction))

    def _joined(self, instruction: Instruction) -> Iterator[str]:
        """The whole gradient of a weight that is used again and again, a line for each stretch of uses; or those of several weights by one product."""
        if len(instruction.computes) > 1:
            yield from self._at_once(instruction)
            return
        name, wrt = f"d{self.names[instruction.computes[0][0]]}", instruction.wrt or ""
        for place, run in enumerate(instruction.joins):
            node, rule = run[0], self.told.program.pull(run[0], wrt).numpy
            values = {each: _stacked([self.names[reader.arguments()[each]] for reader in run]) for each in node.arguments()}
            values |= {"dy": _stacked([f"d{self.names[reader.id]}" for reader in run])}
            more = (len(run),) if len(run) > 1 else ()
            shapes = {each: (*more, *self.tape.nodes[source].shape) for each, source in node.arguments().items()} | {"dy": (*more, *node.shape)}
            *before, line = source(rule, values, precision=self.precision, shapes=shapes, shape=self.tape.nodes[node.arguments()[wrt]].shape).split("\n")
            yield from before
            yield _said(f"{name} = {line}" if place == 0 else f"{name} = {name} + ({line})", f"all {len(run)} uses at once" if more else "one use")

    def _at_once(self, instruction: Instruction) -> Iterator[str]:
        """The gradients of several weights by one product: what all uses read and what arrives at them, put together first."""
        run = instruction.joins[0]
        assert run[0].op is not None and run[0].op.whole is not None
        arguments, whole = run[0].arguments(), run[0].op.whole
        stacks = {name: [self.names[use.arguments()[name]] for use in run] for name in arguments if name not in whole.names}
        stacks["dy"] = [f"d{self.names[use.id]}" for use in run]
        for name, each in stacks.items():
            yield _said(f"_{name} = np.concatenate([{', '.join(each)}])", f"all {len(run)} uses, one below the other")
        values = {name: self.names[arguments[name]] for name in whole.names} | {name: f"_{name}" for name in stacks}
        values |= {f"d{name}": f"d{values[name]}" for name in whole.names}
        for line in source(whole.numpy, values, precision=self.precision).split("\n"):
            yield _said(line, "one product for all of them" if line.startswith("_turned") else "its part of it")

    def _step(self) -> Iterator[str]:
        told, spans = self.told, self.told.parameters.spans
        if not told.remembered:
            yield from ("", "# The optimiser was changed after this update and its memory is gone, so the update itself cannot be told again.")
            return
        update = told.update
        names = {node.name: self.names[node.id] for node in self.tape.nodes if node.role == "parameter"}
        yield from ("", f"# Update: {type(told.settings.optimizer).title}, on all parameters as one vector")
        yield f"w = np.concatenate([{', '.join(f'{names[name]}.reshape(-1)' for name in spans)}])"
        kept = {
            name: f"np.zeros({view.size}{f', {self.precision}' if self.precision else ''})" for name, view in told.parameters.views.items() if is_kept(name)
        }
        yield f"g = np.concatenate([{', '.join(kept.get(name) or f'd{names[name]}.reshape(-1)' for name in spans)}])"
        yield from (f"{name} = {number(float(value), self.precision)}" for name, value in update.numbers.items())
        yield from (self._given(name, name, values) for name, values in {**told.slots, **update.vectors}.items())
        for line in update.lines:
            yield from self._line(line.target, line.formula, line.says)
        for keep in self.tape.kept:
            start, stop = spans[self.tape.nodes[keep.parameter].name]
            old, new = (number(part, self.precision) for part in parts(keep))
            yield f"w[{start}:{stop}] = w[{start}:{stop}] * {old} + {self.names[keep.value]}[0] * {new}  # a running statistic"
        shapes = {name: view.shape for name, view in told.parameters.views.items()}
        for name, (start, stop) in spans.items():
            shape = f".reshape({', '.join(map(str, shapes[name]))})" if len(shapes[name]) > 1 else ""
            yield f"{names[name]} = w[{start}:{stop}]{shape}"

    def _line(self, target: str, formula: str, says: str) -> Iterator[str]:
        clip, runs = self.told.settings.clip, self.told.update.runs
        if target == "applied" and clip:
            own = {name: number(float(value), self.precision) for name, value in clip if name != "kind"}
            yield from (f"{name} = {source(text, own)}" for name, text in clip.measured.items())
            yield _said(f"g = {source(formula, own)}", says)
        elif target == "w" and runs is not None:
            yield _said(f"moved = {source(formula, {})}", says)
            yield from (f"w[{start}:{stop}] = moved[{start}:{stop}]" for start, stop in runs)
            if held := self.told.network.learned.keys() - self.told.network.trained():
                yield f"# No update changes {', '.join(sorted(held))}."
        else:
            yield _said(f"{target} = {source(formula, {})}", says)

    def _shown(self) -> Iterator[str]:
        parameters = [self.names[node.id] for node in self.tape.nodes if node.role == "parameter"]
        learned = [self.names[node.id] for node in self.tape.nodes if node.role == "parameter" and not is_kept(node.name)]
        yield from ("", "# What the page shows", 'print("loss:", loss)')
        shown = [f"d{name}" for name in learned] + (parameters if self.told.remembered else [])
        yield from (f'print("{name}:", {name}, sep="\\n")' for name in shown)


def _counted(rows: list[int]) -> str:
    """Which examples these are."""
    listed = ", ".join(map(str, rows[:MENTIONED])) + (f" and {len(rows) - MENTIONED} more" if len(rows) > MENTIONED else "")
    return f"example {listed}" if len(rows) == 1 else f"examples {listed}"


def _stacked(names: list[str]) -> str:
    """Several values as one, with an axis for them in front."""
    return names[0] if len(names) == 1 else f"np.stack([{', '.join(names)}])"


def _said(code: str, words: str) -> str:
    return f"{code:<{ALIGN}}  # {words}"
