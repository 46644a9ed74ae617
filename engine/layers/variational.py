"""The middle of a variational autoencoder."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Flag, Int, Real
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer, draw
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

OTHERWISE = "each library draws numbers of its own, so the losses are alike but not the same"
IN_TORCH = '''
class Variational(nn.Module):
    """Mean and log-variance side by side, a draw z = mean + exp(log-variance / 2) e while training, and beta times the divergence beside the loss."""

    divergence = 0.0

    def __init__(self, inputs, units, beta, through):
        super().__init__()
        self.head, self.beta, self.through = nn.Linear(inputs, 2 * units), beta, through

    def forward(self, x):
        mean, spread = self.head(x).chunk(2, dim=-1)
        self.divergence = self.beta * (spread.exp() + mean**2 - 1 - spread).sum(dim=1).mean() / 2
        if not self.training:
            return mean
        drawn = mean + (spread / 2).exp() * torch.randn_like(mean)
        return drawn if self.through else drawn.detach()
'''


class Variational(Layer):
    """Describe each example by a normal distribution and hand on a draw from it: z = μ + exp(s/2) ε, with ε drawn anew in every update.

    W of shape (inputs, 2 · units) and b give the mean μ and, beside it, the log-variance s. β times the divergence from the standard normal
    distribution is added to each example's loss (Kingma and Welling 2014; Higgins et al. 2017). When the network is only asked, z is the mean.
    """

    title: ClassVar[str] = "variational"
    torch: ClassVar[Counterpart] = Counterpart(
        "Variational({inputs}, {units}, {beta}, {through})", OTHERWISE, {"W": "head.weight", "b": "head.bias"}, {"W": ".T"}, IN_TORCH.strip()
    )
    costs: ClassVar[str] = "divergence"
    sample: ClassVar[Mapping[str, int]] = {"units": 2}
    kind: Literal["variational"] = "variational"
    units: Int = Field(default=2, ge=1, le=256, description="How many numbers describe an example")
    beta: Real = Field(
        default=1.0, ge=0, le=100, description="How much the divergence weighs; where the loss is a mean over n outputs, 1/n is the textbook's 1"
    )
    through: Flag = Field(default=True, description="Whether a gradient goes through the draw to mean and variance, as reparameterising lets it")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the weights begin")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) != 1:
            raise SpecError("layers", f"values of shape {list(inputs)} arrive, and one row for each example is expected; put a flatten before it")
        return (self.units,)

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        return {"W": draw(self.init, seed, index, "W", (inputs[0], 2 * self.units)), "b": draw(self.bias_init, seed, index, "b", (2 * self.units,))}

    def parameters(self, inputs: Shape) -> int:
        return (inputs[0] + 1) * 2 * self.units

    def trained(self) -> tuple[str, ...]:
        return ("W", "b")

    def stops(self) -> str:
        return "" if self.through else "no gradient goes through the drawn numbers to mean and variance"

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        with tape.scope("heads"):
            both = tape.apply(OPS["affine"], x, parameters["W"], parameters["b"], name="μ, s")
            mean, spread = (tape.apply(OPS["part"], both, name=name, choices=cut) for name, cut in (("μ", self._half(0)), ("s", self._half(1))))
        with tape.scope("divergence"):
            terms = tape.apply(OPS["gaussian_divergence"], mean, spread, attributes={"beta": self.beta})
            tape.add_loss(terms if self.units == 1 else tape.apply(OPS["row_sum"], terms, name="divergence"))
        if not tape.training:
            return tape.apply(OPS["identity"], mean, name="z")
        with tape.scope("draw"):
            drawn = tape.apply(OPS["reparameterize"], mean, spread, tape.noise("ε", mean.shape, "normal"), name="z")
            return drawn if self.through else tape.apply(OPS["stop_gradient"], drawn, name="z")

    def _half(self, number: int) -> dict[str, int]:
        return {"start": number * self.units, "stop": (number + 1) * self.units}
