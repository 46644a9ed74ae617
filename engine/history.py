"""The run so far, at updates spaced evenly and ever wider: loss, accuracy, and how large each layer's gradients were."""

from collections.abc import Iterator
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.curves import curves_of, named, sizes
from engine.errors import OutOfReach
from engine.formula.calls import Array
from engine.pieces import Pieces, ended
from engine.plain import plain
from engine.turns import losses_so_far

if TYPE_CHECKING:
    from engine.session import Session

MOST = 512
"""Points kept; beyond, every other one goes and the distance doubles."""
HEAVY = 1_000_000
"""Parameters × rows above which one record is made an epoch, to begin with."""

SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


class History:
    """Called after each update; records at multiples of its stride. Replaying a known stretch records nothing twice.

    A record that takes long is only begun, and made in pieces, between which others may compute. Until `settle` has ended it, the session stays where it is.
    """

    def __init__(self, session: "Session") -> None:
        self.session = session
        heavy = session.parameters_arena.flat.size * session.data.rows > HEAVY
        self.stride = 1 << max(session.batches.per_epoch - 1, 0).bit_length() if heavy else 1
        self.points: list[dict[str, Any]] = []
        self.begun: Iterator[None] | None = None

    def tap(self) -> None:
        """Record this update where its turn has come, or where that takes long begin to."""
        update = self.session.position.update
        if update % self.stride == 0 and update > self.points[-1]["update"]:
            self.begun = self._recording()
            if not self.long:
                self.settle()

    @property
    def long(self) -> bool:
        """Whether a record is made in several pieces."""
        data = self.session.data
        return self.session.network.spec.task.answers and max(data.train, data.rows - data.train) > self.session.evaluator.most

    def then(self, pieces: Iterator[None]) -> None:
        """Have this done too before the session goes on: at once, or where a record is begun or it takes long, after that."""
        self.begun = chain(self.begun or (), pieces)
        self.settle(0.0)

    def settle(self, deadline: float | None = None) -> bool:
        """End the record that is begun, or make one piece of it and more until the deadline; whether it is ended."""
        if self.begun is None:
            return True
        with np.errstate(all="ignore"):
            for _ in self.begun:
                if deadline is not None and perf_counter() >= deadline:
                    return False
        self.begun = None
        return True

    def record(self) -> None:
        """Record the present state."""
        ended(self._recording())

    def _recording(self) -> Pieces[None]:
        session = self.session
        found = yield from scoring(session)
        self.points.append({"update": session.position.update, **found, "losses": losses_so_far(session), "layers": sizes(session)})
        if len(self.points) > MOST:
            self.stride *= 2
            self.points = [point for point in self.points if point["update"] % self.stride == 0]

    def forget_after(self, update: int) -> None:
        """Forget what followed a position that something was changed at."""
        self.begun = None
        self.points = [point for point in self.points if point["update"] <= update]

    def fork(self, update: int) -> "History":
        """The same curves up to an update, to go on by themselves."""
        made = History(self.session)
        made.stride, made.points = self.stride, list(self.points)
        made.forget_after(update)
        return made

    def curves(self) -> dict[str, Any]:
        """Losses and accuracies: one list a quantity, one entry a point; null where there is nothing or it is not finite."""
        return {"updates": [point["update"] for point in self.points], **{name: [point[name] for point in self.points] for name in SCORES}}

    def json(self) -> dict[str, Any]:
        """The curves, and how large each layer's gradients were."""
        layers = []
        for curve in curves_of(self.session.network):
            bands = [point["layers"].get(curve.key, (None, None, None)) for point in self.points]
            low, median, high = ([band[i] for band in bands] for i in range(3))
            layers.append({"layer": curve.layer, "label": named(self.session, curve), "low": low, "median": median, "high": high})
        names = [turn.name for turn in self.session.network.turns if turn.name]
        players = [{"name": name, "loss": [point["losses"].get(name) for point in self.points]} for name in dict.fromkeys(names)]
        return {**self.curves(), "layers": layers, "players": players}


def scores(session: "Session") -> dict[str, float | None]:
    """Loss and accuracy of the present parameters on the training and the test part."""
    return ended(scoring(session))


def scoring(session: "Session") -> Pieces[dict[str, float | None]]:
    """The same in pieces of the examples, which are the same however long one waits between them."""
    found: dict[str, float | None] = {}
    for part in ("train", "test"):
        inputs, targets = session.data.part(part)
        if len(inputs) == 0 or not session.network.spec.task.answers:
            found[f"{part}_loss"] = found[f"{part}_accuracy"] = None
            continue
        outputs, losses = yield from session.evaluator.outcome(inputs, targets)
        with np.errstate(all="ignore"):
            found[f"{part}_loss"] = plain(losses.mean())
        right = correct(session, outputs, targets)
        found[f"{part}_accuracy"] = None if right is None else float(right.mean())
    return found


def accuracy(session: "Session", part: str) -> float:
    """The share of the rows of a part that are classified right; raises OutOfReach for a regression."""
    inputs, targets = session.data.part(part)
    right = correct(session, session.evaluator.prediction(inputs), targets)
    if right is None:
        raise OutOfReach("a regression has no accuracy")
    return float(right.mean())


def correct(session: "Session", predictions: Array, targets: Array) -> Array | None:
    """Which rows, or which steps of each row, are classified right; None for a regression."""
    if session.data.task == "regression" or not session.network.spec.task.answers:
        return None
    targets = targets.reshape(predictions.shape)
    return np.asarray(labels(predictions, targets) == labels(targets, targets))


def labels(values: Array, targets: Array) -> Array:
    """The class of each row, or step: the largest of several outputs, or which side of the targets' middle a single output stands on."""
    if values.shape[-1] > 1:
        return np.asarray(values.argmax(axis=-1))
    middle = 0.0 if targets.min() < 0 else 0.5
    return np.asarray((values[..., 0] > middle).astype(int))
