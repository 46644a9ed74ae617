"""identity."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Identity(Activation):
    """Pass values on unchanged; without a non-linearity, many layers are worth one."""

    op: ClassVar[str] = "identity"
    kind: Literal["identity"] = "identity"
