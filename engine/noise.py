"""How far a batch's gradient is from that of all examples, by the size of the batch: measured on the examples' own gradients.

Each example's gradient is the backward list run again with the loss's cotangent at that example alone. Batches are then drawn from these gradients as
training draws them: every epoch a new order, cut into batches. One example's noise shrinks as 1/√n, and faster near the whole set, whose batch has none.
"""

from collections.abc import Iterator
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.arena import Arena
from engine.focus import backward
from engine.formula.calls import Array
from engine.plain import plain
from engine.program import Program
from engine.streams import stream
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

EXAMPLES = 512
"""Training examples whose gradients are worked out; of more, a seeded sample."""
WORK = 100_000_000
"""Examples × parameters above which fewer examples are taken, though never fewer than `LEAST`."""
NUMBERS = 2**18
"""Examples × parameters that are kept; of more parameters, a seeded sample."""
LEAST = 64
"""Examples that are worked out at least, and parameters that are kept at least."""
BLOCK = 2_000_000
"""Parameters × examples that are run at once."""
DRAWS = 64
"""Batches of each size that are drawn at least."""


def noise(session: "Session") -> Iterator[dict[str, Any] | None]:
    """Work the gradients out and draw batches of them; yields None after each piece and the answer at the end, so that the session may go on meanwhile."""
    rows, places = _sample(session)
    size = session.batches.size
    said = {
        "position": session.position.json(),
        "examples": len(rows),
        "of_examples": session.data.train,
        "parameters": len(places),
        "of_parameters": session.parameter_count,
        "batch_size": min(size, len(rows)),
    }
    own = np.zeros((len(rows), len(places)))
    for _ in _gradients(session, rows, places, own):
        yield None
    if not np.isfinite(own).all():
        yield {**said, "gradient": None, "one": None, "equal": None, "sizes": [], "sentence": "An example's gradient is not a finite number here."}
        return
    yield from _measured(session, own, said)


def _sample(session: "Session") -> tuple[list[int], NDArray[np.intp]]:
    """The examples and the places in the flat vector of parameters that are looked at: all where they are few enough."""
    train, parameters = session.data.train, session.parameter_count
    spans = session.parameters_arena.spans
    learned = np.concatenate([np.arange(*spans[name]) for name in session.network.learned])
    draw = stream(session.spec.seed, "noise sample")
    few = min(EXAMPLES, max(LEAST, WORK // parameters))
    rows = np.sort(draw.choice(train, few, replace=False)) if train > few else np.arange(train)
    kept = max(LEAST, NUMBERS // len(rows))
    places = np.sort(learned[draw.choice(parameters, kept, replace=False)]) if parameters > kept else learned
    return rows.tolist(), places


def _gradients(session: "Session", rows: list[int], places: NDArray[np.intp], into: Array) -> Iterator[None]:
    """Write each example's gradient at the places into its row; one backward list an example, at a copy of the parameters that are shown."""
    network = session.network
    parameters, gradients = Arena(network.shapes, network.dtype), Arena(network.shapes, network.dtype)
    np.copyto(parameters.flat, session.shown_parameters())
    size = min(session.batches.size, len(rows), max(1, BLOCK // session.parameter_count))
    programs = {count: Program(network.record(count), parameters, gradients) for count in {size, len(rows) % size} - {0}}
    for number, start in enumerate(range(0, len(rows), size)):
        block = rows[start : start + size]
        program = programs[len(block)]
        program.batch.views[0][...], program.batch.views[1][...] = session.data.rows_of(block)
        program.draw(number)
        with np.errstate(all="ignore"):
            program.run(0, program.ends["loss"])
        for row in range(len(block)):
            backward(program, row)
            into[start + row] = gradients.flat[places]
            yield None


def _measured(session: "Session", own: Array, said: dict[str, Any]) -> Iterator[dict[str, Any] | None]:
    examples = len(own)
    whole = own.mean(axis=0)
    gradient = float(np.linalg.norm(whole))
    one = sqrt(float(np.square(own - whole).sum(axis=1).mean()))
    yours = said["batch_size"]
    sizes = []
    for size in sorted({2**power for power in range(examples.bit_length()) if 2**power < examples} | {yours}):
        drawn = []
        for epoch in range(ceil(DRAWS / (examples // size)) if size < examples else 1):
            drawn.append(_epoch(own, size, stream(session.spec.seed, f"noise {size}", epoch)))
            yield None
        sizes.append(_size(size, np.concatenate(drawn), whole, one, examples))
    equal = examples * one**2 / (gradient**2 * (examples - 1) + one**2) if gradient else None
    at = next(each for each in sizes if each["size"] == yours)
    yield {**said, "gradient": plain(gradient), "one": plain(one), "equal": plain(equal) if equal is not None else None, "sizes": sizes,
           "sentence": _sentence(yours, at, gradient, equal, examples)}  # fmt: skip


def _epoch(own: Array, size: int, draw: np.random.Generator) -> Array:
    """The gradients of the full batches of one epoch, (batches, parameters)."""
    count = len(own) // size
    order = draw.permutation(len(own))[: count * size]
    return np.asarray(own[order].reshape(count, size, -1).mean(axis=1))


def _size(size: int, drawn: Array, whole: Array, one: float, examples: int) -> dict[str, Any]:
    """Batches of one size: their mean, how far they are from the whole set's gradient, and how many of them point downhill."""
    away = np.sqrt(np.square(drawn - whole).sum(axis=1))
    low, high = np.quantile(away, [0.1, 0.9])
    left = (examples - size) / (examples - 1) if examples > 1 else 0.0
    return {
        "size": size,
        "draws": len(drawn),
        "mean": plain(np.linalg.norm(drawn.mean(axis=0))),
        "spread": plain(sqrt(float(np.square(away).mean()))),
        "low": plain(low),
        "high": plain(high),
        "root": plain(one / sqrt(size)),
        "expected": plain(one * sqrt(left / size)),
        "downhill": float((drawn @ whole > 0).mean()),
    }


def _sentence(size: int, at: dict[str, Any], gradient: float, equal: float | None, examples: int) -> str:
    if size == examples:
        return f"A batch of all {examples:,} examples has no noise: its gradient is the gradient."
    batches = f"A batch of {size:,} {'example' if size == 1 else 'examples'}"
    if equal is None:
        return f"The gradient of all examples is exactly zero here, so whatever {batches[0].lower()}{batches[1:]} says is noise."
    ratio = figure(at["spread"] / gradient, 2)
    alike = f"Noise and gradient are of one size at about {max(1, round(equal)):,} of {examples:,} examples."
    return f"{batches} is off by {ratio} times the gradient itself, and {100 * at['downhill']:.0f} % of such batches point downhill. {alike}"
