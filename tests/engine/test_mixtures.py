"""What is promised of every explanation, on 200 random networks of everything there is, each at a random position of its run."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.formula.calls import Array
from engine.layers import Layer
from engine.losses import Loss
from engine.optimizers import Optimizer
from engine.position import Position
from engine.session import Session
from tests.engine.networks import kind, mixture
from tests.engine.test_networks import names

NETWORKS = 200
LOOKED_AT = 4
"""Parameters, and values, that are laid open in each network."""
EXACT = 1e-10
NOTHING = 1e-30
"""What a saturated softmax leaves of its own rounding."""
GRAIN = 1e-6
"""A probability nearer to 1 than this is known to too few digits for a measured slope."""
CANCELLED = 1e-5
"""What is smaller than so much of the largest gradient is held to that."""


def somewhere(seed: int) -> tuple[Session, np.random.Generator]:
    """A random network at a random position: anywhere from the end of a backward pass to the end of the update, after a few updates.

    Where numbers explode by then, it is the end of the first backward pass.
    """
    rng = np.random.default_rng([seed, 1])
    session = Session(mixture(seed))
    session.run(Position(int(rng.integers(5)), 0))
    end = session.target_backward() if session.position.update == 0 or rng.random() < 0.8 else session.position
    session.run(end)
    if session.position.instruction:
        session.run(Position(session.position.update, int(rng.integers(session.position.instruction, session.instruction_count))))
    if session.diverged:
        session = Session(mixture(seed))
        session.run(session.target_backward())
    return session, rng


def some(every: list[Any], rng: np.random.Generator) -> list[Any]:
    return [every[int(place)] for place in rng.choice(len(every), min(LOOKED_AT, len(every)), replace=False)]


def values(session: Session) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every input, pre-activation and activation of one example."""
    for node in session.program.tape.nodes[: session.program.tape.marks["prediction"] + 1]:
        if node.role == "value" or node.id == 0:
            yield from ((node.id, index) for index in np.ndindex(*node.shape[1:]))


def holds(rungs: list[dict[str, Any]], gradient: float) -> None:
    """Each row is arriving × local, the rows add up to their rung, and the last rung is the gradient."""
    for rung in rungs:
        products = [row["product"] for row in rung["rows"]]
        for row in rung["rows"]:
            assert row["product"] == pytest.approx((row["arriving"]["value"] if row["arriving"] else 1.0) * row["local"]["value"], rel=EXACT, abs=1e-300)
        folded = rung["folded"]["sum"] if rung["folded"] else 0.0
        assert abs(sum(products) + folded - rung["total"]["value"]) <= EXACT * (sum(map(abs, products)) + abs(folded)) + NOTHING
    assert not rungs or rungs[-1]["total"]["value"] == gradient


def average(session: Session, own: dict[int, dict[str, Any]]) -> dict[str, float]:
    """The examples' own gradients average to the batch's, with what the penalties add; by how large each tensor's terms are.

    A tensor whose gradient all but cancels, such as a bias that batch normalisation takes off again, is measured by the largest.
    """
    scale, gaps = {}, {}
    for name, view in session.gradients_arena.views.items():
        each = np.array([np.asarray(gradients[name]) for gradients in own.values()])
        start, stop = session.parameters_arena.spans[name]
        w = session.shown_parameters()[start:stop].reshape(view.shape)
        extra = session.spec.l1 * np.sign(w) + session.spec.l2 * w if view.ndim > 1 else np.zeros_like(w)
        scale[name] = float((np.abs(each).mean(axis=0) + np.abs(extra)).max())
        gaps[name] = np.abs(each.mean(axis=0) + extra - view).max()
    scale = {name: max(size, CANCELLED * max(scale.values())) for name, size in scale.items()}
    assert all(gap <= EXACT * scale[name] for name, gap in gaps.items()), gaps
    return scale


def grainy(session: Session) -> bool:
    """Whether the loss reads a probability that is all but 1: what is missing there is a multiple of 2⁻⁵³, and the loss goes in steps."""
    prediction = session.program.value(session.program.tape.marks["prediction"])
    return session.network.loss.output == "probability" and bool((1 - prediction < GRAIN).any())


def at(tensor: Any, index: str) -> float:
    array: Array = np.asarray(tensor)
    return float(array[tuple(map(int, index.split(",")))])


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_every_explanation_holds(seed: int) -> None:
    """Tiles multiply to the gradient, paths sum to it, the examples' own average to it, each to 1e-10; and no measured slope disagrees."""
    session, rng = somewhere(seed)
    rows = session.batch_examples()
    example = rows[int(rng.integers(len(rows)))]
    own = {row: session.gradients(row) for row in rows}
    scale = average(session, own)
    for name in some(list(names(session)), rng):
        base, _, index = name.rstrip("]").partition("[")
        gradient = at(own[example][base], index)
        holds(session.explain(f"parameter:{name}", example)["ladder"], gradient)
        paths = session.paths(f"parameter:{name}", example, 8)
        assert paths["known"] and paths["gradient"] == gradient
        rest = paths["remainder"] or {"count": 0, "sum": 0.0}
        assert len(paths["rows"]) + rest["count"] == paths["count"]
        assert abs(sum(row["product"] for row in paths["rows"]) + rest["sum"] - gradient) <= EXACT * max(paths["size"], CANCELLED * max(scale.values()))
        shares = session.shares(f"parameter:{name}", example)
        for row in shares["rows"]:
            assert abs(row["gradient"] - at(own[row["example"]][base], index)) <= EXACT * scale[base]
        extra = shares["penalty"] or 0.0
        assert abs(sum(row["gradient"] for row in shares["rows"]) / len(rows) + extra - shares["gradient"]) <= EXACT * scale[base]
    for node, index in some(list(values(session)), rng):
        found = session.explain(f"value:{node}[{','.join(map(str, index))}]", example)
        arriving = np.asarray(session.values(node, example)["cotangent"])
        holds(found["ladder"], float(arriving[index]))
    checked = session.check_all()
    assert checked["ok"] or grainy(session), checked["sentence"]


def test_the_networks_have_everything() -> None:
    """Every layer, loss and optimiser there is stands in several of them."""
    specs = [mixture(seed) for seed in range(NETWORKS)]
    have = [{part.kind for part in spec.layers} | {f"loss {spec.loss.kind}", f"optimizer {spec.optimizer.kind}"} for spec in specs]
    wanted = [kind(layer) for layer in kinds(Layer)]
    wanted += [f"loss {kind(loss)}" for loss in kinds(Loss)] + [f"optimizer {kind(optimizer)}" for optimizer in kinds(Optimizer)]
    assert all(sum(name in each for each in have) >= 3 for name in wanted)
