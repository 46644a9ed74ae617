"""The draw of a variational layer laid open: z = μ + σ ε with one example's numbers, the two parts of each gradient, the map of all examples, the decoder."""

from collections.abc import Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import OutOfReach, SpecError, UnknownName
from engine.estimate import refuse_estimate
from engine.evaluate import squash
from engine.formula.calls import Array
from engine.graph import values as node_values
from engine.ladder import relation
from engine.plain import plain
from engine.program import Program
from engine.sentences import label
from engine.tape import Node, Tape
from engine.tasks.autoencoder import Autoencoder
from engine.turns import refuse_players
from engine.uses import contribution

if TYPE_CHECKING:
    from engine.session import Session

SHOWN = 400
"""Examples of a map, the first ones of the training part."""
REACH = 3
"""How far each number of a description can be moved at least, to either side: the standard normal distribution lies within."""


def latent(session: "Session", layer: int | None = None, example: int | None = None) -> dict[str, Any]:
    """One example's draw: mean, log-variance s, spread σ = exp(s/2), noise and z, each (units,), and the gradients of its loss.

    The gradient at the mean, at s and at σ is given as what comes through z, what comes from the divergence, and what the engine has: the last is the
    program's own number, and that at σ is the one at s times ds/dσ = 2/σ. Raises OutOfReach where nothing is drawn, UnknownName for a layer that draws nothing.
    """
    refuse_estimate(session, "a gradient at the mean and the spread")
    nodes = session.program.tape.nodes
    chosen, layers = _chosen(session, layer)
    draw = next(node for node in nodes if node.layer == chosen and node.op and node.op.name == "reparameterize")
    mean, spread, noise = (nodes[each] for each in draw.inputs)
    divergence = next(node for node in nodes if node.inputs == (mean.id, spread.id) and node.op and node.op.name == "gaussian_divergence")
    stop = next((node for node in nodes if node.inputs == (draw.id,) and node.op and node.op.name == "stop_gradient"), None)
    followed = session.focus.follow(example)
    program, row = followed.program, followed.row

    def value(node: Node) -> Array:
        return np.asarray(program.value(node.id)[row], float)

    arrived = program.cotangent((stop or draw).id)
    assert arrived is not None
    with np.errstate(all="ignore"):
        sigma = np.exp(value(spread) / 2)
        slope = 2 / sigma
        made = {"mean": mean, "log_variance": spread, "noise": noise, "z": draw, "divergence": divergence}
        numbers = {**{name: value(node) for name, node in made.items()}, "spread": sigma}
        gradients = {
            "mean": _parts(session, program, row, draw, divergence, mean, through=stop is None),
            "log_variance": _parts(session, program, row, draw, divergence, spread, through=stop is None),
        }
        gradients["spread"] = {name: None if part is None else part * slope for name, part in gradients["log_variance"].items()}
    known = node_values(session, (stop or draw).id, None)["known"]
    return {
        "layer": chosen, "layers": layers, "example": followed.example, "units": draw.shape[1], "beta": float(divergence.attributes["beta"]),
        "through": stop is None, "nodes": {name: node.id for name, node in made.items()} | {"z": (stop or draw).id},
        "numbers": {name: plain(found) for name, found in numbers.items()} if known["value"] else None,
        "arriving": plain(arrived[row]) if known["cotangent"] else None,
        "gradients": {of: {name: None if part is None else plain(part) for name, part in parts.items()} for of, parts in gradients.items()},
        "relations": {of: _relations(parts) for of, parts in gradients.items()},
        "sentence": _sentence(through=stop is None),
    }  # fmt: skip


def latent_map(session: "Session", layer: int | None = None, example: int | None = None, across: int = 0, up: int = 1) -> dict[str, Any]:
    """The means of the training examples at the present parameters, in two of their numbers; with one number only, `up` is left out of the points.

    `labels` are the data's classes, which an autoencoder does not train on; `followed` has the mean and the spread of one example, (units,), and `ranges`
    how far each number can be moved. Raises OutOfReach and UnknownName.
    """
    chosen, layers = _chosen(session, layer)
    data = session.data
    shown = min(SHOWN, data.train)
    means = np.concatenate([program.value(_middle(program.tape, chosen)[0].id).astype(float) for program in session.evaluator.pieces(data.inputs[:shown])])
    units = means.shape[1]
    axes = [across] if units == 1 else [across, up]
    for axis in axes:
        _within(axis, units)
    own = _followed(session, example)
    mean, spread = _described(session.evaluator.run(data.inputs[[own]]), chosen)
    there = np.vstack([means, mean])
    there = there[np.isfinite(there).all(axis=1)]
    low, high = (there.min(axis=0), there.max(axis=0)) if len(there) else (np.zeros(units), np.zeros(units))
    return {
        "layer": chosen, "layers": layers, "update": session.position.update, "units": units, "axes": axes, "of": data.train,
        "points": plain(means[:, axes]), "labels": None if data.labels is None else list(data.labels[:shown]),
        "classes": None if data.labels is None else sorted(set(data.labels), key=_order),
        "ranges": [[float(min(-REACH, floor(a))), float(max(REACH, ceil(b)))] for a, b in zip(low, high, strict=True)],
        "followed": {"example": own, "mean": plain(mean), "spread": plain(spread), "label": None if data.labels is None else data.labels[own]},
    }  # fmt: skip


def decoded(session: "Session", layer: int | None = None, example: int | None = None, z: Sequence[float] | None = None) -> dict[str, Any]:
    """What the layers behind the draw make of z, (units,), at the present parameters: the engine's forward pass from there on, without z of the example's mean.

    `reconstruction` is what they make of the mean. Where the network gives its inputs back, all are in the data's own columns. Raises OutOfReach, UnknownName,
    and SpecError for a z of another length.
    """
    chosen, _ = _chosen(session, layer)
    own, data = _followed(session, example), session.data
    program = session.evaluator.run(data.inputs[[own]])
    mean, spread = _described(program, chosen)
    reconstruction = _seen(session, program)
    point = mean if z is None else np.asarray(z, float)
    if point.shape != mean.shape:
        raise SpecError("z", f"{point.size} numbers came, and this layer describes an example by {mean.size}")
    node = _middle(program.tape, chosen)[2]
    program.value(node.id)[0] = point
    after = next(each.index for each in program.instructions if each.node == node.id) + 1
    with np.errstate(all="ignore"):
        program.run(after, program.ends["forward"])
    given_back = isinstance(session.network.spec.task, Autoencoder)
    raw = given_back and data.features is None
    original = data.raw[own] if raw else data.inputs[own] if given_back else data.targets[own]
    return {
        "layer": chosen, "example": own, "update": session.position.update, "z": plain(point), "mean": plain(mean), "spread": plain(spread),
        "decoded": plain(_seen(session, program)), "reconstruction": plain(reconstruction), "original": plain(original),
        "gives_back": given_back, "image": dict(data.image) if raw and data.image else None,
        "columns": list(data.feature_names) if given_back else _outputs(data.class_names, len(original)),
    }  # fmt: skip


def _outputs(names: tuple[str, ...] | None, many: int) -> list[str]:
    """What the answers are called: by the classes where there is one for each."""
    return list(names) if names and len(names) == many else [f"output {number + 1}" for number in range(many)]


def _chosen(session: "Session", layer: int | None) -> tuple[int, list[dict[str, Any]]]:
    """The layer that is asked about, the first that draws where None, and all that there are."""
    refuse_players(session, "A draw")
    found = dict.fromkeys(node.layer for node in session.program.tape.nodes if node.op and node.op.name == "reparameterize" and node.layer is not None)
    if not found:
        raise OutOfReach("nothing is drawn in this network; add a variational layer, and let the task give the inputs back")
    chosen = next(iter(found)) if layer is None else layer
    if chosen not in found:
        raise UnknownName("layer", chosen, f"variational layers: {', '.join(map(str, found))}")
    return chosen, [{"layer": each, "label": label(session, each)} for each in found]


def _followed(session: "Session", example: int | None) -> int:
    return session.data.numbered(session.batch_examples()[0] if example is None else example)


def _within(axis: int, units: int) -> None:
    if not 0 <= axis < units:
        raise UnknownName("number of a description", axis, f"numbers 0 to {units - 1}")


def _middle(tape: Tape, layer: int) -> tuple[Node, Node, Node]:
    """Mean, log-variance and z where a network is only asked."""
    terms = next(node for node in tape.nodes if node.layer == layer and node.op and node.op.name == "gaussian_divergence")
    mean, spread = (tape.nodes[each] for each in terms.inputs)
    return mean, spread, next(node for node in tape.nodes if node.inputs == (mean.id,) and node.op and node.op.name == "identity")


def _described(program: Program, layer: int) -> tuple[Array, Array]:
    """The mean and the spread of a program's only row."""
    mean, spread, _ = _middle(program.tape, layer)
    with np.errstate(all="ignore"):
        return program.value(mean.id)[0].astype(float), np.exp(program.value(spread.id)[0].astype(float) / 2)


def _seen(session: "Session", program: Program) -> Array:
    """What the network's user sees of a program's only row, in the data's own columns where it gives them back."""
    outputs: Array = squash(session.network, program.value(program.tape.marks["prediction"]))[0].reshape(-1).astype(float)
    if isinstance(session.network.spec.task, Autoencoder) and session.data.features is None:
        return outputs * session.data.scale + session.data.shift
    return outputs


def _parts(session: "Session", program: Program, row: int, draw: Node, terms: Node, source: Node, *, through: bool) -> dict[str, Array | None]:
    """What comes to one node through z and from the divergence, each where its operation has run, and what the program has there."""
    update, place = session.position
    ran = [one for one in session.program.instructions if one.phase == "backward" and (update > 0 if place == 0 else one.index < place)]
    done = {(one.node, one.wrt) for one in ran}
    names = {reader.id: next(name for name, each in reader.arguments().items() if each == source.id) for reader in (draw, terms)}
    after = (terms.id, names[terms.id]) in done
    total = program.cotangent(source.id)
    assert total is not None
    came = contribution(program, draw, names[draw.id])[row].astype(float) if through else np.zeros(total.shape[1:])
    return {
        "through": came if (draw.id, names[draw.id]) in done or (after and not through) else None,
        "divergence": contribution(program, terms, names[terms.id])[row].astype(float) if after else None,
        "total": total[row].astype(float) if after else None,
    }


def _relations(parts: dict[str, Array | None]) -> list[str] | None:
    """Whether the rounded parts add up to the rounded sum, unit by unit."""
    came, added, total = parts["through"], parts["divergence"], parts["total"]
    if came is None or added is None or total is None:
        return None
    return [relation([float(a), float(b)], float(c)) for a, b, c in zip(came, added, total, strict=True)]


def _sentence(*, through: bool) -> str:
    if through:
        return (
            "The chance is all in ε, which is drawn and not computed: no gradient enters it. So z is an ordinary function of μ and σ, "
            "and the gradient goes through it to both, with slopes 1 and ε."
        )
    return (
        "Blocked: z is drawn without reparameterising, and a drawn number does not say how it would move with μ and σ. The gradient stops at z, on purpose: "
        "exactly 0 comes through it, the encoder learns from the divergence alone, and only the decoder learns to give back."
    )


def _order(name: str) -> tuple[bool, float, str]:
    """Numbers by size, and then names."""
    return (False, float(name), name) if name.removeprefix("-").isdigit() else (True, 0.0, name)
