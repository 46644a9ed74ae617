"""What the remedies that move weights to another place share: a layer that keeps what it would have begun with there."""

from collections.abc import Iterator
from typing import Any

from engine.examples import prepare
from engine.initializers import AnyInitializer
from engine.layers import Layer, draw
from engine.layers.linear import Linear
from engine.spec import SessionSpec


def numbered(spec: SessionSpec) -> Iterator[tuple[int, Layer, int]]:
    """Each layer with its number and how many values arrive at it."""
    shape: tuple[int, ...] = (prepare(spec.data, spec.features, standardize=False, seed=spec.seed).inputs.shape[1],)
    for index, layer in enumerate(spec.layers):
        yield index, layer, shape[-1]
        shape = layer.shape(shape)


def begun(layer: Linear, init: AnyInitializer, seed: int, index: int, inputs: int, *, centred: bool = False) -> Linear:
    """The layer with the weights that the rule draws at this place, as given values; `centred`, with biases of −½ times each unit's sum of weights."""
    weights = draw(init, seed, index, "W", (inputs, layer.units))
    made: dict[str, Any] = {**layer.model_dump(mode="json"), "init": {"kind": "explicit", "values": weights.tolist()}}
    if centred and layer.bias:
        made["bias_init"] = {"kind": "explicit", "values": (weights.sum(axis=0) * -0.5).tolist()}
    return Linear.model_validate(made)
