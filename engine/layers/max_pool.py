"""Max pool."""

from typing import ClassVar, Literal

from engine.layers.pooling import Pooling


class MaxPool(Pooling):
    """Keep the largest value of each window: the image gets smaller, and a small shift changes little."""

    op: ClassVar[str] = "max_pool"
    kind: Literal["max_pool"] = "max_pool"
