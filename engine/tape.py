"""Recording a network once, with known shapes, gives its nodes in the order in which they are computed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.errors import SpecError
from engine.op import Op, Shape
from engine.turns import Turn

Role = Literal["input", "target", "noise", "constant", "parameter", "value"]
Chance = Literal["normal", "uniform"]


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the network. `inputs` are node numbers in the op's own order; `scope` is the path that every folded view is made from."""

    id: int
    name: str
    role: Role
    shape: Shape
    scope: str
    layer: int | None
    op: Op | None = None
    inputs: tuple[int, ...] = ()
    attributes: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)

    def arguments(self) -> dict[str, int]:
        """Which node stands for which input of the op."""
        return dict(zip(self.op.inputs, self.inputs, strict=True)) if self.op else {}


@dataclass(frozen=True)
class Keep:
    """A running statistic: at the end of an update, `parameter` moves by `momentum` towards `scale` times the first row of `value`."""

    parameter: int
    value: int
    momentum: float
    scale: float = 1.0


Var = Node
"""What a layer's `record` receives and returns: the node itself."""


def step_of(node: Node) -> tuple[int, str] | None:
    """The time step, counted from 0, that a node belongs to, and "back" where the sequence is read backwards there."""
    part = next((part for part in node.scope.split("/") if part.startswith("t=")), None)
    if part is None:
        return None
    t, _, way = part[2:].partition("_")
    return int(t), way


class Tape:
    """The record. Nodes are appended in execution order; the reverse of it is the order of the backward pass."""

    def __init__(self, seed: int = 0, *, training: bool = True) -> None:
        """`seed` is where noise comes from; a layer that behaves otherwise when it is only asked, not trained, looks at `training`.

        `names` has what a task itself calls a value, where it does.
        """
        self.seed = seed
        self.training = training
        self.chances: dict[int, Chance] = {}
        self.constants: dict[int, float] = {}
        self.names: dict[int, str] = {}
        self.losses: list[Node] = []
        self.kept: list[Keep] = []
        self.turns: list[Turn] = []
        self.nodes: list[Node] = []
        self.marks: dict[str, int] = {}
        self._scope: list[str] = []
        self._layer: int | None = None

    @contextmanager
    def layer(self, index: int, kind: str) -> Iterator[None]:
        """Everything recorded inside belongs to this layer."""
        self._layer = index
        with self.scope(f"{index}.{kind}"):
            yield
        self._layer = None

    @contextmanager
    def scope(self, part: str) -> Iterator[None]:
        """Everything recorded inside has `part` in its scope path."""
        self._scope.append(part)
        yield
        self._scope.pop()

    def leaf(self, name: str, role: Role, shape: Shape) -> Var:
        """A value that comes from outside: a parameter, the inputs or the targets of the batch."""
        return self._append(name, role, shape, None, (), {})

    def noise(self, name: str, shape: Shape, chance: Chance) -> Var:
        """Random numbers, drawn anew for each update: standard normal, or uniform in [0, 1). No gradient goes there."""
        node = self._append(name, "noise", shape, None, (), {})
        self.chances[node.id] = chance
        return node

    def zeros(self, name: str, shape: Shape) -> Var:
        """Zeros that nothing changes, such as the state before the first moment."""
        return self.constant(name, shape, 0.0)

    def constant(self, name: str, shape: Shape, value: float) -> Var:
        """One number, in every place of the shape, that nothing changes."""
        node = self._append(name, "constant", shape, None, (), {})
        self.constants[node.id] = value
        return node

    def add_loss(self, node: Var) -> None:
        """Count a further number of each example, of shape (batch, 1), into the loss."""
        self.losses.append(node)

    def keep(self, statistic: Var, value: Var, momentum: float, scale: float = 1.0) -> None:
        """Have each update move a running statistic, (features,), towards what the batch says, (batch, features)."""
        self.kept.append(Keep(statistic.id, value.id, momentum, scale))

    def apply(self, op: Op, *inputs: Var, name: str = "", attributes: Mapping[str, float] | None = None, choices: Mapping[str, Any] | None = None) -> Var:
        """Record one application of an op; raises SpecError where the shapes do not fit."""
        chosen = {**op.choices, **(choices or {})}
        try:
            shape = op.out_shape(*(node.shape for node in inputs), **chosen)
        except (IndexError, TypeError) as error:
            raise SpecError("layers", f"{op.name} cannot take shapes {[node.shape for node in inputs]}: {error}") from None
        return self._append(name or op.name, "value", shape, op, tuple(node.id for node in inputs), {**op.attributes, **(attributes or {})}, chosen)

    @property
    def mixes(self) -> bool:
        """Whether an op reads several examples at once, so that one example's loss hangs on the others too."""
        return any(node.op is not None and node.op.mixes for node in self.nodes)

    def mark(self, name: str, node: Var) -> Var:
        """Give a node a name by which the program finds it: prediction, loss, objective."""
        self.marks[name] = node.id
        return node

    def marked(self, name: str) -> Node:
        return self.nodes[self.marks[name]]

    def _append(
        self,
        name: str,
        role: Role,
        shape: Shape,
        op: Op | None,
        inputs: tuple[int, ...],
        attributes: Mapping[str, float],
        choices: Mapping[str, Any] | None = None,
    ) -> Node:
        node = Node(len(self.nodes), name, role, shape, "/".join(self._scope), self._layer, op, inputs, attributes, choices or {})
        self.nodes.append(node)
        return node
