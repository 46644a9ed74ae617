"""A multilayer perceptron as a textbook writes it: plain loops over single numbers, forward, backward and a rule of descent.

Every sum is a Python loop in the order in which the formula is read. The delta of a unit is ∂L/∂z, its weighted input.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.oracles.activations import Numbers, Row, activate, pull
from tests.oracles.clips import CLIPS
from tests.oracles.descent import RULES, Memory
from tests.oracles.losses import LOSSES, sign

Rows = list[Row]
Gradients = list[tuple[Rows, Row]]


@dataclass
class Dense:
    """One layer: unit j computes f(Σᵢ xᵢ wᵢⱼ + bⱼ)."""

    weights: Rows
    biases: Row
    activation: str
    numbers: Numbers = field(default_factory=dict)


@dataclass
class Descent:
    """How gradients become steps; `numbers` are the rule's own."""

    rule: str = "sgd"
    rate: float = 0.1
    numbers: Numbers = field(default_factory=dict)
    clip: str | None = None
    limit: float = 1.0
    l1: float = 0.0
    l2: float = 0.0


@dataclass
class Mlp:
    """Layers and a loss; `train` is one update on a batch."""

    layers: list[Dense]
    loss: str
    loss_numbers: Numbers = field(default_factory=dict)
    memories: list[Memory] = field(default_factory=list)

    def forward(self, x: Row) -> tuple[Rows, Rows]:
        """The weighted inputs z of each layer, and the values of the input and of each layer."""
        zs: Rows = []
        values = [x]
        for layer in self.layers:
            below = values[-1]
            z = []
            for j in range(len(layer.biases)):
                total = 0.0
                for i in range(len(below)):
                    total += below[i] * layer.weights[i][j]
                z.append(total + layer.biases[j])
            zs.append(z)
            values.append(activate(layer.activation, z, layer.numbers))
        return zs, values

    def cost(self, x: Row, t: Row) -> tuple[float, Row]:
        """The loss of one example and its slope along each output."""
        return LOSSES[self.loss](self.forward(x)[1][-1], t, **self.loss_numbers)

    def gradient(self, x: Row, t: Row) -> Gradients:
        """∂L/∂W and ∂L/∂b of each layer for one example."""
        zs, values = self.forward(x)
        found: Gradients = []
        arriving = self.cost(x, t)[1]
        for number in range(len(self.layers) - 1, -1, -1):
            layer, z, below = self.layers[number], zs[number], values[number]
            units = range(len(z))
            delta = pull(layer.activation, z, arriving, layer.numbers)
            found.append(([[below[i] * delta[j] for j in units] for i in range(len(below))], delta))
            arriving = [sum(layer.weights[i][j] * delta[j] for j in units) for i in range(len(below))]
        return found[::-1]

    def batch(self, xs: Sequence[Row], ts: Sequence[Row], l1: float = 0.0, l2: float = 0.0) -> tuple[float, Gradients]:
        """The mean loss of a batch, and the mean of its examples' gradients with what the penalties add at the weights."""
        n = len(xs)
        loss = sum(self.cost(x, t)[0] for x, t in zip(xs, ts, strict=True)) / n
        each = [self.gradient(x, t) for x, t in zip(xs, ts, strict=True)]
        found = []
        for number, layer in enumerate(self.layers):
            mean = each_element(lambda *parts: sum(parts) / n, [gradients[number][0] for gradients in each])
            weights = each_element(lambda g, w: g + l1 * sign(w) + l2 * w, [mean, layer.weights])
            biases = [sum(parts) / n for parts in zip(*(gradients[number][1] for gradients in each), strict=True)]
            found.append((weights, biases))
        return loss, found

    def train(self, xs: Sequence[Row], ts: Sequence[Row], how: Descent) -> None:
        """One step against the gradient, weight by weight."""
        _, gradients = self.batch(xs, ts, how.l1, how.l2)
        flat = [g for weights, biases in gradients for row in (*weights, biases) for g in row]
        steps = iter(CLIPS[how.clip](flat, how.limit) if how.clip else flat)
        self.memories = self.memories or [{} for _ in flat]
        memories = iter(self.memories)
        for layer in self.layers:
            layer.weights = [[moved(w, steps, memories, how) for w in row] for row in layer.weights]
            layer.biases = [moved(b, steps, memories, how) for b in layer.biases]


def moved(w: float, steps: Iterator[float], memories: Iterator[Memory], how: Descent) -> float:
    """One weight after its step."""
    return RULES[how.rule](w, next(steps), how.rate, next(memories), **how.numbers)["w"]


def each_element(function: Callable[..., float], matrices: Sequence[Rows]) -> Rows:
    """A matrix made element by element of several."""
    return [[function(*numbers) for numbers in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]
