"""Orthogonal initialisation of what is carried."""

from typing import ClassVar, Literal

from engine.initializers.orthogonal import Orthogonal as Rotation
from engine.layers.recurrent import Recurrent
from engine.remedies import Net, Remedy, rebuilt
from engine.spec import SessionSpec


class Orthogonal(Remedy):
    """Begin with a rotation as the weights that carry the hidden state on: multiplied by itself, it neither grows nor shrinks (Saxe et al. 2013)."""

    title: ClassVar[str] = "orthogonal"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("recurrent",)
    turn: ClassVar[int] = 1
    against: ClassVar[str] = "weights that shrink or stretch whatever passes"
    kind: Literal["orthogonal"] = "orthogonal"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        turned = [layer.model_copy(update={"recurrent_init": Rotation()}) if isinstance(layer, Recurrent) else layer for layer in spec.layers]
        return rebuilt(spec, turned)
