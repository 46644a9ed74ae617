"""Ready-made descriptions that reach a stated result after a stated number of updates from their seed; a test runs each of them."""

from dataclasses import dataclass
from typing import Any, Literal

from engine.laboratory.cases import CASES

Quantity = Literal["train_loss", "test_loss", "train_accuracy", "test_accuracy", "modes"]


@dataclass(frozen=True)
class Result:
    """What a preset reaches: a score after so many updates, at least as good as the bound, or worse than it on purpose; the words name both."""

    updates: int
    quantity: Quantity
    bound: float
    worse: bool = False

    @property
    def words(self) -> str:
        """The result as the end of a description."""
        part, _, what = self.quantity.partition("_")
        where = "the test examples" if part == "test" else "the training examples"
        if what == "loss":
            value = f"a loss {'still above' if self.worse else 'of at most'} {self.bound:g} on {where}"
        elif what == "accuracy":
            value = f"{'less than' if self.worse else 'at least'} {100 * self.bound:g} % right on {where}"
        else:
            value = f"all {self.bound:g} clouds reached"
        return f"{value} after {self.updates:,} updates"

    def reached(self, value: float) -> bool:
        """Whether a score is what was stated; what is stated to be bad must be so."""
        good = value <= self.bound if self.quantity.endswith("loss") else value >= self.bound
        return good is not self.worse


CLASSES = {"kind": "categorical_cross_entropy_with_logits"}
NUMBERS = {"kind": "mean_squared_error"}
RELU = {"kind": "relu"}


def _linear(units: int) -> dict[str, Any]:
    return {"kind": "linear", "units": units}


def _fast(**spec: Any) -> dict[str, Any]:
    """In single precision, in batches of 32, by Adam."""
    return {"dtype": "float32", "batch_size": 32, "optimizer": {"kind": "adam", "learning_rate": 0.01}, **spec}


def _copying(cell: str) -> dict[str, Any]:
    """The same budget for each cell: 24 units, and as many updates."""
    layers = [{"kind": cell, "units": 24, "returns": "sequence"}, _linear(4)]
    return _fast(data={"kind": "copy_memory", "delay": DELAY}, layers=layers, loss=CLASSES, clip={"kind": "norm", "limit": 1})


DELAY, COPIED = 20, 600
STILL = CASES[0]

SOLVED: list[tuple[str, str, str, dict[str, Any], Result]] = [
    ("wine", "wine", "Three growers from thirteen measurements.", {
        "data": {"kind": "wine"}, "standardize": True, "loss": CLASSES, "optimizer": {"kind": "sgd", "learning_rate": 0.2},
        "layers": [_linear(8), {"kind": "tanh"}, _linear(3)]}, Result(100, "test_accuracy", 0.95)),
    ("digits_cnn", "digits by convolution", "The same digits as pictures: small windows that slide over them.", _fast(
        data={"kind": "digits", "scale": True}, loss=CLASSES, optimizer={"kind": "adam", "learning_rate": 0.005},
        layers=[{"kind": "reshape", "to": [1, 8, 8]}, {"kind": "conv2d", "filters": 16, "size": 3, "padding": 1}, RELU, {"kind": "max_pool", "size": 2},
                {"kind": "conv2d", "filters": 32, "size": 3}, RELU, {"kind": "flatten"}, _linear(10)]), Result(300, "test_accuracy", 0.98)),
    ("digit_rows", "digits, row by row", "A GRU reads a digit from the top down and says at its end which it was.", _fast(
        data={"kind": "digit_rows"}, loss=CLASSES, layers=[{"kind": "gru", "units": 24}, _linear(10)]), Result(300, "test_accuracy", 0.95)),
    ("copy_lstm", "copy memory, LSTM", "Two letters, a long wait, a signal: the cell state brings them over.", _copying("lstm"),
        Result(COPIED, "test_accuracy", 0.99)),
    ("copy_gru", "copy memory, GRU", "The same task and the same budget with a GRU.", _copying("gru"), Result(COPIED, "test_accuracy", 0.99)),
    ("copy_rnn", "copy memory, simple RNN", "The same task and the same budget without a gate: no gradient comes over the wait. “Nothing” is right 92 %.",
        _copying("rnn"),
        Result(COPIED, "test_accuracy", 0.95, worse=True)),
    ("adding", "adding problem", "Add up the two numbers that carry a mark; who remembers nothing stays at 0.17.", _fast(
        data={"kind": "adding"}, loss=NUMBERS, layers=[{"kind": "gru", "units": 16}, _linear(1)]), Result(300, "test_loss", 0.01)),
    ("text", "a network that writes", "Read a short text by characters, foretell each next one, and write on.", _fast(
        data={"kind": "text", "test_share": 0}, loss=CLASSES, batch_size=16, layers=[{"kind": "gru", "units": 48, "returns": "sequence"}, _linear(30)]),
        Result(300, "train_accuracy", 0.9)),
    ("autoencoder", "digits through two numbers", "An autoencoder: 64 points squeezed into two numbers and given back.", _fast(
        data={"kind": "digits", "scale": True}, task={"kind": "autoencoder"}, loss=NUMBERS, optimizer={"kind": "adam", "learning_rate": 0.005},
        layers=[_linear(32), RELU, _linear(2), _linear(32), RELU, _linear(64)]), Result(600, "test_loss", 0.05)),
    ("digits_vae", "digits, variational", "A variational autoencoder: a normal distribution of two numbers for each digit, and a draw from it.", _fast(
        data={"kind": "digits", "scale": True}, task={"kind": "autoencoder"}, loss=NUMBERS, optimizer={"kind": "adam", "learning_rate": 0.005},
        layers=[_linear(64), RELU, {"kind": "variational", "units": 2, "beta": 0.005}, _linear(64), RELU, _linear(64)]), Result(600, "test_loss", 0.062)),
    (STILL.name, STILL.title, STILL.words, STILL.pathology.spec().model_dump(mode="json"), Result(STILL.updates, "train_loss", STILL.ill, worse=True)),
]  # fmt: skip

REACHES = {
    "iris": Result(300, "test_accuracy", 0.95),
    "digits": Result(450, "test_accuracy", 0.96),
    "reversal": Result(150, "test_accuracy", 0.99),
    "ring_gan": Result(1500, "modes", 8),
} | {name: result for name, *_, result in SOLVED}
"""What presets reach, by their names."""
