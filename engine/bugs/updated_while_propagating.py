"""Stepping the weights too early."""

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.bugs import Bug
from engine.early import carried_late, parameters

if TYPE_CHECKING:
    from engine.program import Program


class UpdatedWhilePropagating(Bug):
    """Each layer is stepped as soon as its gradients are there, and the gradient is passed further back through the new weights."""

    title: ClassVar[str] = "weights updated while propagating"
    does: ClassVar[str] = (
        "Only the last layer gets its true gradient; to all before it the gradient comes through weights that have already moved, "
        "and the larger the learning rate, the more it shows. A bound on the gradient's length sees one layer at a time."
    )
    slip: ClassVar[str] = "That goes through weights that are stepped already."
    needs: ClassVar[str] = "it needs a layer with trained weights behind another layer with weights, and there is none here"
    early: ClassVar[bool] = True
    kind: Literal["updated_while_propagating"] = "updated_while_propagating"

    def unfit(self, program: "Program", trained: set[str]) -> str | None:
        tape = program.tape
        pulls = ((tape.nodes[i.node], i.wrt) for i in program.instructions if i.node is not None and i.wrt)
        late = (set(parameters(tape, node).values()) for node, name in pulls if carried_late(tape, node, name))
        return None if any(names & trained for names in late) else self.needs
