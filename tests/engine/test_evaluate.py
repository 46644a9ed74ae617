"""Evaluation beside the session: the same numbers in one piece or in many."""

from typing import Any

import numpy as np
import pytest

from engine import evaluate
from engine.errors import TooLarge
from engine.session import Session
from tests.engine.networks import linear, make, trained

SPEC = make(data={"kind": "moons", "rows": 40}, layers=[linear(4), {"kind": "tanh"}, linear(1)])


def everything_read(session: Session) -> list[Any]:
    found = session.predictions()
    return [found["outputs"], found["losses"], found["accuracy"], session.metrics()["train_loss"][-1], session.surface(5)]


def test_pieces_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs, losses, accuracy, curves and surfaces of a network that is asked for three examples at a time."""
    whole = everything_read(trained(SPEC, 3))
    monkeypatch.setattr(evaluate, "PIECE", 3 * trained(SPEC, 0).network.values_of_one)
    parts = everything_read(trained(SPEC, 3))
    np.testing.assert_allclose(parts[0], whole[0], rtol=1e-14)
    np.testing.assert_allclose(parts[1], whole[1], rtol=1e-13)
    assert parts[2] == whole[2] and parts[3] == pytest.approx(whole[3], rel=1e-14)
    assert parts[4]["nodes"] == whole[4]["nodes"]
    np.testing.assert_allclose(parts[4]["values"], whole[4]["values"], rtol=1e-13)


def test_a_surface_of_too_many_units_is_refused() -> None:
    wide = make(data={"kind": "moons", "rows": 4}, layers=[linear(2000), {"kind": "tanh"}, linear(1)])
    with pytest.raises(TooLarge, match="numbers of a surface"):
        Session(wide).surface(64)
