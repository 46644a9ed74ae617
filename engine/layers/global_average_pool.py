"""Global average pool."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers.global_pooling import GlobalPooling

IN_TORCH = '''
class GlobalAveragePool(nn.Module):
    """The mean of each channel, over the pixels of an image or the moments of a sequence."""

    def forward(self, x):
        return x.mean(dim=(2, 3) if x.ndim == 4 else 1)
'''


class GlobalAveragePool(GlobalPooling):
    """Keep the mean of each channel: how much of what it looks for is in the whole image, or in the whole sequence (Lin et al. 2013)."""

    op: ClassVar[str] = "global_average"
    torch: ClassVar[Counterpart] = Counterpart("GlobalAveragePool()", needs=IN_TORCH.strip())
    keras: ClassVar[Counterpart] = Counterpart('layers.GlobalAveragePooling{dims}D(data_format="{order}")')
    kind: Literal["global_average_pool"] = "global_average_pool"
