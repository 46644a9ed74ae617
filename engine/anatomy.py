"""One weight's update laid open: the gradient, what clipping made of it, and the optimiser's lines, each as a formula and in numbers.

The lines are the formulas that the update runs over the flat vector, evaluated on this weight's numbers alone; for a line that has
already run, the number shown is the one that the program wrote.
"""

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UnknownName
from engine.formula import evaluate, math
from engine.keeping import refuse_kept
from engine.optimizers import Line
from engine.plain import plain
from engine.rivals import rivals
from engine.scene import Scene, scene
from engine.settings import locate
from engine.turns import Turn, turn_begun, turns_with
from engine.words import figure
from engine.worked import worked

if TYPE_CHECKING:
    from engine.session import Session


def anatomy(session: "Session", name: str) -> dict[str, Any]:
    """The update that the session stands in, or has just finished, for one number of a parameter; raises UnknownName.

    In a game it is that of its player's turn: of the last one that has begun, and of the first where all are still to come.
    """
    base, index = locate(session.parameters_arena, name)
    refuse_kept(name)
    if not index:
        raise UnknownName("target", name, f"one number of it, such as {name}[{','.join('0' * base.ndim)}]")
    short = name.split("[")[0]
    place = session.parameters_arena.spans[short][0] + int(np.ravel_multi_index(index, base.shape))
    node = next(n for n in session.program.tape.nodes if n.name == short and n.role == "parameter")
    number = turn_begun(session, short)
    turn, turns = session.program.turns[number], turns_with(session.program, short)
    frozen = short not in session.network.trained() or not turn.learns
    head = {
        "kind": "update",
        "estimated": session.computed_with.gradient.kind != "backpropagation",
        "name": name,
        "symbol": math(session.symbols.parameter(node, index)),
        "frozen": frozen,
        "turn": {"name": turn.name, "number": turns.index(number) + 1, "of": len(turns)} if turn.name else None,
    }
    if not turn.learns:
        return {**head, "when": "still", "sentence": f"It stands still. {turn.says}", "lines": [], "rivals": None}
    seen = scene(session, short, place, number)
    if isinstance(seen, str):
        return {**head, "when": "refused", "sentence": seen, "lines": [], "rivals": None}
    told = Told(seen, linked=seen.update.lines == session.update.lines, frozen=frozen, turn=_said(turn, turns.index(number) + 1, len(turns)))
    return {**head, **told.json(), "rivals": rivals(session, place, seen, turns, told.numbers)}


def _said(turn: Turn, number: int, of: int) -> str:
    """A player's turn in words; nothing without players."""
    return f" in the {turn.name}’s turn{f' {number} of {of}' if of > 1 else ''}" if turn.name else ""


class Told:
    """A scene told line by line; `linked` to the instructions that run them, where the program still has them; `turn` says whose turn it is in."""

    def __init__(self, seen: Scene, *, linked: bool, frozen: bool, turn: str) -> None:
        self.seen = seen
        self.turn = turn
        self.linked = linked
        self.frozen = frozen
        self.numbers = {**seen.numbers, **seen.clipping}
        self.lines = [self._line(number, line) for number, line in seen.update.spelled()]

    def json(self) -> dict[str, Any]:
        """The lines, and what they come to."""
        seen, update = self.seen, self.seen.update
        step, gradient = self.numbers["w"] - seen.numbers["w"], seen.numbers["g"]
        effective = -step / gradient if gradient else None
        facts = {"gradient": gradient, "applied": self.numbers["g"], "after": self.numbers["w"], "step": step, "effective": effective}
        rate = update.optimizer.learning_rate
        return {
            "when": self._when(),
            "update": seen.number,
            "optimizer": update.optimizer.title,
            "clip": update.clip.title if update.clip else None,
            "rate": {"value": seen.numbers["rate"], "schedule": None if isinstance(rate, float | int) else rate.title},
            "before": plain(seen.numbers["w"]),
            **{name: plain(value) if seen.known and value is not None else None for name, value in facts.items()},
            "lines": self.lines,
            "sentence": self._sentence(step, gradient, effective),
        }

    def _line(self, number: int, line: Line) -> dict[str, Any]:
        """One line worked out; its target then has the new value for those that follow."""
        update, read = self.seen.update, dict(self.numbers)
        part, kept, ran = line in update.optimizer.parts, line.target == "w" and self.frozen, number in self.seen.written
        value = self.seen.written[number] if ran and not part else read["w"] if kept else evaluate(line.formula, read)
        self.numbers["g" if line.target == "applied" else line.target] = value
        known = self.seen.known and not kept
        return {
            **worked(line, update.symbols, read if known else None, value, self._chosen()),
            "value": plain(value) if self.seen.known else None,
            "says": "frozen: this weight stays as it is" if kept else line.says,
            "part": part,
            "ran": ran,
            "instruction": self.seen.steps[number] if self.linked else None,
        }

    def _chosen(self) -> set[str]:
        """The names of numbers that somebody chose; a scheduled rate is computed."""
        update = self.seen.update
        steady = isinstance(update.optimizer.learning_rate, float | int)
        return {*update.optimizer.numbers(), *update.vectors, *({"rate"} if steady else ()), *(name for name, _ in update.clip or () if name != "kind")}

    def _when(self) -> str:
        if not self.seen.known:
            return "unknown"
        ran = len(self.seen.written)
        return "ahead" if not ran else "done" if ran == len(self.seen.update.lines) else "under way"

    def _sentence(self, step: float, gradient: float, effective: float | None) -> str:
        clip = self.seen.update.clip
        if not self.seen.known:
            whole = f"{'its player’s' if self.turn else 'the'} whole gradient is, since that is clipped by its length"
            return f"Its step{self.turn} is known as soon as {whole if clip and clip.whole else 'its gradient is'}."
        if self.frozen:
            return "It is frozen: its gradient is computed and the optimiser's memory follows it, but no update changes it."
        title = self.seen.update.optimizer.title
        moves = f"{title} {'has moved' if self._when() == 'done' else 'will move'} it by {figure(step)}{self.turn}"
        if not isfinite(step):
            return f"{moves}."
        if effective is None:
            none = f"Its gradient{self.turn} is 0, and so is its step by {title}."
            return f"{moves}, though its gradient is 0: that is left of what came before." if step else none
        if effective < 0:
            return f"{moves}: with its gradient, not against it, for the rest of the rule weighs more than this gradient."
        return f"{moves}: {figure(effective, 3)} times its gradient, against it."
