"""Layer normalisation."""

from typing import ClassVar, Literal

from engine.layers.layer_norm import LayerNorm as LayerNormLayer
from engine.remedies import Net, Remedy, rebuilt
from engine.remedies.norms import at_each_activation
from engine.spec import SessionSpec


class LayerNorm(Remedy):
    """Normalise what the units of a layer pass on, for each example by itself (Ba, Kiros and Hinton 2016).

    It stands behind the activation. Before a sigmoid it would help little: the ½ about which a sigmoid's values lie would still drown what differs from
    example to example, and only behind it is the ½ taken off.
    """

    title: ClassVar[str] = "layer norm"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("deep",)
    turn: ClassVar[int] = 2
    against: ClassVar[str] = "sums that shrink or grow from layer to layer"
    kind: Literal["layer_norm"] = "layer_norm"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        return rebuilt(spec, at_each_activation(spec, behind=(LayerNormLayer(),)))
