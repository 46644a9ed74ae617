"""Global max pool."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers.global_pooling import GlobalPooling

IN_TORCH = '''
class GlobalMaxPool(nn.Module):
    """The largest value of each channel, over the pixels of an image or the moments of a sequence."""

    def forward(self, x):
        return x.amax(dim=(2, 3) if x.ndim == 4 else 1)
'''


class GlobalMaxPool(GlobalPooling):
    """Keep the largest value of each channel: whether what it looks for is anywhere in the image, or at any moment of the sequence."""

    op: ClassVar[str] = "global_max"
    torch: ClassVar[Counterpart] = Counterpart("GlobalMaxPool()", needs=IN_TORCH.strip())
    keras: ClassVar[Counterpart] = Counterpart('layers.GlobalMaxPooling{dims}D(data_format="{order}")')
    kind: Literal["global_max_pool"] = "global_max_pool"
