"""Residual connections."""

from typing import Any, ClassVar, Literal

from engine.layers import Layer
from engine.layers.linear import Linear
from engine.layers.residual import Residual as ResidualLayer
from engine.remedies import Net, Remedy, is_activation, rebuilt
from engine.remedies.weights import begun, numbered
from engine.spec import SessionSpec


class Residual(Remedy):
    """Add to what arrives at each hidden layer what its activation and its weights make of it, so that the gradient has a way past all of them.

    The layers and their first weights stay what they are; the sums stand behind the weights, as in the second paper (He et al. 2016, arXiv:1603.05027).
    The first and the last layer of weights change how many values there are, and have no way past them.
    """

    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("deep",)
    turn: ClassVar[int] = 3
    against: ClassVar[str] = "a way back that leads through every layer"
    kind: Literal["residual"] = "residual"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        layers = list[Any]()
        block = list[Layer]()
        width = 0
        for index, layer, inputs in numbered(spec):
            block.append(begun(layer, layer.init, spec.seed, index, inputs) if isinstance(layer, Linear) else layer)
            if isinstance(layer, Linear):
                layers += [ResidualLayer(layers=tuple(block))] if layer.units == width and any(map(is_activation, block)) else block
                block, width = [], layer.units
        return rebuilt(spec, [*layers, *block])
