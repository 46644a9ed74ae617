"""`python -m benchmarks.shaped`: one training step of recurrent, convolutional and attending networks against PyTorch eager, on one thread each.

Both begin with the same parameters. The losses of the first steps are compared before anything is timed: to 1e-10 in float64, to 1e-4 in float32.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.step import pair
from engine import Position, Session, SessionSpec

AGREE = {"float64": 1e-10, "float32": 1e-4}
RATE = 0.01
STEPS, READ, UNITS, CLASSES = 50, 16, 64, 10
WORDS, MODEL, HEADS = 32, 64, 4


@dataclass(frozen=True)
class Shaped:
    """A network that reads sequences or images, and how long it may take against PyTorch."""

    name: str
    cell: str
    inputs: int
    batch: int
    bounds: dict[str, float]

    def session(self, dtype: str) -> Session:
        """The network on two batches of random examples, in their order."""
        rng = np.random.default_rng(3)
        rows = 2 * self.batch
        inputs, targets = rng.normal(size=(rows, self.inputs)), np.eye(CLASSES)[rng.integers(0, CLASSES, rows)]
        spec = {
            "data": {"kind": "table", "inputs": inputs.tolist(), "targets": targets.tolist()}, "batch_size": self.batch, "shuffle": False, "dtype": dtype,
            "layers": self.layers(), "loss": {"kind": "categorical_cross_entropy_with_logits"}, "optimizer": {"kind": "sgd", "learning_rate": RATE},
        }  # fmt: skip
        return Session(SessionSpec.model_validate(spec), {"units": 8192})

    def layers(self) -> list[dict[str, Any]]:
        """A cell that reads fifty moments, two convolutions with pools between, or a transformer block."""
        if self.cell == "transformer":
            return [
                {"kind": "reshape", "to": [WORDS, MODEL]},
                {"kind": "transformer_block", "heads": HEADS},
                {"kind": "flatten"},
                {"kind": "linear", "units": CLASSES},
            ]
        if self.cell != "cnn":
            return [{"kind": "reshape", "to": [STEPS, READ]}, {"kind": self.cell, "units": UNITS}, {"kind": "linear", "units": CLASSES}]
        parts: list[dict[str, Any]] = [{"kind": "reshape", "to": [1, 28, 28]}]
        for filters in (8, 16):
            parts += [{"kind": "conv2d", "filters": filters}, {"kind": "relu"}, {"kind": "max_pool"}]
        return [*parts, {"kind": "flatten"}, {"kind": "linear", "units": CLASSES}]


SHAPED = (
    Shaped("RNN, 50 × 16, 64 units", "rnn", STEPS * READ, 32, {"float64": 0.40, "float32": 0.9}),
    Shaped("LSTM, 50 × 16, 64 units", "lstm", STEPS * READ, 32, {"float64": 0.60, "float32": 0.9}),
    Shaped("GRU, 50 × 16, 64 units", "gru", STEPS * READ, 32, {"float64": 0.60, "float32": 0.9}),
    Shaped("CNN, 28 × 28, 8 and 16 filters", "cnn", 28 * 28, 64, {"float64": 1.1, "float32": 0.9}),
    Shaped("Transformer block, 32 × 64", "transformer", WORDS * MODEL, 16, {"float64": 0.75, "float32": 0.85}),
)


class Torch:
    """The same network in PyTorch, from the session's first weights, with its own SGD."""

    def __init__(self, workload: Shaped, session: Session) -> None:
        import torch

        torch.set_num_threads(1)
        self.dtype = getattr(torch, session.spec.dtype)
        weights = {name: torch.tensor(np.array(values)) for name, values in session.parameters().items()}
        build = {"cnn": self._convolutional, "transformer": self._attending}.get(workload.cell, self._recurrent)
        self.model, self.read = build(torch, workload, weights)
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD([each for each in self.model.parameters() if each.requires_grad], lr=RATE)
        x, y = (torch.tensor(part, dtype=self.dtype) for part in (session.data.train_inputs, session.data.train_targets))
        shape = {"cnn": (1, 28, 28), "transformer": (WORDS, MODEL)}.get(workload.cell, (STEPS, READ))
        self.batches = [(x[i : i + workload.batch].reshape(-1, *shape), y[i : i + workload.batch]) for i in range(0, len(x), workload.batch)]
        self.step = 0

    def _recurrent(self, torch: Any, workload: Shaped, weights: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
        cell = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[workload.cell](READ, UNITS, batch_first=True, dtype=self.dtype)
        head = torch.nn.Linear(UNITS, CLASSES, dtype=self.dtype)
        with torch.no_grad():
            cell.weight_ih_l0.copy_(weights["1.W"].T)
            cell.weight_hh_l0.copy_(weights["1.U"].T)
            cell.bias_ih_l0.copy_(weights["1.b"])
            cell.bias_hh_l0.zero_() if "1.c" not in weights else cell.bias_hh_l0.copy_(weights["1.c"])
            head.weight.copy_(weights["2.W"].T)
            head.bias.copy_(weights["2.b"])
        cell.bias_hh_l0.requires_grad_("1.c" in weights)
        return torch.nn.ModuleList([cell, head]), lambda x: head(cell(x)[0][:, -1])

    def _convolutional(self, torch: Any, workload: Shaped, weights: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
        nn = torch.nn
        parts = [nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        model = nn.Sequential(*parts, nn.Flatten(), nn.Linear(16 * 49, CLASSES)).to(self.dtype)
        with torch.no_grad():
            for place, name in ((0, "1"), (3, "4"), (7, "8")):
                model[place].weight.copy_(weights[f"{name}.W"].T if name == "8" else weights[f"{name}.W"])
                model[place].bias.copy_(weights[f"{name}.b"])
        return model, model

    def _attending(self, torch: Any, workload: Shaped, weights: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
        nn = torch.nn
        q, k, v, o = (nn.Linear(MODEL, MODEL, bias=name != "k") for name in "qkvo")
        first, second = nn.LayerNorm(MODEL), nn.LayerNorm(MODEL)
        mlp = nn.Sequential(nn.Linear(MODEL, 4 * MODEL), nn.GELU(approximate="tanh"), nn.Linear(4 * MODEL, MODEL))
        head = nn.Linear(WORDS * MODEL, CLASSES)
        names = {"attention.Wq": q, "attention.Wk": k, "attention.Wv": v, "attention.Wo": o, "mlp.W1": mlp[0], "mlp.W2": mlp[2]}
        model = nn.ModuleList([q, k, v, o, first, second, mlp, head]).to(self.dtype)
        with torch.no_grad():
            for name, part in names.items():
                part.weight.copy_(weights[f"1.{name}"].T)
                if part.bias is not None:
                    part.bias.copy_(weights[f"1.{name.replace('W', 'b')}"])
            head.weight.copy_(weights["3.W"].T)
            head.bias.copy_(weights["3.b"])

        def read(x: Any) -> Any:
            normal = first(x)
            parts = (of(normal).unflatten(2, (HEADS, -1)).transpose(1, 2) for of in (q, k, v))
            x = x + o(nn.functional.scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2))
            return head((x + mlp(second(x))).flatten(1))

        return model, read

    def one(self) -> Any:
        """One update; its loss."""
        x, y = self.batches[self.step % len(self.batches)]
        self.optimizer.zero_grad()
        loss = self.loss(self.read(x), y)
        loss.backward()
        self.optimizer.step()
        self.step += 1
        return loss

    def run(self, steps: int) -> None:
        """Some updates."""
        for _ in range(steps):
            self.one()


def main(arguments: list[str]) -> int:
    """Print the table; exit 1 where a ratio is over its bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shaped", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sample", type=float, default=0.25, help="seconds of each sample")
    parser.add_argument("--only", default="", help="rnn, lstm, gru, cnn or transformer")
    options = parser.parse_args(arguments)
    over = False
    print(f"{'network':32} {'precision':10} {'ours µs':>9} {'PyTorch µs':>10} {'ratio':>7} {'bound':>7} {'session MB':>10}")
    for workload in SHAPED:
        for dtype, bound in workload.bounds.items() if options.only in ("", workload.cell) else ():
            session = workload.session(dtype)
            peer = Torch(workload, session)
            for _ in range(6):
                session.run(Position(session.position.update + 1, 0), tap=())
                ours, theirs = float(session.program.loss_value), float(peer.one().detach())
                if abs(ours - theirs) > AGREE[dtype] * abs(theirs):
                    raise SystemExit(f"{workload.name}: the losses differ, {ours!r} here and {theirs!r} there; nothing is timed")

            def run(steps: int, session: Session = session) -> None:
                session.run(Position(session.position.update + steps, 0), tap=())

            ratios, mine, their = pair(run, peer.run, options.rounds, options.sample)
            over |= median(ratios) > bound
            size = sum(program.nbytes for program in session.programs.values()) / 1e6
            print(f"{workload.name:32} {dtype:10} {mine:9.0f} {their:10.0f} {median(ratios):7.3f} {bound:7.2f} {size:10.1f}")
    return int(over)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
