"""Initialisation."""

from typing import Any, ClassVar, Literal

import numpy as np

from engine.examples import prepare
from engine.initializers import AnyInitializer
from engine.initializers.he_normal import HeNormal
from engine.initializers.orthogonal import Orthogonal
from engine.layers import Layer, draw
from engine.layers.linear import Linear
from engine.remedies import Net, Remedy, is_activation, rebuilt
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
        shape = prepare(spec.data, spec.features, standardize=False, seed=spec.seed).shape
        before, layers = "", list[Any]()
        for index, layer in enumerate(spec.layers):
            if isinstance(layer, Linear):
                follows = next((each.kind for each in spec.layers[index:] if is_activation(each)), before)
                layers.append(_suited(layer, _rule(follows), spec.seed, index, shape[-1], half=before == "sigmoid"))
            else:
                layers.append(layer)
            before = layer.kind if is_activation(layer) else before
            shape = layer.shape(shape)
        return rebuilt(spec, layers)


def _rule(activation: str) -> AnyInitializer:
    return Orthogonal(gain=STEEPEST[activation]) if activation in STEEPEST else HeNormal()


def _suited(layer: Linear, init: AnyInitializer, seed: int, index: int, inputs: int, *, half: bool) -> Layer | dict[str, Any]:
    made: dict[str, Any] = {**layer.model_dump(mode="json"), "init": init.model_dump(mode="json")}
    if half and layer.bias:
        weights = draw(init, seed, index, "W", (inputs, layer.units))
        made["bias_init"] = {"kind": "explicit", "values": np.multiply(weights.sum(axis=0), -0.5).tolist()}
    return made
