"""Make golden.json: what PyTorch 2.13 computes in float64 for random networks, first weights included.

Run it with a Python that has PyTorch: `python tests/golden/make_golden.py`. The tests only read the file and need no PyTorch.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ROWS, BATCH, UPDATES = 5, 2, 4
"""Three batches an epoch, the last one of a single row, and one update of the second epoch."""

ACTIVATIONS: dict[str, tuple[dict[str, float], Callable[..., Tensor]]] = {
    "identity": ({}, lambda x: x),
    "sigmoid": ({}, torch.sigmoid),
    "tanh": ({}, torch.tanh),
    "relu": ({}, F.relu),
    "leaky_relu": ({"slope": 0.2}, lambda x, slope: F.leaky_relu(x, slope)),
    "elu": ({"alpha": 0.7}, lambda x, alpha: F.elu(x, alpha)),
    "gelu": ({}, lambda x: F.gelu(x, approximate="tanh")),
    "silu": ({}, F.silu),
    "softplus": ({}, F.softplus),
    "softmax": ({}, lambda x: F.softmax(x, dim=1)),
}
LOSSES: dict[str, tuple[dict[str, float], str, Callable[..., Tensor]]] = {
    "mean_squared_error": ({}, "identity", F.mse_loss),
    "halved_squared_error": ({}, "sigmoid", lambda p, t: 0.5 * ((p - t) ** 2).sum(1).mean()),
    "mean_absolute_error": ({}, "tanh", F.l1_loss),
    "huber": ({"delta": 0.5}, "identity", lambda p, t, delta: F.huber_loss(p, t, delta=delta)),
    "binary_cross_entropy": ({}, "sigmoid", F.binary_cross_entropy),
    "binary_cross_entropy_with_logits": ({}, "identity", F.binary_cross_entropy_with_logits),
    "categorical_cross_entropy": ({}, "softmax", lambda p, t: -(t * torch.log(p)).sum(1).mean()),
    "categorical_cross_entropy_with_logits": ({}, "identity", F.cross_entropy),
}
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": lambda w, rate: torch.optim.SGD(w, rate),
    "momentum": lambda w, rate: torch.optim.SGD(w, rate, momentum=0.9),
    "nesterov": lambda w, rate: torch.optim.SGD(w, rate, momentum=0.9, nesterov=True),
    "adagrad": lambda w, rate: torch.optim.Adagrad(w, rate, eps=1e-10),
    "rmsprop": lambda w, rate: torch.optim.RMSprop(w, rate, alpha=0.99, eps=1e-8),
    "adam": lambda w, rate: torch.optim.Adam(w, rate, betas=(0.9, 0.999), eps=1e-8),
    "adamw": lambda w, rate: torch.optim.AdamW(w, rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
}
CLIPS: dict[str, Callable[..., Any]] = {
    "norm": torch.nn.utils.clip_grad_norm_,
    "value": torch.nn.utils.clip_grad_value_,
}


def examples(loss: str, inputs: int, outputs: int) -> tuple[Tensor, Tensor]:
    """Random examples with targets that suit the loss."""
    targets = torch.randn(ROWS, outputs)
    if loss.startswith("binary"):
        targets = torch.randint(0, 2, (ROWS, outputs)).double()
    if loss.startswith("categorical"):
        targets = torch.eye(outputs)[torch.randint(0, outputs, (ROWS,))]
    return torch.randn(ROWS, inputs), targets


def case(hidden: list[str], loss: str, optimizer: str, *, rate: float = 0.05, clip: str | None = None) -> dict[str, Any]:
    """One random network trained for a few updates: its spec, and PyTorch's losses, last gradients and last weights."""
    widths = [random.randint(2, 3), *(random.randint(2, 4) for _ in hidden), 2]
    settings, last, loss_function = LOSSES[loss]
    x, t = examples(loss, widths[0], widths[-1])
    layers: list[dict[str, Any]] = []
    weights: dict[str, Tensor] = {}
    for inputs, units, kind in zip(widths[:-1], widths[1:], [*hidden, last], strict=True):
        w, b = torch.randn(inputs, units) * 0.8, torch.randn(units) * 0.3
        weights |= {f"{len(layers)}.W": w.clone().requires_grad_(), f"{len(layers)}.b": b.clone().requires_grad_()}
        init, bias_init = ({"kind": "explicit", "values": values.tolist()} for values in (w, b))
        layers += [{"kind": "linear", "units": units, "init": init, "bias_init": bias_init}, {"kind": kind, **ACTIVATIONS[kind][0]}]
    limit = 0.2
    spec = {
        "batch_size": BATCH,
        "shuffle": False,
        "data": {"kind": "table", "inputs": x.tolist(), "targets": t.tolist()},
        "layers": layers,
        "loss": {"kind": loss, **settings},
        "optimizer": {"kind": optimizer, "learning_rate": rate},
        "clip": {"kind": clip, "limit": limit} if clip else None,
    }
    rule = OPTIMIZERS[optimizer](list(weights.values()), rate)
    losses, gradients = [], {}
    for update in range(UPDATES):
        start = (update * BATCH) % (-(-ROWS // BATCH) * BATCH)
        a = x[start : start + BATCH]
        for number, layer in enumerate(layers):
            if layer["kind"] == "linear":
                a = a @ weights[f"{number}.W"] + weights[f"{number}.b"]
            else:
                numbers, function = ACTIVATIONS[layer["kind"]]
                a = function(a, **numbers)
        value = loss_function(a, t[start : start + BATCH], **settings)
        rule.zero_grad()
        value.backward()
        losses.append(value.item())
        gradients = {name: w.grad.tolist() for name, w in weights.items()}
        if clip:
            CLIPS[clip](list(weights.values()), limit)
        rule.step()
    return {"spec": spec, "losses": losses, "gradients": gradients, "parameters": {name: w.tolist() for name, w in weights.items()}}


def cases() -> list[dict[str, Any]]:
    """Every activation, every loss, every optimiser, every clip, and random mixtures of them."""
    found = [case([activation], "mean_squared_error", "sgd") for activation in ACTIVATIONS]
    found += [case(["tanh"], loss, "sgd") for loss in LOSSES]
    found += [case(["sigmoid"], "mean_squared_error", optimizer) for optimizer in OPTIMIZERS]
    found += [case(["tanh"], "halved_squared_error", optimizer, clip=clip) for clip in CLIPS for optimizer in ("sgd", "adam")]
    for _ in range(24):
        hidden = random.choices(list(ACTIVATIONS), k=random.randint(1, 3))
        found.append(case(hidden, random.choice(list(LOSSES)), random.choice(list(OPTIMIZERS)), clip=random.choice([None, None, *CLIPS])))
    return found


if __name__ == "__main__":
    torch.manual_seed(20)
    random.seed(20)
    content = {"made_with": f"PyTorch {torch.__version__.split('+')[0]}", "cases": cases()}
    path = Path(__file__).with_name("golden.json")
    path.write_text(json.dumps(content, separators=(",", ":")).replace('{"spec"', '\n{"spec"') + "\n", "utf-8")
    print(f"{path.name}: {len(content['cases'])} cases, {path.stat().st_size:,} bytes")
