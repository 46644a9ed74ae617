"""Giving back what was read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from engine.tasks import Task

if TYPE_CHECKING:
    from engine.examples import Prepared


class Autoencoder(Task):
    """The layers give back the inputs themselves, through a narrow middle: what the data call their targets is left aside."""

    title: ClassVar[str] = "giving the inputs back"
    sample: ClassVar[Mapping[str, Any]] = {"layers": [{"kind": "linear", "units": 2}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]}
    kind: Literal["autoencoder"] = "autoencoder"

    def examples(self, data: "Prepared") -> "Prepared":
        return replace(data, task="regression", targets=data.inputs, target_shape=data.shape, class_names=None)
