"""Make vae.json: what PyTorch 2.13 computes in float64 for a small variational autoencoder.

Run it with a Python that has PyTorch: `python tests/golden/make_vae.py`. The tests only read the file and need no PyTorch.
Inputs, weights and noise are rounded to three digits. The divergence is PyTorch's own, between its normal distributions.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ROWS, INPUTS, HIDDEN, UNITS = 4, 3, 5, 2


def drawn(*shape: int) -> Tensor:
    """Normal numbers of three digits."""
    return (torch.randn(*shape) * 700).round() / 1000


def case(beta: float, through: bool, loss_kind: str) -> dict[str, Any]:
    x = drawn(ROWS, INPUTS) if loss_kind != "binary_cross_entropy_with_logits" else (torch.rand(ROWS, INPUTS) * 1000).round() / 1000
    noise = drawn(ROWS, UNITS)
    shapes = {"0.W": (INPUTS, HIDDEN), "0.b": (HIDDEN,), "2.W": (HIDDEN, 2 * UNITS), "2.b": (2 * UNITS,), "3.W": (UNITS, INPUTS), "3.b": (INPUTS,)}
    w = {name: drawn(*shape).requires_grad_() for name, shape in shapes.items()}
    mean, spread = (torch.tanh(x @ w["0.W"] + w["0.b"]) @ w["2.W"] + w["2.b"]).chunk(2, dim=1)
    described = Normal(mean, (spread / 2).exp())
    z = mean + (spread / 2).exp() * noise
    y = (z if through else z.detach()) @ w["3.W"] + w["3.b"]
    miss = {
        "mean_squared_error": lambda: F.mse_loss(y, x),
        "halved_squared_error": lambda: ((y - x) ** 2).sum(dim=1).mean() / 2,
        "binary_cross_entropy_with_logits": lambda: F.binary_cross_entropy_with_logits(y, x),
    }[loss_kind]()
    loss = miss + beta * kl_divergence(described, Normal(0.0, 1.0)).sum(dim=1).mean()
    loss.backward()
    return {
        "beta": beta, "through": through, "loss_kind": loss_kind, "inputs": x.tolist(), "noise": noise.tolist(), "loss": loss.item(),
        "weights": {name: value.detach().tolist() for name, value in w.items()},
        "gradients": {name: value.grad.tolist() for name, value in w.items() if value.grad is not None},
    }  # fmt: skip


if __name__ == "__main__":
    torch.manual_seed(30)
    made = [case(1.0, True, "halved_squared_error"), case(0.1, True, "binary_cross_entropy_with_logits"), case(2.5, False, "mean_squared_error")]
    Path(__file__).with_name("vae.json").write_text("[\n" + ",\n".join(map(json.dumps, made)) + "\n]\n", "utf-8")
