"""The same workloads in other engines. Each peer is a class with `losses(steps)` and `run(steps)`, absent where its package is."""

import contextlib
import os
from typing import Any, Protocol

import numpy as np

from benchmarks.workloads import Workload
from engine import Session


class Peer(Protocol):
    """An engine that trains a workload from the session's first weights, one batch after the other."""

    name: str

    def losses(self, steps: int) -> list[float]: ...
    def run(self, steps: int) -> None: ...


def peers(workload: Workload, session: Session) -> list[Peer]:
    """Every peer whose package is installed, all made before any of them trains, so that each begins from the session's first weights."""
    found: list[Peer] = []
    for cls in (TorchPeer, JaxPeer, AutogradPeer):
        with contextlib.suppress(ImportError):
            found.append(cls(workload, session))
    return found


def _batches(workload: Workload) -> list[tuple[Any, Any]]:
    inputs, targets = workload.arrays()
    return [(inputs[i : i + workload.batch], targets[i : i + workload.batch]) for i in range(0, workload.rows, workload.batch)]


def _weights(session: Session) -> list[Any]:
    return [np.array(values) for values in session.parameters().values()]


class TorchPeer:
    """PyTorch eager with its own SGD."""

    name = "PyTorch eager"

    def __init__(self, workload: Workload, session: Session) -> None:
        import torch

        torch.set_num_threads(1)
        self.torch = torch
        modules: list[Any] = []
        activations = {"tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}
        weights = _weights(session)
        for number, (a, b) in enumerate(zip(workload.widths, workload.widths[1:], strict=False)):
            linear = torch.nn.Linear(a, b, dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor(weights[2 * number].T))
                linear.bias.copy_(torch.tensor(weights[2 * number + 1]))
            modules.append(linear)
            if number < len(workload.widths) - 2 or workload.activated_output:
                modules.append(activations[workload.activation]())
        self.model = torch.nn.Sequential(*modules)
        self.loss = torch.nn.CrossEntropyLoss() if "cross_entropy" in workload.loss else torch.nn.MSELoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=workload.rate)
        self.batches = [(torch.tensor(x), torch.tensor(y)) for x, y in _batches(workload)]
        self.step = 0

    def _one(self) -> Any:
        x, y = self.batches[self.step % len(self.batches)]
        self.optimizer.zero_grad()
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        self.step += 1
        return loss

    def losses(self, steps: int) -> list[float]:
        return [float(self._one().detach()) for _ in range(steps)]

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self._one()


class _Functional:
    """What JAX and autograd share: a loss as a function of the weights, with its gradient."""

    def __init__(self, workload: Workload, session: Session, np_like: Any) -> None:
        self.workload = workload
        self.weights = _weights(session)
        self.batches = _batches(workload)
        self.step = 0
        self.np = np_like

    def loss(self, weights: Any, x: Any, y: Any) -> Any:
        np_like, w = self.np, self.workload
        pairs = list(zip(weights[::2], weights[1::2], strict=True))
        for number, (matrix, bias) in enumerate(pairs):
            x = x @ matrix + bias
            if number < len(pairs) - 1 or w.activated_output:
                x = {"tanh": np_like.tanh, "sigmoid": lambda z: 1 / (1 + np_like.exp(-z)), "relu": lambda z: np_like.maximum(z, 0)}[w.activation](x)
        if "cross_entropy" in w.loss:
            shifted = x - np_like.max(x, axis=1, keepdims=True)
            return np_like.mean(np_like.log(np_like.sum(np_like.exp(shifted), axis=1)) - np_like.sum(shifted * y, axis=1))
        return np_like.mean((x - y) ** 2)

    def _one(self) -> Any:
        raise NotImplementedError

    def losses(self, steps: int) -> list[float]:
        return [float(self._one()) for _ in range(steps)]

    def run(self, steps: int) -> None:
        for _ in range(steps):
            last = self._one()
        float(last)


class JaxPeer(_Functional):
    """JAX with one jitted function a step."""

    name = "JAX jit"

    def __init__(self, workload: Workload, session: Session) -> None:
        os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
        import jax

        jax.config.update("jax_enable_x64", True)
        super().__init__(workload, session, jax.numpy)

        def step(weights: Any, x: Any, y: Any) -> Any:
            value, gradient = jax.value_and_grad(self.loss)(weights, x, y)
            return value, [w - workload.rate * g for w, g in zip(weights, gradient, strict=True)]

        self.jitted = jax.jit(step)
        self.batches = [(jax.numpy.asarray(x), jax.numpy.asarray(y)) for x, y in self.batches]

    def _one(self) -> Any:
        value, self.weights = self.jitted(self.weights, *self.batches[self.step % len(self.batches)])
        self.step += 1
        return value


class AutogradPeer(_Functional):
    """HIPS autograd."""

    name = "autograd"

    def __init__(self, workload: Workload, session: Session) -> None:
        import autograd

        super().__init__(workload, session, autograd.numpy)
        self.gradient = autograd.value_and_grad(self.loss)

    def _one(self) -> Any:
        value, gradient = self.gradient(self.weights, *self.batches[self.step % len(self.batches)])
        self.weights = [w - self.workload.rate * g for w, g in zip(self.weights, gradient, strict=True)]
        self.step += 1
        return value
