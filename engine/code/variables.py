"""What the values of a network are called in a script: x and y, W0 for the page's 0.W, z₁ and h₁ as z1 and h1."""

from collections.abc import Iterable

from engine.columns import Column
from engine.tape import Node, Tape


def variables(tape: Tape, columns: Iterable[Column]) -> dict[int, str]:
    """A Python name for each node, no two alike."""
    wanted = {column.post: column.letter if column.last else f"{column.letter}{column.index}" for column in columns if column.index}
    wanted |= {column.pre: "z" if column.last else f"z{column.index}" for column in columns if column.index and column.pre is not None}
    wanted |= {tape.marks[mark]: mark for mark in ("objective", "loss", "each")}
    names: dict[int, str] = {}
    for node in tape.nodes:
        name = _leaf(node) or wanted.get(node.id) or _other(node, names)
        taken = set(names.values())
        names[node.id] = name if name not in taken else next(f"{name}_{number}" for number in range(2, len(tape.nodes) + 2) if f"{name}_{number}" not in taken)
    return names


def _leaf(node: Node) -> str | None:
    match node.role:
        case "input":
            return "x"
        case "target":
            return "y"
        case "parameter":
            *layers, short = node.name.split(".")
            return f"{short}{'_'.join(layers)}"
        case "noise" | "constant":
            name = node.name if node.name.isidentifier() else "number"
            return f"{name}{'' if node.layer is None else node.layer}"
    return None


def _other(node: Node, names: dict[int, str]) -> str:
    op = node.op.name if node.op else node.name
    if node.layer is not None:
        return f"{op}{node.layer}"
    if node.shape and len(node.inputs) == 2:
        return "terms"
    return f"{op}_{names[node.inputs[0]]}" if len(node.inputs) == 1 else op
