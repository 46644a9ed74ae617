"""The description of a session: data, network, loss and learning. Frozen, JSON, and the same thing as a link, a save file and a lesson's start."""

from typing import Annotated, Literal

from pydantic import Field

from engine.bugs import AnyBug
from engine.clips import AnyClip
from engine.component import Described, Flag, Int, Real
from engine.datasets import AnyDataset
from engine.datasets.moons import Moons
from engine.features import AnyFeature
from engine.gradients import AnyGradient
from engine.gradients.backpropagation import Backpropagation
from engine.layers import AnyLayer
from engine.layers.linear import Linear
from engine.layers.tanh import Tanh
from engine.losses import AnyLoss
from engine.losses.binary_cross_entropy_with_logits import BinaryCrossEntropyWithLogits
from engine.optimizers import AnyOptimizer
from engine.optimizers.sgd import Sgd
from engine.tasks import AnyTask
from engine.tasks.supervised import Supervised

Penalty = Annotated[Real, Field(ge=0, le=100)]


class SessionSpec(Described):
    """Everything that decides a run: the same description gives the same numbers."""

    seed: Int = Field(default=7, ge=0, le=2**32 - 1, description="Where all random draws come from")
    dtype: Literal["float64", "float32"] = Field(default="float64", description="The precision of every number")
    batch_size: Int = Field(default=16, ge=1, le=10_000, description="Examples in one update")
    shuffle: Flag = Field(default=True, description="A new order of the examples in every epoch")
    standardize: Flag = Field(default=False, description="Shift and scale each input by the training part's mean and spread")
    features: tuple[AnyFeature, ...] | None = Field(default=None, description="What the network sees; null is every column", max_length=64)
    task: AnyTask = Field(default=Supervised(), description="What is trained for what")
    data: AnyDataset = Field(default=Moons(), description="Where the examples come from")
    layers: tuple[AnyLayer, ...] = Field(
        default=(Linear(units=4), Tanh(), Linear(units=4), Tanh(), Linear(units=1)), min_length=1, max_length=256, description="From the input on"
    )
    loss: AnyLoss = Field(default=BinaryCrossEntropyWithLogits(), description="How wrong a prediction is")
    optimizer: AnyOptimizer = Field(default=Sgd(), description="How a gradient becomes a step")
    clip: AnyClip | None = Field(default=None, description="A bound on the gradient")
    l1: Penalty = Field(default=0.0, description="Pulls weights towards 0 with the same force each")
    l2: Penalty = Field(default=0.0, description="Pulls weights towards 0 in proportion to their size")
    gradient: AnyGradient = Field(default=Backpropagation(), description="Where the gradient comes from")
    bug: AnyBug | None = Field(default=None, description="A mistake that the program makes on purpose; null is none")
