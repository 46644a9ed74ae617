"""Every path through a multilayer perceptron, walked one by one: from the loss over outputs and units home to one weight or bias."""

from tests.oracles.activations import Row, pull
from tests.oracles.mlp import Mlp


def products(network: Mlp, x: Row, t: Row, layer: int, source: int | None, unit: int) -> list[float]:
    """The product along each path to the weight from `source` into `unit` of a layer, or to the unit's bias where `source` is None."""
    zs, values = network.forward(x)
    last = 1.0 if source is None else values[layer][source]
    return [way * last for way in _ways(network, zs, network.cost(x, t)[1], layer, unit)]


def _ways(network: Mlp, zs: list[Row], arriving: Row, layer: int, unit: int) -> list[float]:
    """The product along each path from the loss to the weighted input of a unit."""
    here, z = network.layers[layer], zs[layer]
    found = []
    for out in range(len(z)) if here.activation == "softmax" else [unit]:
        alone = [1.0 if k == out else 0.0 for k in range(len(z))]
        local = pull(here.activation, z, alone, here.numbers)[unit]
        if layer == len(network.layers) - 1:
            found.append(arriving[out] * local)
            continue
        for above, weight in enumerate(network.layers[layer + 1].weights[out]):
            found += [way * weight * local for way in _ways(network, zs, arriving, layer + 1, above)]
    return found
