"""Max pool."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers.pooling import Pooling


class MaxPool(Pooling):
    """Keep the largest value of each window: the image gets smaller, and a small shift changes little."""

    op: ClassVar[str] = "max_pool"
    torch: ClassVar[Counterpart] = Counterpart("nn.MaxPool2d({size}, {stride})")
    keras: ClassVar[Counterpart] = Counterpart('layers.MaxPooling2D({size}, {stride}, data_format="channels_first")')
    kind: Literal["max_pool"] = "max_pool"
