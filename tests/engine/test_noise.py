"""Noise is drawn anew for each update, is the same again on every replay, and is left out when the network is only asked."""

import numpy as np

from engine.position import Position
from engine.session import Session
from tests.engine.networks import bits, linear, make, trained

SPEC = make(layers=[linear(40), {"kind": "dropout", "rate": 0.25}, linear(2)], batch_size=7)


def silenced(session: Session) -> np.ndarray:  # type: ignore[type-arg]
    """Which values of the present batch the dropout layer has silenced."""
    node = next(node for node in session.program.tape.nodes if node.op and node.op.name == "dropout")
    return np.asarray(session.program.value(node.id) == 0)


def test_each_update_has_its_own_draws() -> None:
    first, second = silenced(trained(SPEC, 1)), silenced(trained(SPEC, 2))
    assert (first != second).any()
    shares = [silenced(trained(SPEC, update)).mean() for update in range(1, 21)]
    assert abs(np.mean(shares) - 0.25) < 4 * np.sqrt(0.25 * 0.75 / (20 * first.size))


def test_going_back_finds_the_same_draws() -> None:
    session = Session(SPEC)
    seen = {}
    while session.position < (6, 0):
        session.run(session.target("op", 1))
        seen[session.position] = bits(session)
    for place in sorted(seen, reverse=True):
        session.seek(place)
        assert bits(session) == seen[place]
    session.run(Position(40, 0))
    assert bits(session) == bits(trained(SPEC, 40))


def test_what_is_kept_is_scaled_so_that_the_mean_stays() -> None:
    session = trained(SPEC, 1)
    node = next(node for node in session.program.tape.nodes if node.op and node.op.name == "dropout")
    before, after = session.program.value(node.inputs[0]), session.program.value(node.id)
    kept = ~silenced(session)
    np.testing.assert_allclose(after[kept], before[kept] / 0.75, rtol=1e-15)


def test_asked_it_lets_everything_pass() -> None:
    session = trained(SPEC, 3)
    weights = {name: np.array(value) for name, value in session.parameters().items()}
    inputs = session.data.inputs
    by_hand = (inputs @ weights["0.W"] + weights["0.b"]) @ weights["2.W"] + weights["2.b"]
    np.testing.assert_allclose(session.evaluator.prediction(inputs), by_hand, rtol=1e-12)
