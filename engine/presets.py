"""Ready-made descriptions, each of which opens on something worth seeing."""

from typing import Any

from engine.solved import REACHES, SOLVED, STILL
from engine.spec import SessionSpec


def _layers(widths: list[int], activation: str, out: int, **init: Any) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for units in widths:
        layers += [{"kind": "linear", "units": units, **init}, {"kind": activation}]
    return [*layers, {"kind": "linear", "units": out, **init}]


LOGIT = {"kind": "binary_cross_entropy_with_logits"}
CLASSES = {"kind": "categorical_cross_entropy_with_logits"}

WORKED_EXAMPLE: dict[str, Any] = {
    "batch_size": 1,
    "data": {"kind": "table", "inputs": [[0.05, 0.10]], "targets": [[0.01, 0.99]], "task": "regression"},
    "layers": [
        {
            "kind": "linear",
            "units": 2,
            "train": ["W"],
            "init": {"kind": "explicit", "values": [[0.15, 0.25], [0.20, 0.30]]},
            "bias_init": {"kind": "constant", "value": 0.35},
        },
        {"kind": "sigmoid"},
        {
            "kind": "linear",
            "units": 2,
            "train": ["W"],
            "init": {"kind": "explicit", "values": [[0.40, 0.50], [0.45, 0.55]]},
            "bias_init": {"kind": "constant", "value": 0.60},
        },
        {"kind": "sigmoid"},
    ],
    "loss": {"kind": "halved_squared_error"},
    "optimizer": {"kind": "sgd", "learning_rate": 0.5},
}

FORMULA: dict[str, Any] = {
    "batch_size": 9,
    "task": {"kind": "expression", "parameters": {"w1": 0.5, "b1": 0.1, "w2": 1.0, "b2": -0.5}},
    "data": {
        "kind": "table", "task": "regression",
        "inputs": [[-2], [-1.5], [-1], [-0.5], [0], [0.5], [1], [1.5], [2]], "targets": [[0], [0], [0.1], [0.2], [0.5], [0.8], [0.9], [1], [1]],
    },
    "optimizer": {"kind": "sgd", "learning_rate": 0.5},
}  # fmt: skip

RING_GAN: dict[str, Any] = {
    "batch_size": 64,
    "task": {"kind": "gan", "generator": _layers([12, 12], "tanh", 2)},
    "data": {"kind": "ring"},
    "layers": _layers([16, 16], "leaky_relu", 1),
    "optimizer": {"kind": "adam", "learning_rate": 0.003, "beta1": 0.5},
}

PRESETS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("two_moons", "two moons", "Two half circles that no straight line parts.", {}),
    ("spiral", "spiral", "Two arms around each other: it takes more units and patience.", {
        "data": {"kind": "spiral", "rows": 240, "noise": 0.02}, "layers": _layers([8, 8], "tanh", 1), "loss": LOGIT,
        "optimizer": {"kind": "adam", "learning_rate": 0.02}, "standardize": True}),
    ("xor", "XOR", "The four corners that one layer cannot part.", {
        "data": {"kind": "xor", "rows": 200, "noise": 0.1}, "layers": _layers([4], "tanh", 1), "loss": LOGIT,
        "optimizer": {"kind": "sgd", "learning_rate": 0.3}}),
    ("worked_example", "the worked example", "Two inputs, two hidden units, two outputs: every number can be checked with a pencil.", WORKED_EXAMPLE),
    ("iris", "iris", "Three kinds of flower from four measurements.", {
        "data": {"kind": "iris"}, "standardize": True, "layers": _layers([6], "tanh", 3), "loss": CLASSES, "optimizer": {"kind": "sgd", "learning_rate": 0.2}}),
    ("digits", "digits", "Handwritten digits of 8 × 8 points.", {
        "data": {"kind": "digits"}, "standardize": True, "batch_size": 32, "layers": _layers([32], "relu", 10, init={"kind": "he_uniform"}), "loss": CLASSES,
        "optimizer": {"kind": "sgd", "learning_rate": 0.1}}),
    ("vanishing", "deep sigmoid (vanishing)", "Nine sigmoid layers: the gradient shrinks on its way back until the first layers stand still.", {
        "layers": _layers([4] * 9, "sigmoid", 1), "optimizer": {"kind": "sgd", "learning_rate": 0.5}}),
    ("exploding", "exploding", "Weights drawn too large: the gradient grows on its way back.", {
        "layers": _layers([6] * 6, "leaky_relu", 1, init={"kind": "normal", "std": 1.6}), "optimizer": {"kind": "sgd", "learning_rate": 0.01}}),
    ("reversal", "transformer (words backwards)", "Say a word backwards: attention finds the letter at the other end.", {
        "data": {"kind": "reversal"}, "batch_size": 32, "loss": CLASSES, "optimizer": {"kind": "adam", "learning_rate": 0.01},
        "layers": [{"kind": "embedding", "tokens": 6, "units": 16}, {"kind": "positional_encoding"},
                   {"kind": "transformer_block", "heads": 2, "factor": 2}, {"kind": "linear", "units": 6}]}),
    ("formula", "your own formula", "Type a formula: each operation in it becomes a step of the program, forward and back.", FORMULA),
    ("ring_gan", "ring GAN", "A generator learns from a discriminator to make points of eight clouds.", RING_GAN),
]  # fmt: skip


def presets() -> list[dict[str, Any]]:
    """Name, title, description and full spec of each preset, and the case of the laboratory that treats it, where there is one."""
    every = [*PRESETS, *((name, title, words, spec) for name, title, words, spec, _ in SOLVED)]
    return [
        {
            "name": name,
            "title": title,
            "description": f"{words[:-1]}: {REACHES[name].words}." if name in REACHES else words,
            "spec": SessionSpec.model_validate(spec).model_dump(mode="json"),
            "laboratory": name if name == STILL.name else None,
        }
        for name, title, words, spec in every
    ]
