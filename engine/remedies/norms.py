"""What the remedies that normalise share."""

from typing import Any

from engine.layers import Layer
from engine.remedies import is_activation
from engine.spec import SessionSpec


def at_each_activation(spec: SessionSpec, before: tuple[Layer, ...] = (), behind: tuple[Layer, ...] = ()) -> list[Any]:
    """The layers, with more before and behind each activation."""
    return [each for layer in spec.layers for each in ([*before, layer, *behind] if is_activation(layer) else [layer])]
