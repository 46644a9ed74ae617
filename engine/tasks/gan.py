"""Two networks against each other."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from engine.component import Int
from engine.errors import SpecError
from engine.layers import AnyLayer, Layer
from engine.layers.linear import Linear
from engine.layers.tanh import Tanh
from engine.losses import Loss
from engine.losses.binary_cross_entropy_with_logits import BinaryCrossEntropyWithLogits
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var
from engine.tasks import Task, closed, through
from engine.turns import Turn

if TYPE_CHECKING:
    from engine.network import Network
    from engine.spec import SessionSpec

PLAYERS = ("discriminator", "generator")


class Gan(Task):
    """A generator turns noise into examples, and a discriminator learns to tell them from the real ones; each learns from the other (Goodfellow et al. 2014).

    The layers of the description are the discriminator, which ends in one logit: real or generated. The targets of the data are left aside, and so is the loss.
    An update is the players' turns one after the other; the discriminator takes the same real examples in each of its turns, and new noise.
    """

    title: ClassVar[str] = "GAN: generator and discriminator"
    answers: ClassVar[bool] = False
    sample: ClassVar[Mapping[str, Any]] = {
        "task": {"kind": "gan", "generator": [{"kind": "linear", "units": 3}, {"kind": "tanh"}, {"kind": "linear", "units": 2}], "d_updates": 2},
        "data": {"kind": "table", "inputs": [[0.1, 0.9], [1, -1], [0.5, 0.2], [-1, 0.3], [0.7, 0.7], [-0.2, -0.6], [0.9, 0]], "targets": [[1]] * 7},
        "layers": [{"kind": "linear", "units": 3}, {"kind": "leaky_relu"}, {"kind": "linear", "units": 1}],
        "loss": {"kind": "binary_cross_entropy_with_logits"},
    }
    kind: Literal["gan"] = "gan"
    generator: tuple[AnyLayer, ...] = Field(
        default=(Linear(units=8), Tanh(), Linear(units=2)),
        min_length=1,
        max_length=64,
        description="From the noise to an example, with as many values as one has",
    )
    latent: Int = Field(default=2, ge=1, le=256, description="Numbers of noise that an example is made from, each standard normal")
    generator_loss: Literal["non_saturating", "saturating"] = Field(
        default="non_saturating", description="The generator's: −ln D(G(z)), or ln(1 − D(G(z))), which is flat while the discriminator is sure"
    )
    d_updates: Int = Field(default=1, ge=1, le=5, title="D turns", description="Turns of the discriminator in one update")
    g_updates: Int = Field(default=1, ge=1, le=5, title="G turns", description="Turns of the generator in one update")
    train: Literal["both", "generator", "discriminator"] = Field(default="both", description="Who learns; the other plays on as it is")

    def layers(self, spec: "SessionSpec") -> tuple[Layer, ...]:
        return (*spec.layers, *self.generator)

    def loss(self, spec: "SessionSpec") -> Loss:
        return BinaryCrossEntropyWithLogits()

    def label(self, network: "Network", layer: int) -> str:
        player = PLAYERS[layer >= len(network.spec.layers)]
        described = network.layers[layer]
        return f"{player}’s {described.title or described.kind.replace('_', ' ')} {layer}"

    def told(self, tape: Tape) -> dict[str, Any]:
        turns = [
            {"name": turn.name, "start": turn.start, "stop": turn.stop, "loss": turn.loss, "learns": turn.learns, "layers": [*turn.layers], "says": turn.says}
            for turn in tape.turns
        ]
        return {"kind": self.kind, "notes": list(dict.fromkeys(turn.says for turn in tape.turns)), "turns": turns, "latent": self.latent}

    def enters(self, spec: "SessionSpec", index: int) -> Shape | None:
        return (self.latent,) if index == len(spec.layers) else None

    def check(self, network: "Network", shape: Shape) -> None:
        if len(network.inputs) != 1:
            raise SpecError("data", "a GAN takes examples that are rows of numbers, and these are sequences")
        if shape != network.inputs:
            raise SpecError("task.generator", f"the generator makes values of shape {list(shape)}, and an example has {list(network.inputs)}; make them equal")
        end: Shape = network.inputs
        for layer in network.spec.layers:
            end = layer.shape(end)
        last = max((i for i, layer in enumerate(network.spec.layers) if layer.kind == "linear"), default=0)
        if end != (1,):
            raise SpecError(f"layers.{last}.units", f"the discriminator gives values of shape {list(end)} for each example, and it has one to say: real or not")
        if network.spec.layers[-1].kind in ("sigmoid", "softmax"):
            raise SpecError("layers", "the loss of a GAN applies its own sigmoid to the discriminator's logit: remove the last layer")
        if any(layer.least_batch() > 1 for layer in network.layers):
            raise SpecError(
                "layers", "a layer that remembers its batches is met by real and by generated ones in turn, which is not offered here; leave it out"
            )

    def whole(self, network: "Network", tape: Tape, x: Var, target: Var, penalties: Mapping[str, float]) -> None:
        if not tape.training:
            super().whole(network, tape, x, target, penalties)
            return
        leaves: dict[str, Var] = {}
        for name, shape in network.shapes.items():
            index = int(name.split(".")[0])
            with tape.layer(index, network.layers[index].kind):
                leaves[name] = tape.leaf(name, "parameter", shape)
        for player, count in enumerate((self.d_updates, self.g_updates)):
            for _ in range(count):
                self._turn(network, tape, leaves, x, player, penalties)
        for name, node in (("prediction", "prediction"), ("each", "each"), ("loss", "loss"), ("objective", "root")):
            tape.marks[name] = getattr(tape.turns[self.d_updates - 1], node)

    def record(self, network: "Network", tape: Tape, x: Var, target: Var) -> tuple[Var, Var]:
        """What the discriminator says of the examples, and how wrong that is if all are real."""
        logit = through(network, tape, range(len(network.spec.layers)), x)
        return logit, tape.apply(OPS["logistic_error"], logit, tape.constant("real", logit.shape, 1.0))

    def _turn(self, network: "Network", tape: Tape, leaves: Mapping[str, Var], x: Var, player: int, penalties: Mapping[str, float]) -> None:
        start, first = len(tape.nodes), len(network.spec.layers)
        discriminator, generator = range(first), range(first, len(network.layers))
        own = {name: leaf for name, leaf in leaves.items() if (int(name.split(".")[0]) in generator) == bool(player)}
        noise = tape.noise("z", (x.shape[0], self.latent), "normal")
        made = through(network, tape, generator, noise, leaves)
        if player == 0:
            real, fake = (through(network, tape, discriminator, each, leaves) for each in (x, made))
        else:
            real, fake = None, through(network, tape, discriminator, made, leaves)
        one, zero = tape.constant("real", fake.shape, 1.0), tape.constant("generated", fake.shape, 0.0)
        prediction = tape.nodes[-3]
        with tape.scope("loss"):
            each = self._loss(tape, real, fake, one, zero)
        each, loss, root = closed(tape, each, list(own.values()), penalties)
        learns = self.train in ("both", PLAYERS[player])
        place = (start, len(tape.nodes), prediction.id, each.id, loss.id, root.id)
        tape.turns.append(Turn(PLAYERS[player], *place, frozenset(own), learns, player, generator if player else discriminator, still(player, learns=learns)))

    def _loss(self, tape: Tape, real: Var | None, fake: Var, one: Var, zero: Var) -> Var:
        """The loss of each example: the discriminator's of a real and a generated one, or the generator's of what it has made."""
        error = OPS["logistic_error"]
        if real is not None:
            return tape.apply(OPS["add"], tape.apply(error, real, one, name="miss on the real"), tape.apply(error, fake, zero, name="miss on the generated"))
        if self.generator_loss == "non_saturating":
            return tape.apply(error, fake, one, name="−ln D(G(z))")
        return tape.apply(OPS["negate"], tape.apply(error, fake, zero, name="−ln(1 − D(G(z)))"), name="ln(1 − D(G(z)))")


def still(player: int, *, learns: bool) -> str:
    """Which weights do not move in a player's turn, in a sentence."""
    if not learns:
        return f"No weights move in the {PLAYERS[player]}’s turn: it plays on as it is, and its loss is worked out to be seen."
    if player:
        return "The discriminator’s weights do not move in the generator’s turn: the gradient only passes through them."
    return "The generator’s weights do not move in the discriminator’s turn, and no gradient goes back to them."
