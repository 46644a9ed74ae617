"""Average pool."""

from typing import ClassVar, Literal

from engine.layers.pooling import Pooling


class AveragePool(Pooling):
    """Keep the mean of each window: the image gets smaller and smoother."""

    op: ClassVar[str] = "average_pool"
    kind: Literal["average_pool"] = "average_pool"
