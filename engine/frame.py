"""A frame: everything that changes, as one header and float32 arrays in the order that the graph lists.

Header, 32 bytes, little-endian: magic u16, version u8, flags u8 (1 running, 2 diverged, 4 a bug is on), revision u32, sequence u32,
update u32, instruction u32, epoch u32, 8 reserved. Then one float32 exponent e for each array, then the arrays: a value is what is
stored times 2^e, so that magnitudes below float32's smallest still arrive.
"""

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UnknownName
from engine.flows import flows, links
from engine.formula.calls import Array
from engine.plain import plain
from engine.turns import turn_now
from engine.warning import bug_of

if TYPE_CHECKING:
    from engine.session import Session

HEADER = struct.Struct("<HBBIIIII8x")
MAGIC = 0x5042
VERSION = 1
FIELDS = ("gradients", "parameters", "example_gradients", "values", "cotangents", "scalars", "flows")
SCALARS = ("loss", "objective", "example_loss", "rate")
SMALL = 2.0**-100


def fields(session: "Session") -> dict[str, list[dict[str, Any]]]:
    """The arrays of each field, in the order in which a frame carries them."""
    parameters = [{"name": name, "shape": list(view.shape), "size": view.size} for name, view in session.parameters_arena.views.items()]
    program = session.program
    shown = [node for node in program.tape.nodes if node.role != "parameter" and node.shape]
    values: list[dict[str, Any]] = [{"node": node.id, "name": node.name, "shape": list(node.shape[1:]), "size": int(np.prod(node.shape[1:]))} for node in shown]
    return {
        "gradients": parameters,
        "parameters": parameters,
        "example_gradients": parameters,
        "values": values,
        "cotangents": [entry for entry in values if program.cotangent(entry["node"]) is not None],
        "scalars": [{"name": name, "shape": [], "size": 1} for name in SCALARS],
        "flows": [{"name": f"{node}.{wrt}", "shape": [], "size": 1} for node, wrt in links(session)],
    }


def encode(session: "Session", names: list[str], example: int | None, sequence: int, *, running: bool) -> bytes:
    """One binary frame with the fields named, in their order."""
    arrays = [array for name in names for array in collect(session, name, example)]
    scales = np.array([_scale(array) for array in arrays], dtype="<f4")
    update, instruction = session.position
    flags = running | session.diverged << 1 | (bug_of(session) is not None) << 2
    header = HEADER.pack(MAGIC, VERSION, flags, session.revision, sequence % 2**32, update % 2**32, instruction, session.batches.epoch(update) % 2**32)
    with np.errstate(all="ignore"):
        body = [np.ascontiguousarray(np.ldexp(array, -int(scale)) if scale else array, dtype="<f4") for array, scale in zip(arrays, scales, strict=True)]
    return b"".join([header, scales.tobytes(), *(part.tobytes() for part in body)])


def event(session: "Session", names: list[str], example: int | None, sequence: int, *, running: bool) -> dict[str, Any]:
    """The same content as JSON."""
    listed = fields(session)
    content: dict[str, Any] = {
        "revision": session.revision,
        "sequence": sequence,
        "position": session.position.json(),
        "epoch": session.batches.epoch(session.position.update),
        "running": running,
        "diverged": session.diverged,
        "bug": bug_of(session) is not None,
        "loss": plain(session.program.value(turn_now(session).loss)),
    }
    for name in names:
        arrays = collect(session, name, example)
        content[name] = {str(entry.get("node", entry["name"])): plain(array) for entry, array in zip(listed[name], arrays, strict=True)}
    return content


def collect(session: "Session", name: str, example: int | None) -> list[Array]:
    """The arrays of one field."""
    if name == "gradients":
        return list(session.gradients_arena.views.values())
    if name == "parameters":
        return list(session.parameters_arena.views.values())
    if name not in FIELDS:
        raise UnknownName("field", name, FIELDS)
    followed = session.focus.follow(example)
    program, row = followed.program, followed.row
    if name == "example_gradients":
        return list(session.focus.gradients.views.values())
    if name == "scalars":
        rate = session.update.numbers["rate"]
        turn = turn_now(session)
        loss, objective = (session.program.value(node) for node in (turn.loss, turn.root))
        return [np.asarray(value) for value in (loss, objective, program.value(turn.each)[row, 0], rate)]
    if name == "flows":
        return flows(session, followed)
    shown = [node.id for node in program.tape.nodes if node.role != "parameter" and node.shape]
    if name == "values":
        return [program.value(node)[row] for node in shown]
    computed = [node for node in shown if session.program.cotangent(node) is not None]
    return [cotangent[row] for cotangent in map(program.cotangent, computed) if cotangent is not None]


def _scale(array: Array) -> int:
    """0, or the power of two that brings tiny values into the range of float32."""
    largest = float(np.abs(array).max()) if array.size else 0.0
    return int(np.frexp(largest)[1]) if 0 < largest < SMALL else 0
