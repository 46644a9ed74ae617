"""Batch normalisation."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart, Real
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.keeping import KEPT
from engine.layers import Layer
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

IN_TORCH = '''
class BatchNorm(nn.BatchNorm1d):
    """Of units, of the units of a sequence moment by moment, or of the channels of an image."""

    def forward(self, x):
        if x.ndim == 4:
            return super().forward(x.flatten(2)).reshape(x.shape)
        return super().forward(x.transpose(1, -1)).transpose(1, -1) if x.ndim == 3 else super().forward(x)
'''


class BatchNorm(Layer):
    """Give each feature the mean 0 and the variance 1 over the batch, then a size gamma and a middle beta that are learned (Ioffe and Szegedy 2015).

    A feature is a unit, or a channel of an image. The gradient goes back through the batch's mean and variance too, so that every example has a part
    in every other's. When the network is only asked, running statistics stand in their place; each update moves them towards the batch's own by
    `momentum`, as in PyTorch (the variance divided by n − 1).
    """

    title: ClassVar[str] = "batch norm"
    torch: ClassVar[Counterpart] = Counterpart(
        "BatchNorm({features}, eps={eps}, momentum={momentum})",
        parameters={"gamma": "weight", "beta": "bias", "running_mean": "running_mean", "running_variance": "running_var"},
        needs=IN_TORCH.strip(),
    )
    keras: ClassVar[Counterpart] = Counterpart(
        "layers.BatchNormalization(axis={axis}, momentum={keeps}, epsilon={eps})",
        "Keras remembers the variance divided by n, not by n - 1, so what it answers after training is a little different",
        parameters={"gamma": "gamma", "beta": "beta", "running_mean": "moving_mean", "running_variance": "moving_variance"},
    )
    kind: Literal["batch_norm"] = "batch_norm"
    momentum: Real = Field(default=0.1, ge=0, le=1, description="How far each update moves the running statistics to the batch's own")
    eps: Real = Field(default=1e-5, ge=1e-12, le=1, description="Added to the variance, so that nothing divides by zero")
    train: tuple[Literal["gamma", "beta"], ...] = Field(default=("gamma", "beta"), description="Which parameters the updates may change")

    @property
    def keeps(self) -> float:
        """The part of the running statistics that an update leaves, which Keras calls momentum."""
        return 1 - self.momentum

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) > 3:
            raise SpecError("layers", f"values of shape {list(inputs)} arrive, and units, a sequence or an image are expected")
        return inputs

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        size = _features(inputs)
        return {"gamma": np.ones(size), "beta": np.zeros(size), "running_mean": np.zeros(size), "running_variance": np.ones(size)}

    def parameters(self, inputs: Shape) -> int:
        return 4 * _features(inputs)

    def trained(self) -> tuple[str, ...]:
        return self.train

    def least_batch(self) -> int:
        return 2

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        gamma, beta, running_mean, running_variance = (parameters[name] for name in ("gamma", "beta", *KEPT))
        rows = x.shape[0]
        if tape.training and rows >= self.least_batch():
            mean = tape.apply(OPS["feature_mean"], x, name="mean")
            variance = tape.apply(OPS["feature_variance"], x, name="variance")
            count = rows * int(np.prod(x.shape[1:])) // gamma.shape[0]
            tape.keep(running_mean, mean, self.momentum)
            tape.keep(running_variance, variance, self.momentum, count / (count - 1))
        else:
            mean = tape.apply(OPS["remembered"], running_mean, name="mean", choices={"rows": rows})
            variance = tape.apply(OPS["remembered"], running_variance, name="variance", choices={"rows": rows})
        standard = tape.apply(OPS["standardize"], x, mean, variance, name="standardized", attributes={"eps": self.eps})
        return tape.apply(OPS["scale_shift"], standard, gamma, beta, name="y")


def _features(inputs: Shape) -> int:
    return inputs[0] if len(inputs) == 3 else inputs[-1]
