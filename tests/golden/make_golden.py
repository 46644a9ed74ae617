"""Make golden.json: what PyTorch 2.13 computes in float64 for random networks, first weights included.

Run it with a Python that has PyTorch: `python tests/golden/make_golden.py`. The tests only read the file and need no PyTorch.

One network for each component there is, then random mixtures of all of them. Inputs and weights are rounded to three digits, which keeps the file small;
what PyTorch makes of them is written in full.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

MIXTURES = 72
Numbers = dict[str, float]

ACTIVATIONS: dict[str, tuple[Callable[[], Numbers], Callable[..., Tensor]]] = {
    "identity": (dict, lambda x: x),
    "sigmoid": (dict, torch.sigmoid),
    "tanh": (dict, torch.tanh),
    "relu": (dict, F.relu),
    "leaky_relu": (lambda: {"slope": between(0.01, 0.5)}, lambda x, slope: F.leaky_relu(x, slope)),
    "elu": (lambda: {"alpha": between(0.3, 2)}, lambda x, alpha: F.elu(x, alpha)),
    "gelu": (dict, lambda x: F.gelu(x, approximate="tanh")),
    "silu": (dict, F.silu),
    "softplus": (dict, lambda x: F.softplus(x, threshold=500)),
    "softmax": (dict, lambda x: F.softmax(x, dim=1)),
}
LOSSES: dict[str, tuple[Callable[[], Numbers], list[str], Callable[..., Tensor]]] = {
    "mean_squared_error": (dict, ["identity", "tanh"], F.mse_loss),
    "halved_squared_error": (dict, ["sigmoid", "identity"], lambda p, t: 0.5 * ((p - t) ** 2).sum(1).mean()),
    "mean_absolute_error": (dict, ["tanh", "identity"], F.l1_loss),
    "huber": (lambda: {"delta": between(0.2, 1.5)}, ["identity"], lambda p, t, delta: F.huber_loss(p, t, delta=delta)),
    "binary_cross_entropy": (dict, ["sigmoid"], F.binary_cross_entropy),
    "binary_cross_entropy_with_logits": (dict, ["identity"], F.binary_cross_entropy_with_logits),
    "categorical_cross_entropy": (dict, ["softmax"], lambda p, t: -(t * torch.log(p)).sum(1).mean()),
    "categorical_cross_entropy_with_logits": (dict, ["identity"], F.cross_entropy),
}
OPTIMIZERS: dict[str, tuple[Callable[[], Numbers], Callable[..., torch.optim.Optimizer]]] = {
    "sgd": (dict, lambda w, rate: torch.optim.SGD(w, rate)),
    "momentum": (lambda: {"momentum": between(0.3, 0.95)}, lambda w, rate, momentum: torch.optim.SGD(w, rate, momentum=momentum)),
    "nesterov": (lambda: {"momentum": between(0.3, 0.95)}, lambda w, rate, momentum: torch.optim.SGD(w, rate, momentum=momentum, nesterov=True)),
    "adagrad": (lambda: {"epsilon": small()}, lambda w, rate, epsilon: torch.optim.Adagrad(w, rate, eps=epsilon)),
    "rmsprop": (lambda: {"rho": between(0.5, 0.99), "epsilon": small()}, lambda w, rate, rho, epsilon: torch.optim.RMSprop(w, rate, alpha=rho, eps=epsilon)),
    "adam": (lambda: moments(), lambda w, rate, beta1, beta2, epsilon: torch.optim.Adam(w, rate, betas=(beta1, beta2), eps=epsilon)),
    "adamw": (
        lambda: {**moments(), "decay": between(0.01, 0.3)},
        lambda w, rate, beta1, beta2, epsilon, decay: torch.optim.AdamW(w, rate, betas=(beta1, beta2), eps=epsilon, weight_decay=decay),
    ),
}  # fmt: skip
SCHEDULES: dict[str, tuple[Callable[[], dict[str, Any]], Callable[..., lr_scheduler.LRScheduler]]] = {
    "constant": (dict, lambda rule: lr_scheduler.ConstantLR(rule, 1.0, 0)),
    "step": (lambda: {"every": random.randint(1, 3), "factor": between(0.2, 0.9)}, lambda rule, every, factor: lr_scheduler.StepLR(rule, every, factor)),
    "exponential": (lambda: {"factor": between(0.5, 0.99)}, lambda rule, factor: lr_scheduler.ExponentialLR(rule, factor)),
    "cosine": (lambda: {"updates": random.randint(6, 12), "floor": 0.001}, lambda rule, updates, floor: lr_scheduler.CosineAnnealingLR(rule, updates, floor)),
    "warmup": (
        lambda: {"warmup": random.randint(2, 4), "then": random.choice(["constant", "cosine"]), "updates": 12},
        lambda rule, warmup, then, updates: warmed(rule, warmup, then, updates),
    ),
}  # fmt: skip
CLIPS: dict[str, Callable[..., Any]] = {"norm": torch.nn.utils.clip_grad_norm_, "value": torch.nn.utils.clip_grad_value_}
FEATURES: dict[str, tuple[dict[str, int], Callable[[Tensor], Tensor]]] = {
    "column": ({"index": 1}, lambda x: x[:, 1]),
    "square": ({"index": 0}, lambda x: x[:, 0] ** 2),
    "product": ({"first": 0, "second": 1}, lambda x: x[:, 0] * x[:, 1]),
    "sine": ({"index": 1}, lambda x: torch.sin(x[:, 1])),
}


def between(low: float, high: float) -> float:
    return round(random.uniform(low, high), 3)


def small() -> float:
    return random.choice([1e-10, 1e-8, 1e-6])


def moments() -> Numbers:
    return {"beta1": between(0.5, 0.95), "beta2": between(0.9, 0.999), "epsilon": small()}


def warmed(rule: torch.optim.Optimizer, warmup: int, then: str, updates: int) -> lr_scheduler.LRScheduler:
    """A climb from rate / warmup to the rate, which update warmup - 1 is the first to have; a cosine begins one update later."""
    climb = lr_scheduler.LinearLR(rule, 1 / warmup, 1.0, warmup - 1)
    after = lr_scheduler.CosineAnnealingLR(rule, updates) if then == "cosine" else lr_scheduler.ConstantLR(rule, 1.0, 0)
    return lr_scheduler.SequentialLR(rule, [climb, after], [warmup])


def rows_of(*shape: int, scale: float = 1.0) -> Tensor:
    """Normal numbers of three digits."""
    return (torch.randn(*shape) * scale * 1000).round() / 1000


def targets_for(loss: str, rows: int, outputs: int) -> Tensor:
    """Random targets that suit the loss; those of many classes are sometimes shares that add up to 1."""
    if loss.startswith("binary"):
        return torch.randint(0, 2, (rows, outputs)).double()
    if loss.startswith("categorical"):
        if random.random() < 0.25:
            eighths = torch.stack([torch.bincount(torch.randint(0, outputs, (8,)), minlength=outputs) for _ in range(rows)])
            return eighths.double() / 8
        return torch.eye(outputs)[torch.randint(0, outputs, (rows,))]
    return rows_of(rows, outputs)


def case(hidden: list[str], loss: str, optimizer: str, **more: Any) -> dict[str, Any]:
    """One random network trained for a few updates: its spec, and what PyTorch makes of it.

    `more` may have schedule, clip, l1, l2, features (kinds), standardize, frozen (the parameters called b) and plain (no parameters called b).
    """
    rows, updates = more.get("rows", random.randint(3, 6)), random.randint(3, 6)
    batch = random.randint(2, rows)
    outputs = random.randint(2, 3) if loss.startswith("categorical") else random.randint(1, 3)
    raw = rows_of(rows, random.randint(2, 3))
    t = targets_for(loss, rows, outputs)
    x = raw if not more.get("features") else torch.stack([FEATURES[kind][1](raw) for kind in more["features"]], dim=1)
    if more.get("standardize"):
        x = (x - x.mean(0)) / x.std(0, correction=0)
    numbers, ends, cost = LOSSES[loss]
    loss_numbers = numbers()
    widths = [x.shape[1], *(more.get("width") or random.randint(2, 4) for _ in hidden), outputs]
    layers: list[dict[str, Any]] = []
    weights: dict[str, Tensor] = {}
    for inputs, units, kind in zip(widths[:-1], widths[1:], [*hidden, random.choice(ends)], strict=True):
        number = len(layers)
        weights[f"{number}.W"] = rows_of(inputs, units, scale=0.8)
        layer: dict[str, Any] = {"kind": "linear", "units": units, "init": {"kind": "explicit", "values": weights[f"{number}.W"].tolist()}}
        if more.get("plain"):
            layer["bias"] = False
        else:
            weights[f"{number}.b"] = rows_of(units, scale=0.3)
            layer["bias_init"] = {"kind": "explicit", "values": weights[f"{number}.b"].tolist()}
        if more.get("frozen"):
            layer["train"] = ["W"]
        layers += [layer, {"kind": kind, **ACTIVATIONS[kind][0]()}]
    rate = between(0.01, 0.2)
    schedule = more.get("schedule")
    planned = SCHEDULES[schedule][0]() if schedule else {}
    rule_numbers = OPTIMIZERS[optimizer][0]()
    clip = {"kind": more["clip"], "limit": between(0.05, 0.4)} if more.get("clip") else None
    spec = {
        "batch_size": batch,
        "shuffle": False,
        "standardize": bool(more.get("standardize")),
        "features": [{"kind": kind, **FEATURES[kind][0]} for kind in more["features"]] if more.get("features") else None,
        "data": {"kind": "table", "inputs": raw.tolist(), "targets": t.tolist(), "task": task_of(loss, outputs)},
        "layers": layers,
        "loss": {"kind": loss, **loss_numbers},
        "optimizer": {"kind": optimizer, "learning_rate": {"kind": schedule, "rate": rate, **planned} if schedule else rate, **rule_numbers},
        "clip": clip,
        "l1": more.get("l1", 0.0),
        "l2": more.get("l2", 0.0),
    }
    for w in weights.values():
        w.requires_grad_()
    rule = OPTIMIZERS[optimizer][1]([w for name, w in weights.items() if not (more.get("frozen") and name.endswith("b"))], rate, **rule_numbers)
    plan = SCHEDULES[schedule][1](rule, **planned) if schedule else None
    losses, gradients, predictions = [], {}, []
    for update in range(updates):
        start = update * batch % (-(-rows // batch) * batch)
        a = x[start : start + batch]
        for number, layer in enumerate(layers):
            if layer["kind"] == "linear":
                a = a @ weights[f"{number}.W"]
                a = a + weights[f"{number}.b"] if f"{number}.b" in weights else a
            else:
                a = ACTIVATIONS[layer["kind"]][1](a, **{name: value for name, value in layer.items() if name != "kind"})
        value = cost(a, t[start : start + batch], **loss_numbers)
        matrices = [w for name, w in weights.items() if name.endswith("W")]
        objective = value + spec["l1"] * sum(w.abs().sum() for w in matrices) + spec["l2"] / 2 * sum((w**2).sum() for w in matrices)
        for w in weights.values():
            w.grad = None
        objective.backward()
        losses.append(value.item())
        predictions = a.tolist()
        gradients = {name: w.grad.tolist() for name, w in weights.items()}
        if clip:
            CLIPS[clip["kind"]](list(weights.values()), clip["limit"])
        rule.step()
        if plan:
            plan.step()
    return {
        "spec": spec, "losses": losses, "outputs": predictions, "gradients": gradients, "parameters": {name: w.tolist() for name, w in weights.items()},
    }  # fmt: skip


def task_of(loss: str, outputs: int) -> str:
    """What the table says that its targets mean."""
    return "classes" if loss.startswith("categorical") else "binary" if loss.startswith("binary") and outputs == 1 else "regression"


def mixture() -> dict[str, Any]:
    """Anything with anything."""
    hidden = random.choices(list(ACTIVATIONS), k=random.randint(1, 3))
    more: dict[str, Any] = {"schedule": random.choice([None, *SCHEDULES]), "clip": random.choice([None, None, *CLIPS]), "standardize": random.random() < 0.2}
    more |= {"l1": random.choice([0.0, 0.0, 0.02]), "l2": random.choice([0.0, 0.0, 0.1]), "plain": random.random() < 0.15}
    if random.random() < 0.2:
        more["features"] = random.sample(list(FEATURES), k=random.randint(2, 4))
    return case(hidden, random.choice(list(LOSSES)), random.choice(list(OPTIMIZERS)), **more)


def cases() -> list[dict[str, Any]]:
    """Every component by itself, two wider networks, and mixtures."""
    found = [case([activation], "mean_squared_error", "sgd") for activation in ACTIVATIONS]
    found += [case(["tanh"], loss, "sgd") for loss in LOSSES]
    found += [case(["sigmoid"], "mean_squared_error", optimizer) for optimizer in OPTIMIZERS]
    found += [case(["tanh"], "halved_squared_error", optimizer, clip=clip) for clip in CLIPS for optimizer in ("sgd", "adam")]
    found += [case(["tanh"], "mean_squared_error", "momentum", schedule=schedule) for schedule in SCHEDULES]
    found += [case(["tanh"], "mean_squared_error", "sgd", **{penalty: 0.05}) for penalty in ("l1", "l2")]
    found += [case(["relu"], "huber", "adam", frozen=True), case(["sigmoid"], "mean_squared_error", "adamw", plain=True)]
    found += [case(["tanh"], "mean_squared_error", "sgd", features=list(FEATURES), standardize=standardize) for standardize in (False, True)]
    found += [case([kind, kind], "categorical_cross_entropy_with_logits", "adam", width=12, rows=16) for kind in ("relu", "gelu")]
    return found + [mixture() for _ in range(MIXTURES)]


if __name__ == "__main__":
    torch.manual_seed(20)
    random.seed(20)
    content = {"made_with": f"PyTorch {torch.__version__.split('+')[0]}", "cases": cases()}
    path = Path(__file__).with_name("golden.json")
    path.write_text(json.dumps(content, separators=(",", ":")).replace('{"spec"', '\n{"spec"') + "\n", "utf-8")
    print(f"{path.name}: {len(content['cases'])} cases, {path.stat().st_size:,} bytes")
