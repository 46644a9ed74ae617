"""The network in PyTorch."""

from collections.abc import Iterator
from itertools import pairwise

from engine.code.library import LibraryScript


class TorchScript(LibraryScript):
    """Model, loss, optimiser and the training loop, written out as PyTorch's users write them."""

    name = "network_torch.py"
    library = "torch"
    title = "PyTorch"
    nothing = "nn.Identity()"
    sequence = "nn.Sequential({})"
    inner = "[{}]"

    def lines(self) -> Iterator[str]:
        yield from self.head()
        yield from self.imports()
        yield from ("import numpy as np", "import torch", "from torch import nn", "")
        yield from self.settings()
        yield from ("", f"torch.set_default_dtype(torch.{self.spec.dtype})", f"torch.manual_seed({self.spec.seed})")
        yield 'start = np.load("start.npz")'
        yield from (f'{name} = torch.from_numpy(start["{name}"]{self.shaped(name)})' for name in ("x", "y", "x_test", "y_test"))
        yield from self.needs()
        yield ""
        yield from self._model()
        yield from self._weights()
        yield from ("", "")
        yield from self.order()
        yield from self.rate()
        yield from self._learning()
        yield from self._loop()

    def place(self, index: int, kept: str) -> str:
        return f"model[{index}].{kept}"

    def _model(self) -> Iterator[str]:
        yield "model = nn.Sequential("
        for index, (layer, (before, _)) in enumerate(zip(self.spec.layers, pairwise(self.shapes()), strict=True)):
            yield from (f"    {line}" for line in self.otherwise(layer))
            yield f"    {self.layer(layer, before)},  # {index}"
        yield ")"

    def _weights(self) -> Iterator[str]:
        places = dict(self.places())
        yield from ("", "with torch.no_grad():", "    if LAB_WEIGHTS:")
        yield from (f'        {place}.copy_(torch.from_numpy(start["{name}"]{self.turned(name)}))' for name, place in places.items())
        yield "    else:"
        for name, place in places.items():
            layer, short, _ = self.owner(name)
            initializer = layer.begun_by(short)
            if initializer is None:
                continue
            drawn = self.spelled(initializer, tensor=place, turned=self.turned(name))
            yield f"        {drawn or f'pass  # {initializer.title} is not told here, so PyTorch draws {name} in its own way'}"

    def _learning(self) -> Iterator[str]:
        spec, places, held = self.spec, dict(self.places()), self.held()
        yield from (*self.otherwise(spec.loss), f"loss_of = {self.spelled(spec.loss) or 'nn.MSELoss()'}")
        if spec.l1 or spec.l2:
            listed = ", ".join(place for name, place in places.items() if len(self.session.network.shapes[name]) > 1)
            yield f"weights = [{listed}]"
        parameters = "model.parameters()"
        if held:
            yield f"# The lab holds {', '.join(held)}: no update changes them."
            parameters = f"[{', '.join(place for name, place in places.items() if name not in held)}]"
        yield from self.otherwise(spec.optimizer)
        made = self.spelled(spec.optimizer, parameters=parameters, rate=self.first_rate)
        plain = f"torch.optim.SGD({parameters}, lr={self.first_rate})"
        yield from (f"optimizer = {made or plain}", "")

    def _loss(self, inputs: str, targets: str) -> str:
        """The loss of some rows; each step of a sequence counts as a row of its own."""
        steps = ".flatten(0, 1)" if len(self.session.network.outputs) > 1 else ""
        more = "".join(f" + {self.place(index, layer.costs)}" for index, layer in enumerate(self.spec.layers) if layer.costs)
        return f"loss_of(model({inputs}){steps}, {targets}{steps}){more}"

    def _loop(self) -> Iterator[str]:
        spec = self.spec
        yield from ("losses = []", "for epoch in range(EPOCHS):", "    rows = order(epoch)", "    for first in range(0, len(x), BATCH):")
        inside = ["batch = rows[first : first + BATCH]"]
        if list(self.rate()):
            inside += ["for group in optimizer.param_groups:", '    group["lr"] = rate_at(len(losses))']
        inside += ["model.zero_grad()", f"loss = {self._loss('x[batch]', 'y[batch]')}"]
        penalties = [f"{spec.l1!r} * sum(w.abs().sum() for w in weights)"] if spec.l1 else []
        penalties += [f"{spec.l2!r} / 2 * sum((w**2).sum() for w in weights)"] if spec.l2 else []
        inside += [f"({' + '.join(['loss', *penalties])}).backward()" if penalties else "loss.backward()"]
        if spec.clip:
            inside += [*self.otherwise(spec.clip), self.spelled(spec.clip) or f"# no counterpart of the lab's clip {spec.clip.kind}"]
        inside += ["optimizer.step()", "losses.append(loss.item())"]
        yield from (f"        {line}" for line in inside)
        yield '    print(f"epoch {epoch}: loss of its last batch {losses[-1]:.6f}")'
        yield from (
            "",
            "model.eval()",
            "if len(x_test):",
            "    with torch.no_grad():",
            '        print(f"loss on the test examples: {' + self._loss("x_test", "y_test") + ':.6f}")',
        )
