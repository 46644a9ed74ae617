"""identity."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Identity(Activation):
    """Pass values on unchanged; without a non-linearity, many layers are worth one."""

    op: ClassVar[str] = "identity"
    torch: ClassVar[Counterpart] = Counterpart("nn.Identity()")
    keras: ClassVar[Counterpart] = Counterpart("layers.Identity()")
    kind: Literal["identity"] = "identity"
