"""Average pool."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers.pooling import Pooling


class AveragePool(Pooling):
    """Keep the mean of each window: the image gets smaller and smoother."""

    op: ClassVar[str] = "average_pool"
    torch: ClassVar[Counterpart] = Counterpart("nn.AvgPool2d({size}, {stride})")
    keras: ClassVar[Counterpart] = Counterpart('layers.AveragePooling2D({size}, {stride}, data_format="channels_first")')
    kind: Literal["average_pool"] = "average_pool"
