"""Make shapes.json: what PyTorch 2.13 computes in float64 for layers that read images and sequences.

Run it with a Python that has PyTorch: `python tests/golden/make_shapes.py`. The tests only read the file and need no PyTorch.
Inputs and weights are rounded to three digits; the network is always the layer, flattened, under a mean squared error.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ROWS = 3


def drawn(*shape: int, scale: float = 0.7) -> Tensor:
    """Normal numbers of three digits."""
    return (torch.randn(*shape) * scale * 1000).round() / 1000


def convolved(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    return F.conv2d(x, w["W"], w["b"], stride=layer["stride"], padding=layer["padding"], groups=layer["groups"])


def pooled(x: Tensor, _: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    pool = F.max_pool2d if layer["kind"] == "max_pool" else F.avg_pool2d
    return pool(x, layer["size"], layer["stride"])


def normalized(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    """PyTorch's feature axis is the second; a sequence's here is the last."""
    turned = x.transpose(1, -1) if x.ndim == 3 else x
    y = F.batch_norm(turned, None, None, w["gamma"], w["beta"], training=True, eps=layer["eps"])
    return y.transpose(1, -1) if x.ndim == 3 else y


def remembered(made: dict[str, Any]) -> dict[str, Any]:
    """The running statistics after that batch, from 0 and 1, and what the layer then answers to the same inputs when it is only asked."""
    layer, shape = made["layer"], made["shape"]
    x = torch.tensor(made["inputs"]).reshape(ROWS, *shape)
    turned = x.transpose(1, -1) if x.ndim == 3 else x
    mean, variance = torch.zeros(turned.shape[1]), torch.ones(turned.shape[1])
    gamma, beta = (torch.tensor(made["weights"][name]) for name in ("gamma", "beta"))
    F.batch_norm(turned, mean, variance, gamma, beta, training=True, momentum=layer["momentum"], eps=layer["eps"])
    asked = F.batch_norm(turned, mean, variance, gamma, beta, training=False, eps=layer["eps"])
    asked = asked.transpose(1, -1) if x.ndim == 3 else asked
    return {**made, "running_mean": mean.tolist(), "running_variance": variance.tolist(), "asked": asked.reshape(ROWS, -1).tolist()}


def residual(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    """A weighted sum or a convolution inside, squashed, beside the input or its projection."""
    if x.ndim == 4:
        stride = layer["layers"][0]["stride"]
        inner = F.conv2d(x, w["0.W"], w["0.b"], stride=stride, padding=1)
        skip = F.conv2d(x, w["skip.W"], w["skip.b"], stride=stride)
    else:
        inner = x @ w["0.W"] + w["0.b"]
        skip = x @ w["skip.W"] + w["skip.b"] if "skip.W" in w else x
    return inner.tanh() + skip


def concatenated(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    """Two branches with weights and one that hands its values on."""
    if x.ndim == 4:
        return torch.cat([F.conv2d(x, w["0.0.W"], w["0.0.b"], padding=1).tanh(), F.conv2d(x, w["1.0.W"], w["1.0.b"]), x], dim=1)
    return torch.cat([(x @ w["0.0.W"] + w["0.0.b"]).tanh(), x @ w["1.0.W"] + w["1.0.b"], x], dim=-1)


def pooled_globally(x: Tensor, _: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    places = (2, 3) if x.ndim == 4 else (1,)
    return x.mean(dim=places) if layer["kind"] == "global_average_pool" else x.flatten(2).amax(dim=2) if x.ndim == 4 else x.amax(dim=1)


def recurrent(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    """PyTorch's own cell over the weights, which it keeps transposed and with a second bias."""
    kind = {"rnn": "RNN_TANH", "lstm": "LSTM", "gru": "GRU"}[layer["kind"]]
    flat, zeros = [], []
    for way in ["", "_back"][: 1 + layer["bidirectional"]]:
        flat += [w[f"W{way}"].T, w[f"U{way}"].T, w[f"b{way}"], w.get(f"c{way}", torch.zeros_like(w[f"b{way}"]))]
        zeros.append(torch.zeros(len(x), layer["units"]))
    start = torch.stack(zeros)
    call = {"RNN_TANH": torch._VF.rnn_tanh, "LSTM": torch._VF.lstm, "GRU": torch._VF.gru}[kind]
    states = (start, start) if kind == "LSTM" else start
    every, last, *_ = call(x, states, flat, True, 1, 0.0, False, layer["bidirectional"], True)
    return every if layer["returns"] == "sequence" else torch.cat(list(last), dim=1)


def evened(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], w["g"], w["b"], layer["eps"])


def attending(units: int, w: dict[str, Tensor], ahead: str, layer: dict[str, Any]) -> dict[str, Tensor]:
    """The weights as PyTorch's attention keeps them: those of queries, keys and values on top of each other. The lab's keys have no bias."""
    mine = {name: w[f"{ahead}{name}"] for name in HEADS}
    return {
        "in_proj_weight": torch.cat([mine[f"W{letter}"].T for letter in "qkv"]),
        "in_proj_bias": torch.cat([mine["bq"], torch.zeros(units), mine["bv"]]),
        "out_proj.weight": mine["Wo"].T, "out_proj.bias": mine["bo"],
    }  # fmt: skip


def mask(layer: dict[str, Any], steps: int) -> Tensor | None:
    return torch.nn.Transformer.generate_square_subsequent_mask(steps) if layer["causal"] else None


def attention(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    return F.scaled_dot_product_attention(x @ w["Wq"], x @ w["Wk"], x @ w["Wv"], is_causal=layer["causal"])


def heads(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    """PyTorch's own attention of several heads."""
    made = torch.nn.MultiheadAttention(x.shape[2], layer["heads"], batch_first=True)
    call = (x, x, x), {"attn_mask": mask(layer, x.shape[1]), "need_weights": False}
    found: tuple[Tensor, Any] = torch.func.functional_call(made, attending(x.shape[2], w, "", layer), *call)
    return found[0]


def block(x: Tensor, w: dict[str, Tensor], layer: dict[str, Any]) -> Tensor:
    """PyTorch's own encoder layer."""
    units = x.shape[2]
    bend = {"relu": F.relu, "gelu": lambda z: F.gelu(z, approximate="tanh")}[layer["activation"]]
    made = torch.nn.TransformerEncoderLayer(
        units, layer["heads"], layer["factor"] * units, 0.0, bend, layer["eps"], batch_first=True, norm_first=layer["norm"] == "pre"
    )
    kept = {f"self_attn.{name}": value for name, value in attending(units, w, "attention.", layer).items()}
    kept |= {f"norm{number}.{theirs}": w[f"norm{number}.{mine}"] for number in (1, 2) for mine, theirs in (("g", "weight"), ("b", "bias"))}
    kept |= {f"linear{number}.weight": w[f"mlp.W{number}"].T for number in (1, 2)} | {f"linear{number}.bias": w[f"mlp.b{number}"] for number in (1, 2)}
    found: Tensor = torch.func.functional_call(made, kept, (x,), {"src_mask": mask(layer, x.shape[1])})
    return found


HEADS = ("Wq", "bq", "Wk", "Wv", "bv", "Wo", "bo")


def head_shapes(units: int, ahead: str = "") -> dict[str, tuple[int, ...]]:
    return {f"{ahead}{name}": (units, units) if name[0] == "W" else (units,) for name in HEADS}


def block_shapes(units: int, hidden: int) -> dict[str, tuple[int, ...]]:
    norms: dict[str, tuple[int, ...]] = {f"norm{number}.{name}": (units,) for number in (1, 2) for name in "gb"}
    mlp = {"mlp.W1": (units, hidden), "mlp.b1": (hidden,), "mlp.W2": (hidden, units), "mlp.b2": (units,)}
    return norms | head_shapes(units, "attention.") | mlp


def case(shape: tuple[int, ...], weights: dict[str, tuple[int, ...]], layer: dict[str, Any], run: Any) -> dict[str, Any]:
    """One layer on random examples: its inputs, targets and weights, and what PyTorch makes of them."""
    x = drawn(ROWS, *shape).requires_grad_()
    w = {name: drawn(*size).requires_grad_() for name, size in weights.items()}
    y = run(x, w, layer).reshape(ROWS, -1)
    target = drawn(*y.shape)
    loss = F.mse_loss(y, target)
    loss.backward()
    return {
        "shape": shape, "layer": layer, "inputs": x.detach().reshape(ROWS, -1).tolist(), "targets": target.tolist(),
        "weights": {name: value.detach().tolist() for name, value in w.items()}, "outputs": y.detach().tolist(), "loss": loss.item(),
        "gradients": {name: value.grad.tolist() for name, value in w.items() if value.grad is not None},
        "input_gradient": x.grad.reshape(ROWS, -1).tolist(),
    }  # fmt: skip


def cases() -> list[dict[str, Any]]:
    torch.manual_seed(20)
    found = []
    for channels, filters, size, stride, padding, groups in ((1, 2, 3, 1, 1, 1), (2, 3, 2, 2, 0, 1), (4, 2, 3, 1, 2, 2), (3, 6, 1, 1, 0, 3)):
        layer = {"kind": "conv2d", "filters": filters, "size": size, "stride": stride, "padding": padding, "groups": groups}
        found.append(case((channels, 5, 4), {"W": (filters, channels // groups, size, size), "b": (filters,)}, layer, convolved))
    for kind, size, stride in (("max_pool", 2, 2), ("max_pool", 3, 1), ("average_pool", 2, 2), ("average_pool", 3, 2)):
        found.append(case((2, 5, 5), {}, {"kind": kind, "size": size, "stride": stride}, pooled))
    for kind, gates in (("rnn", 1), ("lstm", 4), ("gru", 3)):
        for returns, both in (("last", False), ("sequence", False), ("sequence", True), ("last", True)):
            layer = {"kind": kind, "units": 3, "returns": returns, "bidirectional": both}
            shapes = {"W": (2, 3 * gates), "U": (3, 3 * gates), "b": (3 * gates,)} | ({"c": (9,)} if kind == "gru" else {})
            weights = {f"{name}{way}": shape for way in ["", "_back"][: 1 + both] for name, shape in shapes.items()}
            found.append(case((5, 2), weights, layer, recurrent))
    for shape, momentum, eps in (((4,), 0.1, 1e-5), ((3, 2), 0.3, 1e-3), ((2, 3, 3), 0.1, 1e-5)):
        layer, size = {"kind": "batch_norm", "momentum": momentum, "eps": eps}, shape[0] if len(shape) == 3 else shape[-1]
        found.append(remembered(case(shape, {"gamma": (size,), "beta": (size,)}, layer, normalized)))
    for causal in (False, True):
        found.append(case((4, 3), {f"W{letter}": (3, 2) for letter in "qkv"}, {"kind": "attention", "units": 2, "causal": causal}, attention))
        found.append(case((3, 4), head_shapes(4), {"kind": "multi_head_attention", "heads": 2, "causal": causal}, heads))
    found.append(case((3, 4), {"g": (4,), "b": (4,)}, {"kind": "layer_norm", "eps": 1e-5}, evened))
    for norm, activation, causal in (("pre", "gelu", True), ("post", "relu", False), ("post", "gelu", True), ("pre", "relu", False)):
        layer = {"kind": "transformer_block", "heads": 2, "factor": 2, "activation": activation, "norm": norm, "causal": causal, "eps": 1e-5}
        found.append(case((3, 4), block_shapes(4, 8), layer, block))
    return found + composites()


def composites() -> list[dict[str, Any]]:
    """Layers in layers, and global pooling."""
    found = []
    for shape, units in (((3,), 3), ((3,), 2), ((2, 3), 4)):
        layer = {"kind": "residual", "layers": [{"kind": "linear", "units": units}, {"kind": "tanh"}]}
        skip = {} if shape[-1] == units else {"skip.W": (shape[-1], units), "skip.b": (units,)}
        found.append(case(shape, {"0.W": (shape[-1], units), "0.b": (units,), **skip}, layer, residual))
    convolution = {"kind": "conv2d", "filters": 3, "size": 3, "stride": 2, "padding": 1}
    weights = {"0.W": (3, 2, 3, 3), "0.b": (3,), "skip.W": (3, 2, 1, 1), "skip.b": (3,)}
    found.append(case((2, 4, 5), weights, {"kind": "residual", "layers": [convolution, {"kind": "tanh"}]}, residual))
    inner, tanh = {"kind": "linear", "units": 2}, {"kind": "tanh"}
    weights = {"0.0.W": (3, 2), "0.0.b": (2,), "1.0.W": (3, 2), "1.0.b": (2,)}
    found += [case(shape, weights, {"kind": "concatenate", "branches": [[inner, tanh], [inner], []]}, concatenated) for shape in ((3,), (2, 3))]
    wide, narrow = ({"kind": "conv2d", "filters": 2, "size": size, "padding": size // 2} for size in (3, 1))
    weights = {"0.0.W": (2, 2, 3, 3), "0.0.b": (2,), "1.0.W": (2, 2, 1, 1), "1.0.b": (2,)}
    found.append(case((2, 3, 3), weights, {"kind": "concatenate", "branches": [[wide, tanh], [narrow], []]}, concatenated))
    found += [case(shape, {}, {"kind": f"global_{which}_pool"}, pooled_globally) for which in ("average", "max") for shape in ((2, 3, 4), (4, 3))]
    return found


if __name__ == "__main__":
    path = Path(__file__).with_name("shapes.json")
    path.write_text("[\n" + ",\n".join(json.dumps(each) for each in cases()) + "\n]\n", "utf-8")
