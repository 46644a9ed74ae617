"""Cases worth opening first: what is wrong with each net, and what every remedy reaches in how many updates. A test runs them all."""

from dataclasses import dataclass
from typing import Any

from engine.laboratory.pathology import Pathology
from engine.remedies import remedy

PLAIN = {"net": "recurrent", "depth": 20, "width": 8, "learning_rate": 0.1, "data": {"kind": "recall"}}


@dataclass(frozen=True)
class Case:
    """A net that does not learn: its training loss is still above `ill` after so many updates; with each remedy it is below that remedy's number."""

    name: str
    title: str
    words: str
    pathology: Pathology
    updates: int
    ill: float
    reaches: dict[str, float]

    def json(self) -> dict[str, Any]:
        """The form in which it travels, with every remedy at its defaults."""
        remedies = [remedy.validate_python({"kind": kind}).model_dump(mode="json") for kind in self.reaches]
        told = {"name": self.name, "title": self.title, "description": self.words, "updates": self.updates, "ill": self.ill, "reaches": self.reaches}
        return {**told, "pathology": self.pathology.model_dump(mode="json"), "remedies": remedies}


CASES = (
    Case(
        "thirty_sigmoids", "30 sigmoid layers", "The gradient shrinks at every layer on its way back: the first layer stands still, and nothing is learnt.",
        # with batch norm the loss swings so much that rounding alone decides where in 0.17 to 0.54 this update finds it
        Pathology(), 300, 0.68, {"relu": 0.5, "initialization": 0.4, "batch_norm": 0.65, "layer_norm": 0.4, "residual": 0.4},
    ),
    Case(
        "fading", "a past that fades", "A recurrent net is asked about the first of 20 numbers, and its small weights have forgotten it by the last.",
        Pathology.model_validate({**PLAIN, "initializer": {"kind": "normal", "std": 0.15}}), 200, 0.68, {"lstm": 0.1, "orthogonal": 0.1},
    ),
    Case(
        "exploding", "a gradient that explodes", "The same net with large weights: a few steps that are much too long drive its units into saturation.",
        Pathology.model_validate({**PLAIN, "initializer": {"kind": "normal", "std": 1.0}}), 200, 0.68,
        {"clipping": 0.1, "gru": 0.1, "lstm": 0.1, "orthogonal": 0.1},
    ),
)  # fmt: skip


def cases() -> list[dict[str, Any]]:
    """Every case with its net, its remedies and what they reach."""
    return [case.json() for case in CASES]
