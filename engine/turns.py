"""Turns: in a game each player has a loss and a stretch of the tape of its own, and an update is their turns one after the other.

Without players there is one turn, which is everything. In a player's turn gradients go to its own parameters only; the others' weights are passed through.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import OutOfReach
from engine.plain import plain

if TYPE_CHECKING:
    from engine.program import Program
    from engine.session import Session
    from engine.tape import Node, Tape


@dataclass(frozen=True)
class Turn:
    """One player's turn: the nodes from `start` up to, and without, `stop`; its prediction, its loss of each example and of the batch, and what it descends.

    `owns` are the player's parameters, `learns` whether they are trained, `player` counts the players, `layers` are those of the player.
    `says` is what stands still while it is on, in a sentence.
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
    layers: range = range(0)
    says: str = ""

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


def turn_now(session: "Session") -> Turn:
    """The turn that the operation just done belongs to: the one that is on, at the end of an update the last, and before everything the first."""
    program, (update, place) = session.program, session.position
    return program.turns[program.instructions[place - 1].turn if update or place else 0]


def losses_so_far(session: "Session") -> dict[str, float | None]:
    """Each player's loss in the last of its turns that is through, by name; None before its first, and nothing without players."""
    program, (update, place) = session.program, session.position
    found: dict[str, float | None] = {}
    for turn in program.turns if program.turns[0].name else ():
        known = update > 0 or any(i.index < place for i in program.instructions if (turn.loss, "value") in i.computes)
        if known or turn.name not in found:
            found[turn.name] = plain(program.value(turn.loss)) if known else None
    return found


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
        raise OutOfReach(f"{what} speaks of one loss, and here each player has its own; the chain, the paths, the checks and the updates are there for both")


def turns_with(program: "Program", name: str) -> list[int]:
    """The numbers of the turns of the player that a parameter belongs to."""
    return [number for number, turn in enumerate(program.turns) if turn.owns is None or name in turn.owns]


def turn_begun(session: "Session", name: str) -> int:
    """Of those turns in the shown update the last that has begun; the first, where all are still to come."""
    program, (update, instruction) = session.program, session.position
    own = turns_with(program, name)
    done = program.instructions[: instruction or (None if update else 0)]
    return max({i.turn for i in done} & {*own}, default=own[0])


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
