"""The chain rule with its numbers: from the loss home to one parameter, activation or input, each rung `arriving × local = passed on`.

The ladder follows, where several paths meet, the one that contributes most; the others stand beside it as rows of the sum.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.focus import Followed
from engine.formula import evaluate, math, typeset
from engine.formula.calls import Array
from engine.op import Edge, Index, local_formula
from engine.plain import plain
from engine.sentences import label
from engine.tape import Node
from engine.trace import line
from engine.turns import after, turn_of
from engine.typesetting import flat

if TYPE_CHECKING:
    from engine.session import Session

ROWS = 6
"""Rows of a sum that are shown, the strongest first; the rest is folded into one with its sum."""


Link = tuple[Node, str, Edge, float]


class Ladder:
    """Builds the rungs from the buffers of a followed example. Links through other examples of its batch, where an op mixes them, are told by their sum."""

    def __init__(self, session: "Session", followed: Followed) -> None:
        self.session = session
        self.program = followed.program
        self.row = followed.row
        self.mixes = followed.program.tape.mixes
        self.symbols = session.symbols
        self.each = -1
        self._written = {part: instruction.index for instruction in session.program.instructions for part in instruction.computes}

    def down_to(self, node: int, index: Index) -> list[dict[str, Any]]:
        """The rungs to one element, the one at the loss first and the element's own last; `index` has no batch axis."""
        rungs = []
        self._enter(node)
        target, place = node, self.place(node, index)
        while target != self.each:
            links, others = self._links(target, place)
            if not links:
                break
            rungs.append(self._rung(target, place, links, others))
            reader, _, edge, _ = max(links, key=lambda link: abs(link[3]))
            target, place = reader.id, edge.out
        return rungs[::-1]

    def rung(self, node: int, index: Index) -> dict[str, Any]:
        """The one rung that ends at this element."""
        self._enter(node)
        place = self.place(node, index)
        return self._rung(node, place, *self._links(node, place))

    def place(self, node: int, index: Index) -> Index:
        """Where an element of this example stands in its buffer."""
        return index if self.program.tape.nodes[node].role == "parameter" else (self.row, *index)

    def total(self, node: int, place: Index) -> dict[str, Any]:
        """The gradient at an element as a tile: its symbol, its number, what it refers to, and whether the program has come to it."""
        self._enter(node)
        made = self.program.tape.nodes[node]
        parameter = made.role == "parameter"
        own = place if parameter else place[1:]
        array = self.program.cotangent(node)
        return {
            "symbol": math(self.symbols.derivative(node, own)),
            "value": plain(array[place]) if array is not None else None,
            "ref": f"gradient:{made.name}[{_places(place)}]" if parameter else f"cotangent:{node}[{_places(own or (0,))}]",
            "known": self._known(self._computed_at(node)),
        }

    def local(self, reader: Node, edge: Edge, place: Index) -> dict[str, Any]:
        """The local derivative of one link as a tile; `place` is where the link starts."""
        if edge.factor:
            name, at = edge.factor
            source = self.program.tape.nodes[reader.arguments()[name]]
            if source.role == "parameter":
                ref = f"parameter:{source.name}[{_places(at)}]"
                return {"symbol": math(self.symbols.parameter(source, at)), "value": plain(edge.local), "ref": ref}
            return {"symbol": math(self.symbols.of(source.id, at[1:])), "value": plain(edge.local), "ref": f"value:{source.id}[{_places(at[1:])}]"}
        names = {name: self.symbols.of(source, edge.out[1:]) for name, source in reader.arguments().items()} | {"y": self.symbols.of(reader.id, edge.out[1:])}
        ref = f"slope:{reader.id}[{_places(edge.out[1:])},{_places(place[1:])}]"
        return {"symbol": math(self._slope(reader, edge, names)), "value": plain(edge.local), "ref": ref}

    def _enter(self, node: int) -> None:
        """Stand where the node's turn stood: what its gradient is of, and the parameters that it was worked out with."""
        turn = turn_of(self.program.tape, node)
        each = self.program.turns[turn].each
        if each != self.each:
            self.each = each
            self.session.focus.stand(turn)

    def _links(self, target: int, place: Index) -> tuple[list[Link], list[float]]:
        """The scalar links out of an element: within this example who reads it, as what, and the product of arriving and local; through others, the product."""
        found: list[Link] = []
        others: list[float] = []
        for reader in after(self.program.tape, target):
            for name, source in reader.arguments().items():
                if source != target or reader.op is None or name not in reader.op.pulls:
                    continue
                edges = self.program.pull(reader, name).edges
                for edge in edges(place, self.program.pulled(reader, name)) if edges else ():
                    dy = self.program.cotangent(reader.id)
                    if edge.out[:1] == (self.row,) and dy is not None:
                        found.append((reader, name, edge, edge.local * float(dy[edge.out])))
                    elif self.mixes and dy is not None:
                        others.append(edge.local * float(dy[edge.out]))
        return found, others

    def _rung(self, target: int, place: Index, links: list[Link], others: list[float]) -> dict[str, Any]:
        ordered = sorted(links, key=lambda link: -abs(link[3])) if len(links) > ROWS else links
        rows = [self._row(place, *link) for link in ordered[:ROWS]]
        rest = [*(product for *_, product in ordered[ROWS:]), *others]
        reader = links[0][0]
        made = self.program.tape.nodes[target]
        total = self.total(target, place)
        factors = [row["product"] for row in rows]
        shown = relation([*factors, sum(rest)], total["value"]) if len(links) + len(others) > 1 else product_relation(rows[0], total["value"])
        at = self._instruction(target)
        activation = reader.op is not None and reader.op.elementwise and reader.layer is not None
        return {
            "title": line(self.program.tape, reader) if reader.id in self.program.tape.names else label(self.session, reader.layer),
            "layer": reader.layer,
            "instruction": at,
            "current": at is not None and at == self.session.position.instruction - 1,
            "known": total["known"],
            "rows": rows,
            "folded": {"count": len(rest), "sum": plain(sum(rest))} if rest else None,
            "total": total,
            "relation": shown,
            "curve": curve(reader, self.program.numbers(reader), float(self.program.value(target)[place])) if activation and made.role != "parameter" else None,
        }

    def _row(self, place: Index, reader: Node, name: str, edge: Edge, product: float) -> dict[str, Any]:
        arriving = self.total(reader.id, edge.out) if reader.id != self.each else None
        return {"arriving": arriving, "operator": "×", "local": self.local(reader, edge, place), "product": plain(product)}

    def _slope(self, reader: Node, edge: Edge, names: dict[str, str]) -> str:
        if reader.op and reader.op.name == "logistic_error":
            return f"<mi>p</mi><mo>−</mo>{names['t']}"
        if reader.op and reader.op.elementwise and len(edge.formula) < 40:
            return typeset(edge.formula, names)
        return "<mtext>slope</mtext>" if reader.op and reader.op.elementwise else flat(edge.formula)

    def _instruction(self, node: int) -> int | None:
        """The instruction of training that completes a gradient, or None where training does not compute it."""
        return self._written.get((node, "gradient" if self.program.tape.nodes[node].role == "parameter" else "cotangent"))

    def _computed_at(self, node: int) -> int | None:
        """The instruction after which a gradient can be told: its own or, where training leaves it out, the last of those that it is made of."""
        own = self._instruction(node)
        if own is not None or node == self.each:
            return own
        readers = [reader.id for reader in after(self.program.tape, node) if node in reader.inputs]
        found = [at for at in map(self._computed_at, readers) if at is not None]
        return max(found, default=None)

    def _known(self, at: int | None) -> bool:
        update, done = self.session.position
        return at is not None and (update > 0 if done == 0 else at < done)


def curve(node: Node, numbers: dict[str, Array], at: float) -> dict[str, Any] | None:
    """An activation's curve around a value, with its slope there; nothing for ops that mix values."""
    op = node.op
    if op is None or not op.elementwise or len(op.inputs) != 1 or not np.isfinite(at):
        return None
    name = op.inputs[0]
    settings = {key: float(value) for key, value in numbers.items()}
    width = max(4.0, abs(at) * 1.25)
    xs = np.linspace(-width, width, 49).tolist()
    y = evaluate(op.formula, {**settings, name: at})
    slope = evaluate(local_formula(op.pulls[name].formula), {**settings, name: at, "y": y})
    return {"x": xs, "y": [plain(evaluate(op.formula, {**settings, name: x})) for x in xs], "at": {"x": at, "y": plain(y), "slope": plain(slope)}}


def rounded(value: float | None) -> float:
    """A number as the page shows it, to 4 significant digits."""
    return float(f"{value:.4g}") if value is not None else float("nan")


def relation(terms: list[float | None], total: float | None) -> str:
    """ "=" where the rounded terms add up to the rounded total, else "≈"."""
    return "=" if rounded(sum(map(rounded, terms))) == rounded(total) else "≈"


def product_relation(row: dict[str, Any], total: float | None) -> str:
    """ "=" where the rounded factors give the rounded product, else "≈"."""
    arriving = rounded(row["arriving"]["value"]) if row["arriving"] else 1.0
    return "=" if rounded(arriving * rounded(row["local"]["value"])) == rounded(total) else "≈"


def _places(index: Index) -> str:
    return ",".join(map(str, index))
