"""ReLU."""

from typing import ClassVar, Literal

from engine.layers.relu import Relu as ReluLayer
from engine.remedies import Net, Remedy, is_activation, rebuilt
from engine.spec import SessionSpec


class Relu(Remedy):
    """Put a ReLU in the place of every activation: its slope is 1 wherever anything passes (Glorot, Bordes and Bengio 2011). The weights begin as before."""

    title: ClassVar[str] = "ReLU"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("deep",)
    against: ClassVar[str] = "slopes that are always smaller than 1"
    kind: Literal["relu"] = "relu"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        return rebuilt(spec, [ReluLayer() if is_activation(layer) else layer for layer in spec.layers])
