"""What the network makes of the data: predictions, surfaces over a plane, and the examples themselves."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import OutOfReach, TooLarge
from engine.evaluate import squash
from engine.formula.calls import Array
from engine.history import correct, labels
from engine.pieces import Pieces
from engine.plain import plain

if TYPE_CHECKING:
    from engine.session import Session

SURFACE = 4_000_000
"""The most numbers of one surface: its points times all units."""


def predictions(session: "Session") -> Pieces[dict[str, Any]]:
    """Outputs, labels and losses of every example (training rows first), accuracy, confusion, and the worst mistake of the training part.

    The baseline is how often the answer that is most frequent in training is right: so much has who has learned nothing else.

    Where there is a target at each step, labels are a list an example, an example is correct where all its steps are, and the accuracy counts steps.
    None after each piece.
    """
    data = session.data
    seen = [(yield from session.evaluator.outcome(*data.part("train")))]
    if data.rows > data.train:
        seen += [(yield from session.evaluator.outcome(*data.part("test")))]
    outputs, losses = (np.concatenate(each) for each in zip(*seen, strict=True))
    with np.errstate(all="ignore"):
        return _described(session, outputs, losses)


def _described(session: "Session", outputs: Array, losses: Array) -> dict[str, Any]:
    data = session.data
    _, targets = data.rows_of(range(data.rows))
    right = correct(session, outputs, targets)
    train = data.train
    parts = {"train": slice(0, train), "test": slice(train, None)}
    found: dict[str, Any] = {
        "outputs": plain(outputs),
        "losses": plain(losses),
        "loss": {name: plain(losses[part].mean()) if losses[part].size else None for name, part in parts.items()},
        "labels": None, "correct": None, "worst": None, "accuracy": None, "baseline": None, "confusion": None,
    }  # fmt: skip
    if right is None:
        return found
    asked = targets.reshape(outputs.shape)
    found_labels, truth = labels(outputs, asked), labels(asked, asked)
    whole: Array = right.reshape(len(right), -1).all(axis=1)  # type: ignore[assignment]
    wrong = np.flatnonzero(~whole[:train])
    found |= {
        "labels": found_labels.tolist(),
        "correct": whole.tolist(),
        "worst": int(wrong[np.argmax(np.nan_to_num(losses[wrong], nan=np.inf))]) if wrong.size else None,
        "accuracy": {name: float(right[part].mean()) if right[part].size else None for name, part in parts.items()},
        "baseline": _baseline(truth, parts),
        "confusion": {name: _confusion(truth[part], found_labels[part], max(2, outputs.shape[-1])) for name, part in parts.items()},
    }
    return found


def examples(session: "Session", limit: int) -> dict[str, Any]:
    """Raw inputs and targets of up to `limit` examples, training rows first."""
    data = session.data
    _, targets = data.rows_of(range(data.rows))
    asked = targets.reshape(-1, *data.target_shape)
    shown = asked[:limit]
    return {
        "task": data.task,
        "columns": list(data.columns),
        "features": list(data.feature_names),
        "train": data.train,
        "test": data.rows - data.train,
        "inputs": plain(data.raw[:limit]),
        "targets": plain(shown) if data.task == "regression" else labels(shown, asked).tolist(),
        "class_names": list(data.class_names) if data.class_names else None,
        "ranges": [list(pair) for pair in data.ranges] if data.ranges else None,
        "image": dict(data.image) if data.image else None,
        "alphabet": data.alphabet,
        "shape": list(data.shape),
        "target_shape": list(data.target_shape),
    }


def surface(session: "Session", resolution: int) -> Pieces[dict[str, Any]]:
    """Every unit's value on a grid over the plane, rows by x₂ and columns by x₁, both rising; None after each piece."""
    blocks = yield from _surface(session, resolution)
    values = np.concatenate([block.T.reshape(-1) for _, block in blocks])
    ranges = [list(pair) for pair in session.data.ranges or ()]
    return {
        "resolution": resolution,
        "ranges": ranges,
        "nodes": [{"node": node, "units": block.shape[1]} for node, block in blocks],
        "values": plain(values),
    }


def surface_bytes(session: "Session", resolution: int) -> Pieces[bytes]:
    """The values of `surface` as little-endian float32."""
    blocks = yield from _surface(session, resolution)
    values = np.concatenate([block.T.reshape(-1) for _, block in blocks])
    with np.errstate(over="ignore"):
        return values.astype("<f4").tobytes()


def _surface(session: "Session", resolution: int) -> Pieces[list[tuple[int | str, Array]]]:
    data = session.data
    if len(data.columns) != 2 or not data.ranges:
        raise OutOfReach(f"a surface needs data with two input columns, and this data has {len(data.columns)}")
    (left, right), (bottom, top) = data.ranges
    x1, x2 = np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution))
    columns = session.graph()["columns"]
    numbers = resolution**2 * sum(column["units"] for column in columns)
    if numbers > SURFACE:
        raise TooLarge("The numbers of a surface", numbers, SURFACE)
    nodes = {column["post"]: column["post"] for column in columns} if session.network.spec.task.answers else _asked(session)
    parts = []
    for program in session.evaluator.pieces(data.transform(np.stack([x1.ravel(), x2.ravel()], axis=1))):
        seen = squash(session.network, program.value(program.tape.marks["prediction"]))
        parts.append([*(program.value(node).copy() for node in nodes.values()), seen])
        yield
    return list(zip([*nodes, "prediction"], map(np.concatenate, zip(*parts, strict=True)), strict=True))


def _asked(session: "Session") -> dict[int, int]:
    """The columns of the network that is asked, which in a game is one of the players', and the node of each in a tape that only asks."""
    tape, first = session.network.record(1, training=False), len(session.network.spec.layers)
    last = {node.layer: node.id for node in tape.nodes if node.op and node.layer is not None}
    return {column.post: last[column.layers[-1]] for column in session.symbols.columns if column.layers and column.layers[-1] < first}


def _baseline(truth: Array, parts: dict[str, slice]) -> dict[str, Any]:
    """The most frequent answer of the training part, by its number, and its share in either part."""
    answer = int(np.argmax(np.bincount(truth[parts["train"]].ravel())))
    return {"answer": answer, **{name: float((truth[part] == answer).mean()) if truth[part].size else None for name, part in parts.items()}}


def _confusion(truth: Array, labels: Array, classes: int) -> list[list[int]]:
    table = np.zeros((classes, classes), dtype=int)
    np.add.at(table, (truth.ravel(), labels.ravel()), 1)
    return table.tolist()
