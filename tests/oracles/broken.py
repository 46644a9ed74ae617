"""The textbook network with one mistake in it, written in plain loops as its victim would write it."""

from dataclasses import dataclass, field

from tests.oracles.activations import pull, softmax
from tests.oracles.clips import CLIPS
from tests.oracles.descent import RULES
from tests.oracles.losses import sign
from tests.oracles.mlp import Descent, Gradients, Mlp, Row, Rows


@dataclass
class Broken(Mlp):
    """`update` is one update of a batch with the mistake `bug`; None makes none."""

    bug: str | None = None
    left: Gradients = field(default_factory=list)
    """The gradients that the update before has left."""

    def update(self, xs: Rows, ts: Rows, how: Descent) -> Gradients:
        """Step the weights, and return the gradients that were computed on the way."""
        n = len(xs)
        passes = [self.forward(x) for x in xs]
        arriving = [self.from_the_loss(x, t) for x, t in zip(xs, ts, strict=True)]
        gradients: Gradients = []
        for number in range(len(self.layers) - 1, -1, -1):
            deltas = [self.delta(number, passes[e][0][number], arriving[e], passes[e][1][number + 1]) for e in range(n)]
            gradients.insert(0, self.gradients_of(number, deltas, [values[number] for _, values in passes], how))
            if self.bug == "updated_while_propagating":
                self.step({number: gradients[0]}, how)
            arriving = [self.back(number, delta) for delta in deltas]
        if self.bug != "updated_while_propagating":
            self.step(dict(enumerate(gradients)), how)
        self.left = gradients
        return gradients

    def from_the_loss(self, x: Row, t: Row) -> Row:
        """The slope of one example's loss along each output."""
        slope = self.cost(x, t)[1]
        if self.bug == "softmax_twice" and self.loss == "categorical_cross_entropy_with_logits":
            slope = jacobian(softmax(self.forward(x)[1][-1]), slope)
        return [-number for number in slope] if self.bug == "wrong_sign" else slope

    def delta(self, number: int, z: Row, arriving: Row, own: Row) -> Row:
        """∂L/∂z of one example in one layer."""
        layer = self.layers[number]
        if self.bug == "no_activation_derivative":
            return arriving
        delta = pull(layer.activation, z, arriving, layer.numbers)
        return jacobian(own, delta) if self.bug == "softmax_twice" and layer.activation == "softmax" else delta

    def gradients_of(self, number: int, deltas: Rows, below: Rows, how: Descent) -> tuple[Rows, Row]:
        """The gradients of one layer's weights and biases."""
        weights, biases = self.layers[number].weights, self.layers[number].biases
        n = 1 if self.bug == "missing_mean" else len(deltas)
        found_weights = [[how.l1 * sign(w) + how.l2 * w for w in row] for row in weights]
        found_biases = [0.0] * len(biases)
        for j in range(len(biases)):
            for delta, values in zip(deltas, below, strict=True):
                for i in range(len(weights)):
                    found_weights[i][j] += values[i] * delta[j] / n
                found_biases[j] += delta[j] / n
        if self.bug == "gradients_not_zeroed" and self.left:
            for j in range(len(biases)):
                for i in range(len(weights)):
                    found_weights[i][j] += self.left[number][0][i][j]
                found_biases[j] += self.left[number][1][j]
        return found_weights, found_biases

    def step(self, gradients: dict[int, tuple[Rows, Row]], how: Descent) -> None:
        """Step some layers, with memories of their own for each weight."""
        flat = [g for weights, biases in gradients.values() for row in (*weights, biases) for g in row]
        steps = iter(CLIPS[how.clip](flat, how.limit) if how.clip else flat)
        self.memories = self.memories or [{} for layer in self.layers for row in (*layer.weights, layer.biases) for _ in row]
        for number in gradients:
            layer = self.layers[number]
            memories = iter(self.memories[sum((len(each.weights) + 1) * len(each.biases) for each in self.layers[:number]) :])
            layer.weights = [[RULES[how.rule](w, next(steps), how.rate, next(memories), **how.numbers)["w"] for w in row] for row in layer.weights]
            stepped = [RULES[how.rule](b, next(steps), how.rate, next(memories), **how.numbers)["w"] for b in layer.biases]
            times = len(layer.weights) if self.bug == "bias_per_weight" else 1
            layer.biases = [b + times * (new - b) for b, new in zip(layer.biases, stepped, strict=True)]

    def back(self, number: int, delta: Row) -> Row:
        """∂L/∂a of one example in the layer below."""
        weights = self.layers[number].weights
        units = range(len(delta))
        if self.bug == "transposed_weights" and len(weights) == len(delta):
            return [sum(weights[j][i] * delta[j] for j in units) for i in range(len(weights))]
        if self.bug == "one_path":
            return [row[0] * delta[0] for row in weights]
        return [sum(row[j] * delta[j] for j in units) for row in weights]


def jacobian(own: Row, arriving: Row) -> Row:
    """The slopes of a softmax times what arrives at it."""
    units = range(len(own))
    return [sum(arriving[k] * own[k] * ((1.0 if k == j else 0.0) - own[j]) for k in units) for j in units]
