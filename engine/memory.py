"""RNN, LSTM and GRU side by side: how large a gradient still is at each earlier time step, on the same data, with the same seed and training."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.component import kinds
from engine.effort import predicted
from engine.layers.recurrent import Recurrent
from engine.plain import plain
from engine.position import Position
from engine.presets import presets
from engine.program import Program
from engine.spec import SessionSpec
from engine.tape import step_of
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

MOST = 500
"""Updates that each of them is trained for at most."""
EXAMPLES = 32
"""Examples over which the sizes are averaged."""
TASK = "copy_rnn"
"""The preset that is compared where the session itself reads no sequence."""
ENOUGH = (300, 100, 20)
"""Updates after which it shows what a gate is for; the first number of them that is done in time is taken where nobody says how many."""
PATIENCE = 4000
"""Milliseconds that training all of them is predicted to take then."""
UNTRAINED = (
    " Nothing is trained yet: every gate stands half open, so each step of a GRU or an LSTM halves what it carries, while U of the simple RNN is orthogonal"
    " and keeps its size. That gates can learn to stand open, and the simple RNN cannot, shows after training."
)


def memory(session: "Session", updates: int | None = None) -> Iterator[dict[str, Any] | None]:
    """Train each kind of cell for so many updates in a session of its own; yields None after each piece, and the answer at the end.

    The network is the session's own where it has a recurrent layer, with that layer's kind exchanged, else the preset's on copy memory.
    """
    own = any(isinstance(layer, Recurrent) for layer in session.network.layers)
    spec = session.spec.model_dump(mode="json") if own else next(each for each in presets() if each["name"] == TASK)["spec"]
    kinds_of = {str(made.model_fields["kind"].default): made for made in cells_of()}
    twins = {}
    for kind in kinds_of:
        yield None
        twins[kind] = type(session)(SessionSpec.model_validate(exchanged(spec, kind)), session.limits)
    updates = _enough(twins.values()) if updates is None else min(updates, MOST)
    cells = []
    for kind, twin in twins.items():
        yield None
        while twin.position.update < updates and not twin.diverged:
            twin.run(Position(min(updates, twin.position.update + 1), 0), tap=())
            yield None
        cells.append({"kind": kind, "title": kinds_of[kind].title or kind.upper(), **_measured(twin)})
    yield {
        "own": own, "updates": updates, "data": spec["data"]["kind"], "seed": spec["seed"], "cells": cells,
        "steps": len(cells[0]["h"]), "units": next(layer["units"] for layer in spec["layers"] if "recurrent_init" in layer or not own and "returns" in layer),
        "examples": cells[0]["examples"], "sentence": _sentence(cells) + ("" if updates else UNTRAINED),
    }  # fmt: skip


def cells_of() -> list[type[Recurrent]]:
    """Every kind of recurrent layer, the one with the fewest gates first."""
    return sorted((made for made in kinds(Recurrent) if issubclass(made, Recurrent)), key=lambda made: made.gates)


def exchanged(spec: dict[str, Any], kind: str) -> dict[str, Any]:
    """The spec with cells of this kind in place of its own; what is drawn, trained and read stays the same."""
    ours = {str(made.model_fields["kind"].default) for made in cells_of()}
    layers = [{**layer, "kind": kind} if layer["kind"] in ours else layer for layer in spec["layers"]]
    return {**spec, "layers": layers, "bug": None}


def _enough(twins: Iterable["Session"]) -> int:
    """How many updates show what a gate is for, in time."""
    each = sum(predicted(twin, twin.settings)[0] for twin in twins)
    return next((count for count in ENOUGH if count * each <= PATIENCE), 0)


def _measured(twin: "Session") -> dict[str, Any]:
    """The root mean square over some training examples of ‖∂L/∂h_t‖ and ‖∂L/∂c_t‖, L the loss of an example's last step alone."""
    rows = list(range(min(EXAMPLES, twin.data.train)))
    network = twin.network
    parameters, gradients = Arena(network.shapes, network.dtype), Arena(network.shapes, network.dtype)
    np.copyto(parameters.flat, twin.parameters_arena.flat)
    program = Program(network.record(len(rows)), parameters, gradients)
    program.batch.views[0][...], program.batch.views[1][...] = twin.data.rows_of(rows)
    program.draw(0)
    with np.errstate(all="ignore"):
        program.run(0, program.ends["loss"])
        back_from_last_step(program)
    layer = next(index for index, made in enumerate(network.layers) if isinstance(made, Recurrent))
    loss = float(program.value(program.tape.marks["loss"]))
    sizes = {state: over_time(program, layer, state) for state in ("h", "c")}
    return {
        "h": plain(sizes["h"]), "c": plain(sizes["c"]) if sizes["c"].size else None, "loss": plain(loss),
        "parameters": twin.parameter_count, "examples": len(rows), "diverged": twin.diverged,
    }  # fmt: skip


def back_from_last_step(program: Program) -> None:
    """Run the backward list for each example's own loss; where there is a loss at each step, for that of the last step alone, whose weight is then 1."""
    each = program.tape.marks["each"]
    program.cotangents.views[each][...] = 1
    mean = program.tape.nodes[each]
    steps = mean.inputs[0] if mean.op and mean.op.name == "row_mean" and mean.layer is None else None
    for instruction in program.instructions[program.ends["loss"] :]:
        if instruction.node is None or instruction.node > each:
            continue
        for function, arguments in instruction.calls:
            function(*arguments)
        if steps is not None and instruction.node == each:
            arriving = program.cotangents.views[steps]
            arriving[...] = 0
            arriving[:, -1] = 1


def over_time(program: Program, layer: int, state: str) -> Any:
    """(steps,) root mean square sizes of the gradients at a state of a recurrent layer, in the order of the sequence."""
    found = {}
    for node in program.tape.nodes:
        where = step_of(node)
        arriving = program.cotangent(node.id)
        if node.layer == layer and where and not where[1] and node.name == state and node.role == "value" and node.scope.count("/") == 1:
            with np.errstate(all="ignore"):
                found[where[0]] = np.sqrt(np.square(arriving).sum(axis=1).mean()) if arriving is not None else 0.0
    return np.array([found[t] for t in sorted(found)])


def _sentence(cells: list[dict[str, Any]]) -> str:
    """What is left at the first step of what stands at the last."""
    parts = []
    for cell in cells:
        first, last = cell["h"][0], cell["h"][-1]
        share = None if first is None or not last else first / last
        parts.append(f"{cell['title']}: {'not finite' if share is None else f'{figure(100 * share, 2)} %'}")
    return f"Of the gradient at the last hidden state, so much is left at the first: {'; '.join(parts)}."
