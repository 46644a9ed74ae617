"""Make tasks.json: what PyTorch 2.13 computes in float64 for the first update of tasks, and of layers that draw or look up.

Run it with a Python that has PyTorch and can import the engine: `python tests/golden/make_tasks.py`. The tests only read the file and need no PyTorch.
The engine gives the batch, the first weights and the random draws; everything else is PyTorch's.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

Weights = dict[str, Tensor]
ROWS = np.random.default_rng(40).normal(size=(6, 3)).round(3)
TABLE = {"kind": "table", "inputs": ROWS.tolist(), "targets": np.tanh(ROWS[:, :1] * ROWS[:, 1:2]).round(3).tolist(), "test_share": 0}
CLASSES = {"kind": "categorical_cross_entropy_with_logits"}
NUMBERS = {"kind": "mean_squared_error"}


def linear(units: int) -> dict[str, Any]:
    return {"kind": "linear", "units": units, "bias_init": {"kind": "normal", "std": 0.3}}


def weighed(w: Weights, number: int, x: Tensor) -> Tensor:
    return x @ w[f"{number}.W"] + w[f"{number}.b"]


def autoencoder(w: Weights, x: Tensor, y: Tensor, noise: list[Tensor]) -> Tensor:
    return F.mse_loss(weighed(w, 2, torch.tanh(weighed(w, 0, x))), x)


def variational(w: Weights, x: Tensor, y: Tensor, noise: list[Tensor]) -> Tensor:
    mean, spread = weighed(w, 2, torch.tanh(weighed(w, 0, x))).chunk(2, dim=1)
    z = mean + (spread / 2).exp() * noise[0]
    divergence = kl_divergence(Normal(mean, (spread / 2).exp()), Normal(0.0, 1.0)).sum(dim=1).mean()
    return F.mse_loss(weighed(w, 3, z), x) + 0.4 * divergence


def expression(w: Weights, x: Tensor, y: Tensor, noise: list[Tensor]) -> Tensor:
    p = torch.sigmoid(w["0.v"] * torch.tanh(w["0.w"] * x[:, 0] + w["0.u"] * x[:, 2]) + w["0.b"])
    return ((p - y[:, 0]) ** 2 + 0.1 * w["0.v"] ** 2).mean()


def dropped(w: Weights, x: Tensor, y: Tensor, noise: list[Tensor]) -> Tensor:
    hidden = torch.tanh(weighed(w, 0, x))
    return F.mse_loss(weighed(w, 3, hidden * (noise[0] < 0.7) / 0.7), y)


def tokens(w: Weights, x: Tensor, y: Tensor, noise: list[Tensor]) -> Tensor:
    """Embedded, the places added as learned vectors and as waves, and answered at every step."""
    found = F.embedding(x.long(), w["0.W"]) + w["1.P"]
    steps, units = found.shape[1:]
    at = torch.arange(steps).double()[:, None] / 10000 ** (torch.arange(0, units, 2).double() / units)
    waves = torch.stack([torch.sin(at), torch.cos(at)], dim=2).reshape(steps, -1)[:, :units]
    logits = weighed(w, 3, found + waves)
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1, logits.shape[-1]))


def writing(w: Weights, x: Tensor, y: Tensor, noise: list[Tensor]) -> Tensor:
    """A language model: an LSTM over one-hot characters, asked for the next at every step."""
    steps, letters = y.shape[1:] if y.ndim == 3 else (y.shape[1] // w["1.W"].shape[1], w["1.W"].shape[1])
    cell = torch.nn.LSTM(w["0.W"].shape[0], w["0.U"].shape[0], batch_first=True)
    named = {"weight_ih_l0": w["0.W"].T, "weight_hh_l0": w["0.U"].T, "bias_ih_l0": w["0.b"], "bias_hh_l0": torch.zeros_like(w["0.b"])}
    outputs, _ = torch.func.functional_call(cell, named, (x.reshape(len(x), steps, -1),))
    return F.cross_entropy(weighed(w, 1, outputs).reshape(-1, letters), y.reshape(-1, letters))


Loss = Callable[[Weights, Tensor, Tensor, list[Tensor]], Tensor]
CASES: dict[str, tuple[dict[str, Any], Loss]] = {
    "autoencoder": ({"data": TABLE, "task": {"kind": "autoencoder"}, "layers": [linear(2), {"kind": "tanh"}, linear(3)], "loss": NUMBERS}, autoencoder),
    "variational": (
        {"data": TABLE, "task": {"kind": "autoencoder"}, "loss": NUMBERS,
         "layers": [linear(4), {"kind": "tanh"}, {"kind": "variational", "units": 2, "beta": 0.4}, linear(3)]}, variational),
    "expression": ({"data": TABLE, "task": {
        "kind": "expression", "formula": "p = sigmoid(v * tanh(w * x1 + u * x3) + b)\nloss = mean((p - y)**2 + 0.1 * v**2)",
        "parameters": {"v": 0.7, "w": -1.2, "u": 0.4, "b": 0.1}}}, expression),
    "dropout": ({"data": TABLE, "loss": NUMBERS, "layers": [linear(5), {"kind": "tanh"}, {"kind": "dropout", "rate": 0.3}, linear(1)]}, dropped),
    "tokens": (
        {"data": {"kind": "reversal", "rows": 8, "test_share": 0}, "loss": CLASSES,
         "layers": [{"kind": "embedding", "tokens": 6, "units": 4}, {"kind": "positional_encoding"},
                    {"kind": "positional_encoding", "encoding": "sinusoidal"}, linear(6)]}, tokens),
    "language model": (
        {"data": {"kind": "text", "test_share": 0}, "loss": CLASSES, "batch_size": 4,
         "layers": [{"kind": "lstm", "units": 5, "returns": "sequence"}, linear(30)]}, writing),
}  # fmt: skip


def case(name: str, spec: dict[str, Any], loss: Loss) -> dict[str, Any]:
    """The spec with the loss and every gradient of its first batch."""
    session = Session(SessionSpec.model_validate({"batch_size": 6, "seed": 9, **spec}))
    session.run(Position(0, 1))
    program = session.program
    weights = {name: torch.tensor(view.copy(), requires_grad=True) for name, view in session.parameters_arena.views.items()}
    x, y = (torch.tensor(program.batch.views[node].copy()) for node in (0, 1))
    found = loss(weights, x, y, [torch.tensor(view.copy()) for view in program.noise.views.values()])
    found.backward()
    gradients = {name: weight.grad.tolist() for name, weight in weights.items() if weight.grad is not None}
    return {"name": name, "spec": session.spec.model_dump(mode="json"), "loss": found.item(), "gradients": gradients}


if __name__ == "__main__":
    made = [case(name, spec, loss) for name, (spec, loss) in CASES.items()]
    Path(__file__).with_name("tasks.json").write_text("[\n" + ",\n".join(map(json.dumps, made)) + "\n]\n", "utf-8")
