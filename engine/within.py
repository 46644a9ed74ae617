"""Layers inside layers: where in a scope one ends, what it is called, and which of them can be looked into."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.component import kinds
from engine.errors import UnknownName
from engine.layers import Layer
from engine.layers.composite import Composite
from engine.network import Network
from engine.sentences import Told, label
from engine.tape import Node

if TYPE_CHECKING:
    from engine.session import Session

WINDOWS = ("conv2d", "max_pool", "average_pool")
HALVES = {"attention": "attention", "mlp": "MLP"}
PART = re.compile(r"(?:(?P<branch>\d+)\.)?(?P<number>\d+|skip)\.(?P<kind>\w+)")
TITLES = {kind.model_fields["kind"].default: kind.title or kind.model_fields["kind"].default.replace("_", " ") for kind in kinds(Layer)}


def owner(scope: str) -> str:
    """The scope of the innermost layer that this scope lies in: `1.residual/0.gru` of `1.residual/0.gru/t=3/reset`."""
    parts = scope.split("/")
    count = next((number for number, part in enumerate(parts) if not PART.fullmatch(part)), len(parts))
    return "/".join(parts[:count])


def called(session: Told, node: Node) -> str:
    """The innermost layer of a node as the page calls it, from the outermost in: `residual 1, convolution 0`."""
    return ", ".join((label(session, node.layer), *(_part(part) for part in owner(node.scope).split("/")[1:])))


def bypassed(session: Told, node: Node) -> str:
    """What the second path that ends in this sum leads around: a residual layer, or half of a transformer block."""
    part = session.program.tape.nodes[node.inputs[1]].scope.removeprefix(owner(node.scope)).strip("/").split("/")[0]
    return f"the {HALVES[part]} of {called(session, node)}" if part in HALVES else called(session, node)


def described(network: Network, node: Node) -> Layer:
    """The innermost layer of a node, as it stands in the spec."""
    assert node.layer is not None
    layer = network.layers[node.layer]
    for part in owner(node.scope).split("/")[1:]:
        found = PART.fullmatch(part)
        assert found and isinstance(layer, Composite)
        layer = layer.rows()[f"{found['branch']}." if found["branch"] else ""][int(found["number"])]
    return layer


def chosen(what: str, found: Mapping[str, Node], layer: int | None, scope: str | None) -> Node:
    """The node of this scope, of those that stand for one layer each; without a scope the first of the layer, and without either the first of all.

    Raises UnknownName, with what there is.
    """
    if scope is not None:
        if scope not in found:
            raise UnknownName(what, scope, list(found) or "none in this network")
        return found[scope]
    node = next((node for node in found.values() if layer is None or node.layer == layer), None)
    if node is None:
        raise UnknownName(what, layer, list(dict.fromkeys(each.layer for each in found.values())) or "none in this network")
    return node


def by_scope(nodes: Iterable[Node]) -> dict[str, Node]:
    """Nodes by the innermost layer that each belongs to; of several in one the last."""
    return {owner(node.scope): node for node in nodes}


def recurrent(nodes: Iterable[Node]) -> dict[str, Node]:
    """The last node of a time step of each recurrent layer."""
    return by_scope(node for node in nodes if node.layer is not None and "/t=" in node.scope)


def windows(nodes: Iterable[Node]) -> dict[str, Node]:
    """What each layer that moves a window computes."""
    return by_scope(node for node in nodes if node.layer is not None and node.op and node.op.name in WINDOWS)


def insides(session: "Session") -> list[dict[str, Any]]:
    """Every layer that can be looked into step by step or window by window, in the order of the layers; those inside others too."""
    nodes = session.program.tape.nodes
    found = [(node, scope, kind) for kind, every in (("sequence", recurrent(nodes)), ("window", windows(nodes))) for scope, node in every.items()]
    found.sort(key=lambda each: (each[0].layer or 0, each[0].id))
    return [{"layer": node.layer, "scope": scope, "kind": kind, "label": called(session, node)} for node, scope, kind in found]


def _part(part: str) -> str:
    found = PART.fullmatch(part)
    assert found
    if found["number"] == "skip":
        return "projection"
    branch = f"branch {found['branch']}, " if found["branch"] else ""
    return f"{branch}{TITLES[found['kind']]} {found['number']}"
