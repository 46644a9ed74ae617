"""A value is not finite."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from engine.breakpoints import Breakpoint, Finding, Findings

if TYPE_CHECKING:
    from engine.session import Session


class NotFinite(Breakpoint):
    """A value or an arriving gradient is not finite, even where it leaves no trace (any run stops before one that does). Costs a few microseconds an update."""

    title: ClassVar[str] = "a value is not finite"
    kind: Literal["not_finite"] = "not_finite"

    def found(self, session: "Session") -> Findings:
        program = session.program
        found = {}
        for what, arena in (("value", program.values), ("arriving gradient", program.cotangents)):
            if np.isfinite(arena.flat.dot(arena.flat)) or np.isfinite(arena.flat).all():
                continue
            for node, array in arena.views.items():
                if not np.isfinite(array).all():
                    made = program.tape.nodes[node]
                    found[f"{what} {node}"] = Finding(f"A number is not finite: the {what} of {made.name} ({made.scope}).")
        return found
