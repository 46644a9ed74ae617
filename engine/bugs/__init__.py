"""Classic mistakes of people who write backpropagation by hand. One of them can be switched on in a session, and the program then really makes it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from engine.arena import Arena
from engine.component import Component, discover, union
from engine.formula.calls import Array
from engine.op import Pull
from engine.optimizers import Line
from engine.rung import Asked
from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.program import Program


class Bug(Component):
    """A mistake that a program makes on purpose. A bug overrides what it makes wrong; everything else stays right."""

    family: ClassVar[str] = "bugs"
    does: ClassVar[str] = ""
    """What comes of it, in words."""
    slip: ClassVar[str] = ""
    """What is said to a learner who makes the mistake in one number."""
    needs: ClassVar[str] = ""
    """What a network lacks in which the mistake cannot be made."""
    accumulates: ClassVar[bool] = False
    """Whether a gradient is added to what the update before has left in its place."""
    early: ClassVar[bool] = False
    """Whether a layer is stepped before the gradient is carried back through it."""

    @property
    def alone(self) -> bool:
        """Whether an update with the mistake can be told by itself, phase after phase: it hangs on none before it."""
        return not (self.accumulates or self.early)

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        """The rule that carries a cotangent back through a node to its input `name`; `own` is the right one."""
        return own

    def line(self, line: Line) -> Line:
        """What becomes of a line of the update."""
        return line

    def vectors(self, parameters: Arena[str]) -> Mapping[str, Array]:
        """What the lines read beside the optimiser's own numbers, by name: vectors as long as the parameters."""
        return {}

    def slips(self, asked: Asked) -> Iterator[float]:
        """What a learner who makes the mistake may say when asked for one number; nothing where it does not touch a single number."""
        rung = asked.rung
        if rung and rung.rule and rung.wrt:
            rule = self.pull(rung.tape, rung.node, rung.wrt, rung.rule)
            if rule is not rung.rule:
                yield rung.value(rule)

    def unfit(self, program: "Program", trained: set[str]) -> str | None:
        """Why the mistake cannot be made in a network, in words; None where it can. `trained` are the parameters that updates change."""
        pulls = ((program.tape.nodes[i.node], i.wrt) for i in program.instructions if i.node is not None and i.wrt)
        for node, name in pulls:
            own = node.op.pulls[name] if node.op else None
            if own and self.pull(program.tape, node, name, own) is not own:
                return None
        return self.needs


discover(__name__)

if TYPE_CHECKING:
    AnyBug = Bug
else:
    AnyBug = union(Bug)
