"""Batch normalisation."""

from typing import ClassVar, Literal

from engine.layers.batch_norm import BatchNorm as BatchNormLayer
from engine.remedies import Net, Remedy, rebuilt
from engine.remedies.norms import at_each_activation
from engine.spec import SessionSpec


class BatchNorm(Remedy):
    """Normalise each unit over the batch before its activation (Ioffe and Szegedy 2015): no unit sits where its curve is flat for every example."""

    title: ClassVar[str] = "batch norm"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("deep",)
    turn: ClassVar[int] = 2
    against: ClassVar[str] = "units that sit in the flat part of their curve"
    kind: Literal["batch_norm"] = "batch_norm"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        return rebuilt(spec, at_each_activation(spec, before=(BatchNormLayer(),)))
