"""Small random networks around one component, so that a law can be stated for everything that is registered."""

import hashlib
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import numpy as np
import pytest

from engine.bugs import Bug
from engine.clips import Clip
from engine.component import Component, kinds
from engine.datasets import Dataset  # noqa: F401 - registers what a spec may name
from engine.formula.calls import Array
from engine.gradients import Gradient
from engine.initializers import Initializer
from engine.layers import Layer
from engine.losses import Loss
from engine.losses.categorical_cross_entropy import CategoricalCrossEntropy
from engine.optimizers import Optimizer
from engine.position import Position
from engine.saved import written
from engine.schedules import Schedule
from engine.session import Session
from engine.spec import SessionSpec
from engine.tasks import Task

START = Position(0, 0)
NORMAL = {"kind": "normal", "std": 0.6}
ROWS = 7
"""Rows of a random table; in batches of 3, the last batch has one row."""


def linear(units: int, **rest: Any) -> dict[str, Any]:
    return {"kind": "linear", "units": units, "init": NORMAL, "bias_init": NORMAL, **rest}


def table(loss: type[Loss] | None = None, *, inputs: int = 3, outputs: int = 2, rows: int = ROWS, seed: int = 5) -> dict[str, Any]:
    """Random examples with targets that suit the loss: numbers, zeros and ones, or one-hot rows."""
    rng = np.random.default_rng(seed)
    targets = rng.normal(size=(rows, outputs))
    if loss and loss.output != "value":
        targets = rng.integers(0, 2, (rows, outputs)).astype(float) if "binary" in loss.tasks else np.eye(outputs)[rng.integers(0, outputs, rows)]
    return {"kind": "table", "inputs": rng.normal(size=(rows, inputs)).tolist(), "targets": targets.tolist()}


def make(**changes: Any) -> SessionSpec:
    """A 3-4-2 network on random numbers in three batches, the last one partial, with changes."""
    base: dict[str, Any] = {
        "seed": 11,
        "batch_size": 3,
        "data": table(),
        "layers": [linear(4), {"kind": "tanh"}, linear(2)],
        "loss": {"kind": "mean_squared_error"},
        "optimizer": {"kind": "sgd", "learning_rate": 0.05},
    }
    return SessionSpec.model_validate({**base, **changes})


def tokens(layer: type[Component], rows: int = ROWS) -> dict[str, Any]:
    """Random tokens for a layer that reads the data themselves, and two random targets."""
    assert issubclass(layer, Layer)
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, layer.sample["tokens"], (rows, *layer.sample_shape))
    return {"kind": "table", "inputs": drawn.tolist(), "targets": rng.normal(size=(rows, 2)).tolist()}


def block(layer: type[Component]) -> list[dict[str, Any]]:
    """The layer after a weighted sum of as many units as it needs, in the shape that it takes, and flat again behind it; a first layer without that sum.

    A sum whose mean is taken off again has no bias: its gradient is zero but for rounding, of which no law holds.
    """
    assert issubclass(layer, Layer)
    if layer.first:
        return [{"kind": kind(layer), **layer.sample}, {"kind": "flatten"}]
    mixes = layer.model_validate(layer.sample).least_batch() > 1
    before, after = layer.sample_shape, layer.model_validate(layer.sample).shape(layer.sample_shape)
    shaped = [{"kind": "reshape", "to": before}] if len(before) > 1 else []
    flattened = [{"kind": "flatten"}] if len(after) > 1 else []
    return [linear(prod(before), **({"bias": False} if mixes else {})), *shaped, {"kind": kind(layer), **layer.sample}, *flattened]


def with_layer(layer: type[Component], **changes: Any) -> SessionSpec:
    """The layer in the middle of a network, where values of its sample shape arrive; a first layer at the beginning."""
    assert issubclass(layer, Layer)
    needs = {"data": table(rows=ROWS + 1)} if layer.model_validate(layer.sample).least_batch() > 1 else {}
    needs |= {"data": tokens(layer)} if layer.first else {}
    return make(**{"layers": [*block(layer), linear(2)], **needs, **changes})


def ends(loss: type[Loss]) -> list[dict[str, Any]]:
    """What a network must end in for the loss."""
    return {"probability": [{"kind": "sigmoid" if "binary" in loss.tasks else "softmax"}]}.get(loss.output, [])


def with_loss(loss: type[Loss], **changes: Any) -> SessionSpec:
    """The loss at the end of a network that ends as the loss needs it."""
    return make(data=table(loss), layers=[linear(4), {"kind": "tanh"}, linear(2), *ends(loss)], loss={"kind": kind(loss)}, **changes)


def with_initializer(initializer: type[Component], **changes: Any) -> SessionSpec:
    """The initialiser at a weight of shape (1, 1), which suits the defaults of given values too."""
    layers = [{"kind": "linear", "units": 1, "init": {"kind": kind(initializer)}, "bias_init": NORMAL}, {"kind": "tanh"}, linear(2)]
    return make(data=table(inputs=1), layers=layers, **changes)


def with_optimizer(optimizer: type[Component], **changes: Any) -> SessionSpec:
    """The optimiser with its defaults, at a small rate."""
    return make(optimizer={"kind": kind(optimizer), "learning_rate": 0.02}, **changes)


def mixture(seed: int) -> SessionSpec:
    """A random network of everything there is: layers, losses, optimisers, schedules, clips and penalties; the first seeds name each layer and loss once."""
    rng = np.random.default_rng(seed)

    def of(family: type[Any], turn: int | None = None) -> Any:
        every = kinds(family)
        return every[turn % len(every) if turn is not None else int(rng.integers(len(every)))]

    loss = of(Loss, seed)
    chosen = [of(Layer, None if number else seed) for number in range(int(rng.integers(1, 4)))]
    kept = [layer for number, layer in enumerate(chosen) if not (number and layer.first)]
    layers = [part for layer in kept for part in block(layer)]
    for part in layers:
        if part["kind"] == "linear" and rng.random() < 0.2:
            part["bias"] = False
    rate = {"kind": kind(of(Schedule))} if rng.random() < 0.3 else float(rng.choice([0.01, 0.05, 0.2]))
    penalties = {name: float(rng.choice([0.02, 0.2])) for name in ("l1", "l2") if rng.random() < 0.25}
    rows = int(rng.integers(4, 9))
    seed_of, batch = int(rng.integers(2**31)), int(rng.integers(1, rows + 1))
    if any(part["kind"] == "batch_norm" for part in layers):
        batch = next(size for size in range(max(batch, 2), rows + 1) if rows % size != 1)
    data = table(loss, rows=rows, seed=seed)
    data["inputs"] = tokens(kept[0], rows)["inputs"] if kept[0].first else data["inputs"]
    return make(
        seed=seed_of, batch_size=batch,
        data=data, layers=[*layers, linear(2), *ends(loss)],
        loss={"kind": kind(loss)}, optimizer={"kind": kind(of(Optimizer, seed)), "learning_rate": rate},
        clip={"kind": kind(of(Clip)), "limit": 0.5} if rng.random() < 0.25 else None, **penalties,
    )  # fmt: skip


def with_bug(bug: type[Component] | str | None, **changes: Any) -> SessionSpec:
    """The bug in a network in which each of them can be made: activations, a square matrix, biases, a softmax, batches of several examples."""
    base: dict[str, Any] = {
        "data": table(CategoricalCrossEntropy),
        "layers": [linear(4), {"kind": "tanh"}, linear(4), {"kind": "sigmoid"}, linear(2), {"kind": "softmax"}],
        "loss": {"kind": "categorical_cross_entropy"},
        "bug": {"kind": bug if isinstance(bug, str) else kind(bug)} if bug else None,
    }
    return make(**{**base, **changes})


def with_task(task: type[Component]) -> SessionSpec:
    """The task on what it can be set, in batches of 3, the last one of a single row."""
    assert issubclass(task, Task)
    return make(**{"data": table(inputs=1, outputs=1), "task": {"kind": kind(task)}, **task.sample})


def kind(component: type[Component]) -> str:
    return str(component.model_fields["kind"].default)


def everything(**changes: Any) -> Iterator[Any]:
    """One network for each layer, loss, initialiser and optimiser that is registered, as pytest parameters."""
    for layer in kinds(Layer):
        yield pytest.param(with_layer(layer, **changes), id=f"layer-{kind(layer)}")
    for loss in kinds(Loss):
        assert issubclass(loss, Loss)
        yield pytest.param(with_loss(loss, **changes), id=f"loss-{kind(loss)}")
    for initializer in kinds(Initializer):
        yield pytest.param(with_initializer(initializer, **changes), id=f"init-{kind(initializer)}")
    for optimizer in kinds(Optimizer):
        yield pytest.param(with_optimizer(optimizer, **changes), id=f"optimizer-{kind(optimizer)}")


def ways_to_train() -> Iterator[Any]:
    """One spec for each layer, loss, optimiser, clip and schedule, and for whatever else changes the list of instructions."""
    for layer in kinds(Layer):
        yield pytest.param(with_layer(layer, optimizer={"kind": "sgd", "learning_rate": 0.01}), id=f"layer-{kind(layer)}")
    for loss in kinds(Loss):
        assert issubclass(loss, Loss)
        yield pytest.param(with_loss(loss), id=f"loss-{kind(loss)}")
    for optimizer in kinds(Optimizer):
        yield pytest.param(with_optimizer(optimizer), id=kind(optimizer))
    for clip in kinds(Clip):
        yield pytest.param(make(clip={"kind": kind(clip), "limit": 0.3}), id=f"clip-{kind(clip)}")
    for bug in kinds(Bug):
        yield pytest.param(with_bug(bug), id=f"bug-{kind(bug)}")
    for task in kinds(Task):
        assert issubclass(task, Task)
        if kind(task) != "supervised" and task.answers:  # a game has laws of its own
            yield pytest.param(with_task(task), id=f"task-{kind(task)}")
    for gradient in kinds(Gradient):
        if kind(gradient) != "backpropagation":
            yield pytest.param(make(gradient={"kind": kind(gradient)}), id=f"gradient-{kind(gradient)}")
    for schedule in kinds(Schedule):
        yield pytest.param(make(optimizer={"kind": "sgd", "learning_rate": {"kind": kind(schedule)}}), id=f"schedule-{kind(schedule)}")
    frozen = [linear(4, train=["W"]), {"kind": "sigmoid"}, linear(2, train=["W"])]
    yield pytest.param(make(l1=0.01), id="l1")
    yield pytest.param(make(l1=0.01, l2=0.1, clip={"kind": "norm", "limit": 0.5}, optimizer={"kind": "adam"}), id="penalties-clip-adam")
    yield pytest.param(make(dtype="float32", l2=0.1), id="float32")
    yield pytest.param(make(layers=frozen, optimizer={"kind": "momentum"}), id="frozen-biases")
    dropped = [linear(4), {"kind": "dropout", "rate": 0.3}, {"kind": "tanh"}, linear(2)]
    several = {"kind": "weight_perturbation", "directions": 3, "sigma": 0.01}
    yield pytest.param(make(gradient=several, layers=dropped, l2=0.1, clip={"kind": "norm", "limit": 0.5}, optimizer={"kind": "adam"}), id="perturbed-noisily")
    yield pytest.param(make(gradient=several, dtype="float32"), id="perturbed-float32")
    yield pytest.param(make(shuffle=False), id="in-order")
    yield pytest.param(make(batch_size=100), id="one-batch")


def scriptable() -> Iterator[Any]:
    """The ways to train that a script can tell: those by backpropagation."""
    yield from (way for way in ways_to_train() if way.values[0].gradient.kind == "backpropagation")


def arrays(session: Session) -> Iterator[Array]:
    """Every array that a session's numbers live in, the stale ones too."""
    update = session.update
    yield from (session.parameters_arena.flat, session.gradients_arena.flat, session.update_start)
    yield from (update.applied, update.slots.flat, update.counters.flat)
    yield from (session.through.flat,) if session.program.through else ()
    for program in session.programs.values():
        yield from program.state()


def to_bytes(session: Session, room: int = 256_000) -> bytes:
    """A session as it is kept, all at once."""
    return b"".join(written(session, room).pieces(1 << 20))


def bits(session: Session) -> str:
    """A fingerprint of all numbers of a session, to the last bit."""
    digest = hashlib.sha256()
    for array in arrays(session):
        digest.update(array.tobytes())
    return digest.hexdigest()


def differentiated(spec: SessionSpec) -> Session:
    """A session at the end of its first backward pass."""
    session = Session(spec)
    session.run(session.target_backward())
    return session


def step(session: Session, unit: Any = "op", count: int = 1) -> Session:
    """Go to the count-th boundary of a unit, either way."""
    session.seek(session.target(unit, count))
    return session


def trained(spec: SessionSpec, updates: int) -> Session:
    """A session after whole updates."""
    session = Session(spec)
    session.run(Position(updates, 0))
    return session


def flat(tensors: Mapping[str, Any]) -> Array:
    """Named tensors as one vector."""
    return np.concatenate([np.ravel(np.asarray(tensor, dtype=float)) for tensor in tensors.values()])
