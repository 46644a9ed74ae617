"""What the remedies that change the cell of a recurrent layer share."""

from math import log
from typing import Any

from engine.examples import prepare
from engine.layers.recurrent import Recurrent
from engine.spec import SessionSpec


def gated(spec: SessionSpec, cell: type[Recurrent], keeps: int, *, biases: int) -> list[Any]:
    """The layers, in which each that reads a sequence has this cell, of the same size.

    The gate number `keeps`, by which the past is kept, begins so far open that what is carried over the whole sequence fades to 1/e of itself: its biases,
    of which each unit has so many, add up to log(steps − 1) (Tallec and Ollivier 2018, arXiv:1804.11188).
    """
    shape = prepare(spec.data, spec.features, standardize=False, seed=spec.seed).shape
    layers = list[Any]()
    for layer in spec.layers:
        if isinstance(layer, Recurrent):
            open_ = log(max(shape[0] - 1, 1)) / biases
            values = [open_ if keeps <= place / layer.units < keeps + 1 else 0.0 for place in range(cell.gates * layer.units)]
            kind = cell.model_fields["kind"].default
            layers.append({**layer.model_dump(mode="json"), "kind": kind, "bias_init": {"kind": "explicit", "values": values}})
        else:
            layers.append(layer)
        shape = layer.shape(shape)
    return layers
