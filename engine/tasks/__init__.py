"""What is trained for what: which layers there are, what becomes of the examples, and what is called the loss."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from engine.component import Component, discover, union
from engine.errors import SpecError
from engine.layers import Layer
from engine.losses import Loss
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

if TYPE_CHECKING:
    from engine.examples import Prepared
    from engine.network import Network
    from engine.spec import SessionSpec


class Task(Component):
    """How a spec's parts become one recorded network."""

    family: ClassVar[str] = "tasks"
    answers: ClassVar[bool] = True
    """Whether the prediction answers the example's target, so that it can be right."""
    sample: ClassVar[Mapping[str, Any]] = {}
    """Fields of a spec with which the law tests set it."""

    def layers(self, spec: "SessionSpec") -> tuple[Layer, ...]:
        """Everything that brings parameters, by the index that their names begin with."""
        return spec.layers

    def loss(self, spec: "SessionSpec") -> Loss:
        """What measures the miss."""
        return spec.loss

    def examples(self, data: "Prepared") -> "Prepared":
        """What is trained on, from what the data bring."""
        return data

    def label(self, network: "Network", layer: int) -> str:
        """A layer as the page calls it."""
        described = network.layers[layer]
        return f"{described.title or described.kind.replace('_', ' ')} {layer}"

    def told(self, tape: Tape) -> dict[str, Any]:
        """What the page is to know of the task beside the graph."""
        return {"kind": self.kind, "notes": []}

    def check(self, network: "Network", shape: Shape) -> None:
        """Refuse a network that gives values of this shape for each example; raises SpecError."""
        check_output(network, shape)

    def enters(self, spec: "SessionSpec", index: int) -> Shape | None:
        """The shape of one example before a layer, where it is not what the layer before it gives."""
        return None

    def whole(self, network: "Network", tape: Tape, x: Var, target: Var, penalties: Mapping[str, float]) -> None:
        """Record everything, from the batch to what is descended, and mark the prediction, each example's loss, the batch's loss and the objective."""
        prediction, each = self.record(network, tape, x, target)
        tape.mark("prediction", prediction)
        leaves = [node for node in tape.nodes if node.role == "parameter"]
        each, loss, root = closed(tape, each, leaves, penalties)
        for name, node in (("each", each), ("loss", loss), ("objective", root)):
            tape.mark(name, node)

    def record(self, network: "Network", tape: Tape, x: Var, target: Var) -> tuple[Var, Var]:
        """Record everything from the batch to the loss of each example, (batch, 1): the prediction and that loss."""
        with tape.layer(0, network.layers[0].kind):
            x = shaped(tape, x, network.inputs)
        prediction = through(network, tape, range(len(network.layers)), x)
        with tape.scope("loss"):
            return prediction, mean_over_steps(tape, network.loss.record(tape, prediction, shaped(tape, target, network.outputs)))


def closed(tape: Tape, each: Var, leaves: Sequence[Var], penalties: Mapping[str, float]) -> tuple[Var, Var, Var]:
    """Record the way from the examples' losses to the objective: each example's whole loss, the batch's, and that with the penalties on these parameters."""
    weights = [leaf for leaf in leaves if len(leaf.shape) > 1]
    with tape.scope("loss"):
        for further in tape.losses:
            each = tape.apply(OPS["add"], each, further, name="loss of each")
        tape.losses = []
        loss = total = tape.apply(OPS["batch_mean"], each, name="loss")
        for kind, strength in penalties.items():
            for weight in weights if strength else ():
                penalty = tape.apply(OPS[f"{kind}_penalty"], weight, attributes={kind: strength})
                total = tape.apply(OPS["add"], total, penalty, name="objective")
    return each, loss, total


def through(network: "Network", tape: Tape, indices: range, x: Var, leaves: Mapping[str, Var] | None = None) -> Var:
    """Record the layers of these indices, one after the other, and return the last one's output; with the parameters in `leaves`, or new ones."""
    for index in indices:
        layer = network.layers[index]
        with tape.layer(index, layer.kind):
            own = {name.split(".", 1)[1]: leaf for name, leaf in (leaves or {}).items() if name.startswith(f"{index}.")}
            x = layer.record(tape, own if leaves else parameters(network.shapes, tape, index), x)
    return x


def parameters(shapes: Mapping[str, Shape], tape: Tape, index: int) -> dict[str, Var]:
    """New leaves for the parameters of one layer, by their short names."""
    names = [name for name in shapes if name.startswith(f"{index}.")]
    return {name.split(".", 1)[1]: tape.leaf(name, "parameter", shapes[name]) for name in names}


def shaped(tape: Tape, values: Var, shape: Shape) -> Var:
    """What the data brings as one row an example, in the shape that it has."""
    return values if len(shape) == 1 else tape.apply(OPS["reshape"], values, name="sequence", choices={"to": shape})


def mean_over_steps(tape: Tape, losses: Var) -> Var:
    """The loss of each example, (batch, 1): the mean over its steps where there is one at each, (batch, steps, 1)."""
    if len(losses.shape) == 2:
        return losses
    return tape.apply(OPS["row_mean"], tape.apply(OPS["reshape"], losses, name="loss of each step", choices={"to": losses.shape[1:2]}), name="mean over steps")


def check_output(network: "Network", shape: Shape) -> None:
    """Refuse a network whose last layer does not suit the target or the loss; raises SpecError."""
    outputs = network.outputs
    if shape[:-1] != outputs[:-1]:
        raise SpecError("layers", f"the last layer gives values of shape {list(shape)} for each example{_unlike(outputs)}")
    if shape != outputs:
        last = max((i for i, layer in enumerate(network.layers) if layer.kind == "linear"), default=0)
        what = "example" if len(shape) == 1 else "step"
        raise SpecError(
            f"layers.{last}.units", f"the last layer gives {shape[-1]} value(s) for each {what}, and the data's target has {outputs[-1]}; make them equal"
        )
    ends = network.layers[-1].kind
    if network.loss.output == "probability" and ends not in ("sigmoid", "softmax"):
        raise SpecError("loss", f"this loss reads probabilities, and the network ends in {ends}: end it in a sigmoid or a softmax, or take the loss on logits")
    if network.loss.output == "logit" and ends in ("sigmoid", "softmax"):
        raise SpecError("loss", f"this loss applies its own {ends} to logits, and the network already ends in one: remove the last layer")


def _unlike(outputs: Shape) -> str:
    """What to do where the last layer does not give one answer for each target."""
    if len(outputs) == 1:
        return "; put a flatten layer at the end, or let the layer that reads a sequence return its last value only"
    return f", and the data asks for {list(outputs)}, an answer at each of {outputs[0]} steps; let every layer return the whole sequence"


discover(__name__)

if TYPE_CHECKING:
    AnyTask = Task
else:
    AnyTask = union(Task)
