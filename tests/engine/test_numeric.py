"""A measured slope says honestly how far off it may be: never much further, at kinks as elsewhere, and no more than it must."""

from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.layers import Activation, Layer
from engine.losses import Loss
from engine.numeric import central_difference
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import differentiated, kind, linear, make, table, with_loss

TRUST = 3.0
"""How many times its own estimate a measured slope may be off: 2.4 was the most in 63,000 measurements."""
ZERO = {"kind": "zeros"}
XOR = {"kind": "table", "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]], "task": "regression"}


def through(activation: type[Activation], **changes: Any) -> SessionSpec:
    """Two layers of the activation."""
    act = {"kind": kind(activation)}
    bias = {} if changes["data"] != XOR else {"bias_init": ZERO}
    return make(layers=[linear(4, **bias), act, linear(4, **bias), act, linear(len(changes["data"]["targets"][0]), **bias)], **changes)


def furthest(session: Session) -> float:
    """The largest distance between a gradient and its measured slope, as a multiple of the slope's own estimate of its error."""
    worst = 0.0
    for name, value in session.parameters().items():
        for index in np.ndindex(*np.shape(value)):
            found = session.check(f"{name}[{','.join(map(str, index))}]")
            gap = abs(found["gradient"] - found["difference"])
            worst = max(worst, gap / (found["error"] + 1e-13 * abs(found["gradient"])))
    return worst


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("activation", [layer for layer in kinds(Layer) if issubclass(layer, Activation)], ids=kind)
def test_no_gradient_is_called_wrong_near_a_kink(activation: type[Activation], seed: int, dtype: str) -> None:
    """With a batch of many examples some values stand near a kink, and with biases of zero and an input of zeros some stand on it."""
    for data in (table(rows=24, seed=seed), XOR):
        assert furthest(differentiated(through(activation, data=data, batch_size=24, seed=seed, dtype=dtype))) < TRUST


@pytest.mark.parametrize("loss", kinds(Loss), ids=kind)
def test_no_gradient_is_called_wrong_under_any_loss(loss: type[Loss]) -> None:
    assert furthest(differentiated(with_loss(loss))) < TRUST


@pytest.mark.parametrize("distance", [0.0, 1e-12, 1e-7, 1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 3e-3, 1e-2, 3e-2])
@pytest.mark.parametrize("smooth", [0.0, 1.0])
@pytest.mark.parametrize(("kink", "slope"), [(lambda x: max(x, 0.0), 1.0), (abs, 1.0), (lambda x: max(x, 0.0) ** 2, 0.0)], ids=["relu", "abs", "bend"])
def test_a_kink_is_noticed_however_near_it_is(kink: Any, slope: float, smooth: float, distance: float) -> None:
    """A jump of the slope or of the bend, from right at the point to beyond every step."""
    found = central_difference(lambda x: smooth * np.tanh(x + 0.3) + 0.1 * kink(x), distance)
    right = 0.1 * (slope or 2 * distance) + smooth / np.cosh(distance + 0.3) ** 2
    assert abs(found.slope - right) <= TRUST * found.error


def test_a_smooth_slope_is_measured_closely() -> None:
    """The estimate is not honest by being large."""
    for at in (0.0, 0.7, -3.0, 40.0):
        found = central_difference(lambda x: float(np.tanh(0.3 * x) ** 2), at)
        assert found.error < 1e-10
