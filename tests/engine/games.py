"""A small GAN for tests, and for those who make their golden numbers."""

from typing import Any

from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec

SPEC: dict[str, Any] = {
    "seed": 5,
    "batch_size": 4,
    "data": {"kind": "ring", "rows": 10},
    "task": {"kind": "gan", "generator": [{"kind": "linear", "units": 3}, {"kind": "tanh"}, {"kind": "linear", "units": 2}]},
    "layers": [{"kind": "linear", "units": 4}, {"kind": "leaky_relu", "slope": 0.2}, {"kind": "linear", "units": 1}],
    "optimizer": {"kind": "adam", "learning_rate": 0.05},
}


def session(loss: str = "non_saturating", **task: Any) -> Session:
    return Session(SessionSpec.model_validate({**SPEC, "task": {**SPEC["task"], "generator_loss": loss, **task}}))


def begin(loss: str) -> Session:
    """After the first operation of the first update: the batch and the noise are there, and nothing has been learned."""
    made = session(loss)
    made.run(Position(0, 1))
    return made
