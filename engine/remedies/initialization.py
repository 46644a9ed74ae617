"""Initialisation."""

from typing import ClassVar, Literal

from engine.initializers import AnyInitializer
from engine.initializers.he_normal import HeNormal
from engine.initializers.orthogonal import Orthogonal
from engine.layers import Layer
from engine.layers.linear import Linear
from engine.remedies import Net, Remedy, is_activation, rebuilt
from engine.remedies.weights import begun, numbered
from engine.spec import SessionSpec

STEEPEST = {"sigmoid": 4.0, "tanh": 1.0}
"""One over the slope at 0: rotations of this gain pass a small gradient on as long as it came."""


class Initialization(Remedy):
    """Begin with weights that suit the activation: rotations for sigmoid (gain 4, for its slope is ¼ at most) and tanh, He's rule for everything else.

    A sigmoid's values lie about ½ and not about 0. Behind one, a bias therefore begins at −½ times the sum of its unit's weights, which puts the unit in
    the middle of its curve (as if each ½ had been taken off; Glorot and Bengio 2010 show what happens otherwise).
    """

    title: ClassVar[str] = "initialisation"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("deep",)
    turn: ClassVar[int] = 1
    against: ClassVar[str] = "weights that shrink or stretch whatever passes"
    kind: Literal["initialization"] = "initialization"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        before, layers = "", list[Layer]()
        for index, layer, inputs in numbered(spec):
            if isinstance(layer, Linear):
                follows = next((each.kind for each in spec.layers[index:] if is_activation(each)), before)
                layers.append(begun(layer, _rule(follows), spec.seed, index, inputs, centred=before == "sigmoid"))
            else:
                layers.append(layer)
            before = layer.kind if is_activation(layer) else before
        return rebuilt(spec, layers)


def _rule(activation: str) -> AnyInitializer:
    return Orthogonal(gain=STEEPEST[activation]) if activation in STEEPEST else HeNormal()
