"""Which networks can be worked out by hand: small ones, of linear layers with an activation each."""

from typing import TYPE_CHECKING

from engine.errors import SpecError, TooLarge
from engine.estimate import refuse_estimate

if TYPE_CHECKING:
    from engine.session import Session

WIDEST = 8
"""Units of a layer that stand side by side in a table on paper."""
DEEPEST = 6
"""Layers with weights that one works through by hand."""


def fits(session: "Session") -> None:
    """Nothing where the network fits on paper; raises TooLarge or SpecError with what is too much."""
    most = session.limits["worksheet"]
    if session.parameter_count > most:
        raise TooLarge("The parameters on a worksheet", session.parameter_count, most)
    columns = session.symbols.columns
    if len(columns) - 1 > DEEPEST:
        raise TooLarge("The layers with weights on a worksheet", len(columns) - 1, DEEPEST)
    if max(column.units for column in columns) > WIDEST:
        raise TooLarge("The units of a layer on a worksheet", max(column.units for column in columns), WIDEST)
    tape = session.program.tape
    told = {node for column in columns[1:] if column.kind == "neurons" for node in (column.pre, column.post)}
    for node in tape.nodes:
        if node.op and node.id <= tape.marks["prediction"] and node.id not in told:
            raise SpecError(
                "layers", f"a worksheet takes linear layers with one activation each, and {node.op.name.replace('_', ' ')} does not stand like that here"
            )
    if tape.chances:
        raise SpecError("layers", "a worksheet cannot tell what is drawn at random; leave the dropout layers out for it")
    refuse_estimate(session, "worksheet")
    if session.settings.bug or session.computed_with.bug:
        raise SpecError("bug", "a worksheet would ask for the mistake that is switched on; switch it off and go on by one update")
