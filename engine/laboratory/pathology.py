"""A case: a net of some depth whose gradient may vanish or explode, described by a few numbers."""

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field

from engine.component import Described, Int, kinds
from engine.datasets import AnyDataset
from engine.datasets.moons import Moons
from engine.errors import SpecError
from engine.initializers import AnyInitializer
from engine.initializers.he_normal import HeNormal
from engine.layers import Activation, Layer
from engine.optimizers import Rate
from engine.remedies import Net, Remedy
from engine.spec import SessionSpec
from engine.words import quoted

ACTIVATIONS = tuple(cls.model_fields["kind"].default for cls in kinds(Layer) if issubclass(cls, Activation) and cls.op != "softmax")
"""What may stand between two layers: every activation that works on each unit by itself."""
LOSSES = {"binary": "binary_cross_entropy_with_logits", "classes": "categorical_cross_entropy_with_logits", "regression": "mean_squared_error"}


def _known(kind: str) -> str:
    if kind not in ACTIVATIONS:
        raise ValueError(f"there is no activation {quoted(kind, 40)} here; there are: {', '.join(ACTIVATIONS)}")
    return kind


ActivationKind = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(ACTIVATIONS)})]
Depth = Annotated[Int, Field(ge=2, le=50)]


class Pathology(Described):
    """A net before any treatment.

    `deep` is so many layers of weights one behind the other, all of one width but the last; `recurrent` is a simple recurrent layer that reads a sequence
    of so many moments, with tanh as its activation. A sequence that can be of any length is drawn as long as the net is deep.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"depth": 30, "activation": "sigmoid"}]})
    examples: ClassVar[int] = 256
    """Examples over which activations are measured."""
    net: Net = Field(default="deep", description="Layers one behind the other, or a sequence read moment by moment")
    depth: Depth = Field(default=30, description="Layers of weights, or moments of the sequence")
    width: Int = Field(default=16, ge=1, le=32, description="Units in a hidden layer, or in the hidden state")
    activation: ActivationKind = Field(default="sigmoid", description="What each hidden layer puts its sums through")
    initializer: AnyInitializer = Field(default=HeNormal(), description="How the weights begin")
    learning_rate: Rate = Field(default=0.03, description="How large a step is")
    batch_size: Int = Field(default=32, ge=1, le=128, description="Examples in one update")
    data: AnyDataset = Field(default=Moons(), description="Where the examples come from")
    seed: Int = Field(default=7, ge=0, le=2**32 - 1, description="Where all random draws come from")

    def spec(self) -> SessionSpec:
        """The untreated net as a session; raises SpecError where the data does not suit it."""
        stretches = self.net == "recurrent" and "steps" in type(self.data).model_fields
        data: Any = self.data.model_copy(update={"steps": self.depth}) if stretches else self.data
        drawn = data.draw(self.seed)
        outputs = drawn.targets.shape[1]
        return SessionSpec.model_validate(
            {
                "seed": self.seed,
                "data": data.model_dump(mode="json"),
                "batch_size": self.batch_size,
                "standardize": not stretches,
                "layers": self._deep(outputs) if self.net == "deep" else self._recurrent(drawn.inputs.shape[1], outputs),
                "loss": {"kind": LOSSES[drawn.task]},
                "optimizer": {"kind": "sgd", "learning_rate": self.learning_rate},
            }
        )

    def treated(self, remedies: tuple[Remedy, ...]) -> SessionSpec:
        """The net with remedies, each applied in its turn; raises SpecError for one that is for another kind of net."""
        spec = self.spec()
        for remedy in sorted(remedies, key=lambda each: each.turn):
            if self.net not in remedy.nets:
                raise SpecError("remedies", f"{remedy.title or remedy.kind} is a remedy for a {' or a '.join(remedy.nets)} net, and this one is {self.net}")
            spec = remedy.apply(spec)
        return spec

    def _deep(self, outputs: int) -> list[dict[str, Any]]:
        init = self.initializer.model_dump(mode="json")
        hidden: list[dict[str, Any]] = [{"kind": "linear", "units": self.width, "init": init}, {"kind": self.activation}]
        return [*hidden * (self.depth - 1), {"kind": "linear", "units": outputs, "init": init}]

    def _recurrent(self, columns: int, outputs: int) -> list[dict[str, Any]]:
        if columns % self.depth:
            raise SpecError("data", f"this data has {columns} columns, and they cannot be read as {self.depth} moments of equal size; take the data `recall`")
        init = self.initializer.model_dump(mode="json")
        cell = {"kind": "rnn", "units": self.width, "init": init, "recurrent_init": init}
        return [{"kind": "reshape", "to": [self.depth, columns // self.depth]}, cell, {"kind": "linear", "units": outputs, "init": init}]
