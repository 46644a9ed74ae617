"""Turns: in a game each player has a loss and a stretch of the tape of its own, and an update is their turns one after the other.

Without players there is one turn, which is everything. In a player's turn gradients go to its own parameters only; the others' weights are passed through.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import OutOfReach

if TYPE_CHECKING:
    from engine.session import Session
    from engine.tape import Node, Tape


@dataclass(frozen=True)
class Turn:
    """One player's turn: the nodes from `start` up to, and without, `stop`; its prediction, its loss of each example and of the batch, and what it descends.

    `owns` are the player's parameters, `learns` whether they are trained, `player` counts the players.
    """

    name: str
    start: int
    stop: int
    prediction: int
    each: int
    loss: int
    root: int
    owns: frozenset[str] | None = None
    learns: bool = True
    player: int = 0

    def trains(self, name: str) -> bool:
        """Whether gradients go to this parameter in this turn."""
        return self.learns and (self.owns is None or name in self.owns)

    def holds(self, node: int) -> bool:
        """Whether a value is worked out in this turn."""
        return self.start <= node < self.stop


def turns_of(tape: "Tape", root: str = "objective") -> tuple[Turn, ...]:
    """The turns of a tape; without players one, up to the node marked `root`."""
    if tape.turns:
        return tuple(tape.turns)
    marks = tape.marks
    end = marks.get(root, marks["prediction"])
    return (Turn("", 0, len(tape.nodes), marks["prediction"], marks.get("each", end), marks.get("loss", end), end),)


def turn_of(tape: "Tape", node: int) -> int:
    """The turn that a node's gradient belongs to: for a parameter the last turn of the player that owns it, for a value the one that it is worked out in."""
    turns = turns_of(tape)
    made = tape.nodes[node]
    own = [place for place, turn in enumerate(turns) if (turn.trains(made.name) if made.role == "parameter" else turn.holds(node))]
    shared = [place for place, turn in enumerate(turns) if turn.owns is not None and made.name in turn.owns]
    return own[-1] if own else shared[-1] if shared else 0


def refuse_players(session: "Session", what: str) -> None:
    """Raise OutOfReach for what speaks of one loss, where each player has its own."""
    if len(turns_of(session.program.tape)) > 1:
        raise OutOfReach(f"{what} speaks of one loss, and here each player has its own; the chain, the paths and the checks are there for both")


def each_of(tape: "Tape", node: int) -> int:
    """The examples' losses that a node's gradient is of."""
    return turns_of(tape)[turn_of(tape, node)].each


def after(tape: "Tape", node: int) -> "list[Node]":
    """The nodes of a node's turn behind it, up to the examples' losses: among them are all that count as its readers."""
    turn = turns_of(tape)[turn_of(tape, node)]
    return tape.nodes[max(node + 1, turn.start) : turn.each + 1]


def turn_at(session: "Session", target: str) -> int:
    """The turn that `parameter:2.W[2,3]` or `value:4[3]` belongs to; 0 for what there is not."""
    kind, _, rest = target.partition(":")
    name, tape = rest.partition("[")[0], session.program.tape
    found = [node.id for node in tape.nodes if (node.name == name and node.role == "parameter" if kind == "parameter" else str(node.id) == name)]
    return turn_of(tape, found[0]) if found else 0
