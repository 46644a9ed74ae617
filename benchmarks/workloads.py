"""The networks that are timed, each described once and built for every engine from the same numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Session, SessionSpec


@dataclass(frozen=True)
class Workload:
    """A network: widths from the input to the output, its activation, whether the output is activated too, and its loss."""

    name: str
    widths: tuple[int, ...]
    activation: str
    batch: int
    rows: int
    loss: str
    activated_output: bool = False
    bound: float = 1.0
    rate: float = 0.01

    def arrays(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Inputs and targets, the same at every call."""
        rng = np.random.default_rng(3)
        inputs = rng.normal(size=(self.rows, self.widths[0]))
        if self.loss == "categorical_cross_entropy_with_logits":
            return inputs, np.eye(self.widths[-1])[rng.integers(0, self.widths[-1], self.rows)]
        return inputs, np.tanh(inputs[:, :1] * inputs[:, 1:2])

    def session(self) -> Session:
        """A session on these rows, in their order."""
        inputs, targets = self.arrays()
        layers: list[dict[str, Any]] = []
        for number, units in enumerate(self.widths[1:], 2):
            layers.append({"kind": "linear", "units": units})
            if number < len(self.widths) or self.activated_output:
                layers.append({"kind": self.activation})
        return Session(
            SessionSpec.model_validate(
                {
                    "data": {"kind": "table", "inputs": inputs.tolist(), "targets": targets.tolist()},
                    "batch_size": self.batch, "shuffle": False, "layers": layers, "loss": {"kind": self.loss},
                    "optimizer": {"kind": "sgd", "learning_rate": self.rate},
                }
            )
        )  # fmt: skip


MSE, CCE = "mean_squared_error", "categorical_cross_entropy_with_logits"
WORKLOADS = (
    Workload("2-4-2-1 tanh, batch 10", (2, 4, 2, 1), "tanh", 10, 250, MSE, activated_output=True, bound=0.06),
    Workload("2-8-8-8-1 tanh, batch 32", (2, 8, 8, 8, 1), "tanh", 32, 256, MSE, bound=0.08),
    Workload("30 × 16 sigmoid, batch 32", (2, *[16] * 30, 1), "sigmoid", 32, 256, MSE, bound=0.20),
    Workload("784-512-256-10 ReLU, batch 128", (784, 512, 256, 10), "relu", 128, 512, CCE, bound=1.0),
)
