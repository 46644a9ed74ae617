"""What stands in the picture's row from the input to the output: columns of neurons, and blocks of values that are no neurons."""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from engine.op import Shape
from engine.tape import Node, Tape
from engine.turns import turns_of

Kind = Literal["neurons", "images", "sequence", "block"]
RESHAPE = "reshape"
SKIPS = {"residual": 1, "transformer_block": 0}
"""The kinds of layers with second paths, and which of the two that their sums add it is."""


@dataclass(frozen=True)
class Moment:
    """One time step of a recurrent layer: the nodes of its hidden state and, where it has one, of its cell state."""

    t: int
    way: str
    h: int
    c: int | None
    first: int


@dataclass(frozen=True)
class Column:
    """The input, a linear layer, or a block, each with the activations after it. `pre` and `post` are node numbers; `shape` is that of one example."""

    index: int
    letter: str
    shape: Shape
    pre: int | None
    post: int
    layers: tuple[int, ...]
    activation: str | None
    last: bool
    kind: Kind = "neurons"
    moments: tuple[Moment, ...] = ()
    first: int = 0
    """The first node that is computed here."""
    skips: tuple[int, ...] = ()
    """The sums at which a second path comes in that led around a part of the layer."""
    wide: int | None = None
    """The node whose values the next layer weighs, where these are the column's own in another shape."""

    @property
    def units(self) -> int:
        """How many numbers one example has here."""
        found = 1
        for side in self.shape:
            found *= side
        return found


def columns_of(tape: Tape) -> list[Column]:
    """Read the row off the tape: something new at each weighted sum and at each layer that changes the shape, with what is applied to it number by number."""
    turn = turns_of(tape)[-1]
    prediction, first = turn.prediction, turn.start
    body = [node for node in tape.nodes if node.op and node.layer is not None and first <= node.id <= prediction and node.id not in tape.names]
    rows: list[list[list[Node]]] = [[]]
    shape, nodes = tape.nodes[first].shape, tape.nodes
    for _, group in groupby(body, key=lambda node: node.layer):
        part = list(group)
        last = part[-1]
        reshaped = len(part) == 1 and last.op is not None and last.op.name == RESHAPE and last.id != prediction
        if not reshaped and (last.shape != shape or _weighs(part, nodes)):
            rows.append([])
            shape = last.shape
        rows[-1].append(part)
        if reshaped:
            shape = last.shape
    return [_column(number, parts, tape, last=number == len(rows) - 1 and number > 0) for number, parts in enumerate(rows)]


def _weighs(part: list[Node], nodes: list[Node]) -> bool:
    """Whether a layer mixes numbers with weights, or is made of parts."""
    return any("/" in node.scope or any(nodes[source].role == "parameter" and len(nodes[source].shape) > 1 for source in node.inputs) for node in part)


def _column(number: int, parts: list[list[Node]], tape: Tape, *, last: bool) -> Column:
    """What a weighted sum or a block and the layers after it make; the first has the input instead."""
    drawn = [part for part in parts if part[-1].op and (part[-1].op.name != RESHAPE or part[-1].id == turns_of(tape)[-1].prediction)]
    layers = tuple(part[0].layer for part in parts if part[0].layer is not None)
    own = drawn[0] if number else [tape.nodes[turns_of(tape)[-1].start]]
    after = [part[-1] for part in (drawn[1:] if number else drawn)]
    sums = len(own) == 1 and own[0].op is not None and "W" in own[0].op.inputs and len(own[0].shape) == 2
    post = (after or own)[-1]
    activation = after[-1].op.name if after and after[-1].op else None
    pre = own[0].id if sums or (not number and after) else None
    kind: Kind = "neurons" if sums or not number and len(post.shape) == 2 else _kind(own, post.shape[1:])
    wide = parts[-1][-1].id if parts and parts[-1][-1].id > post.id else None
    moments = tuple(_moments(own)) if kind == "sequence" else ()
    return Column(
        number,
        "n" if tape.turns and not number else _letter(kind, activation, first=not number, last=last),
        post.shape[1:],
        pre,
        post.id,
        layers,
        activation,
        last,
        kind,
        moments,
        own[0].id,
        tuple(node.id for node in own if "/" not in node.scope and skipped(node) is not None),
        wide,
    )


def _kind(own: list[Node], shape: Shape) -> Kind:
    if any(_timed(node) for node in own):
        return "sequence"
    return "images" if len(shape) == 3 else "block"


def skipped(node: Node) -> int | None:
    """The node that a sum adds what a part of its layer has made to, and that came past it: in a residual layer, or in half a transformer block; else None."""
    place = SKIPS.get(node.scope.rpartition(".")[2]) if node.name == "sum" else None
    return None if place is None else node.inputs[place]


def _timed(node: Node) -> bool:
    """Whether a node belongs to a time step of the layer itself, and not of one inside it."""
    return node.scope.split("/")[1:2] != [] and node.scope.split("/")[1].startswith("t=")


def _letter(kind: Kind, activation: str | None, *, first: bool, last: bool) -> str:
    if first:
        return "x"
    if kind == "sequence":
        return "h"
    if activation is None:
        return "z"
    return ("p" if activation in ("sigmoid", "softmax") else "a") if last else "h"


def _moments(own: list[Node]) -> list[Moment]:
    """The time steps in the order in which they are computed."""
    found = []
    for scope, group in groupby((node for node in own if _timed(node)), key=lambda node: "/".join(node.scope.split("/")[:2])):
        nodes = list(group)
        states = {node.name: node.id for node in nodes if node.scope == scope}
        t, _, way = scope.split("/t=")[1].partition("_")
        found.append(Moment(int(t), way, states.get("h", nodes[-1].id), states.get("c"), nodes[0].id))
    return found
