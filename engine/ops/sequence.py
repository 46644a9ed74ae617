"""Taking values apart and putting them together: a moment of a sequence, a part of the units, several values as one."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Op, Pull, Shape, elementwise, op


def _moment(x: Shape, at: int) -> Shape:
    if len(x) < 3 or not 0 <= at < x[1]:
        raise TypeError(f"there is no moment {at} in values of shape {list(x[1:])}")
    return (x[0], *x[2:])


@op("x at one moment", numpy="x[:, at].copy()", shape=_moment, samples=[((2, 3, 2),), ((2, 3, 2), {"at": 2})], choices={"at": 0})
def moment(out: Array, x: Array, at: int) -> Calls:
    """One moment of a sequence: (batch, steps, values) to (batch, values)."""
    yield np.copyto, (out, x[:, at])


@moment.pull("x", "dy, to that moment", numpy="back = np.zeros_like(x)\nback[:, at] = dy\nback", within=":, at")
def _(dx: Array, dy: Array, at: int) -> Calls:
    yield dx.fill, (0,)
    yield np.copyto, (dx[:, at], dy)


@moment.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    example, step, *rest = index
    if step == values["at"]:
        yield Edge((example, *rest), 1.0, None, "1")


def _part(x: Shape, start: int, stop: int) -> Shape:
    if not 0 <= start < stop <= x[-1]:
        raise TypeError(f"there are no units {start} to {stop} among {x[-1]}")
    return (*x[:-1], stop - start)


@op(
    "some units of x",
    numpy="x[..., start:stop].copy()",
    shape=_part,
    samples=[((2, 4), {"start": 1, "stop": 3}), ((2, 3, 2),)],
    choices={"start": 0, "stop": 1},
)
def part(out: Array, x: Array, start: int, stop: int) -> Calls:
    """The units from `start` up to, and without, `stop`: (…, units) to (…, stop − start)."""
    yield np.copyto, (out, x[..., start:stop])


@part.pull("x", "dy, to those units", numpy="back = np.zeros_like(x)\nback[..., start:stop] = dy\nback", within="..., start:stop")
def _(dx: Array, dy: Array, start: int, stop: int) -> Calls:
    yield dx.fill, (0,)
    yield np.copyto, (dx[..., start:stop], dy)


@part.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    *rest, unit = index
    if values["start"] <= unit < values["stop"]:
        yield Edge((*rest, unit - values["start"]), 1.0, None, "1")


def _joined(a: Shape, b: Shape, axis: int) -> Shape:
    place = axis % len(a)
    if len(a) != len(b) or any(n != m for at, (n, m) in enumerate(zip(a, b, strict=True)) if at != place):
        raise TypeError(f"values of shapes {list(a[1:])} and {list(b[1:])} do not fit side by side")
    return (*a[:place], a[place] + b[place], *a[place + 1 :])


@op(
    "a, then b",
    numpy="np.concatenate([a, b], axis=axis)",
    shape=_joined,
    samples=[((2, 3), (2, 1)), ((2, 2, 1), (2, 2, 2)), ((2, 1, 2, 2), (2, 2, 2, 2), {"axis": 1})],
    choices={"axis": -1},
)
def concatenate(out: Array, a: Array, b: Array, axis: int) -> Calls:
    """Two values side by side along an axis, the units or the channels: (…, n) and (…, m) to (…, n + m)."""
    yield np.copyto, (_along(out, axis, 0, a.shape[axis]), a)
    yield np.copyto, (_along(out, axis, a.shape[axis], None), b)


@concatenate.pull("a", "dy, of its part", numpy="np.split(dy, [a.shape[axis]], axis=axis)[0]")
def _(da: Array, dy: Array, axis: int) -> Calls:
    yield np.copyto, (da, _along(dy, axis, 0, da.shape[axis]))


@concatenate.pull("b", "dy, of its part", numpy="np.split(dy, [a.shape[axis]], axis=axis)[1]")
def _(db: Array, dy: Array, axis: int) -> Calls:
    yield np.copyto, (db, _along(dy, axis, dy.shape[axis] - db.shape[axis], None))


@concatenate.edges("a")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    yield Edge(index, 1.0, None, "1")


@concatenate.edges("b")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    place = values["axis"] % len(index)
    yield Edge((*index[:place], index[place] + values["a"].shape[place], *index[place + 1 :]), 1.0, None, "1")


def _along(values: Array, axis: int, start: int, stop: int | None) -> Array:
    """A stretch of an axis, as a view."""
    return values[(slice(None),) * (axis % values.ndim) + (slice(start, stop),)]


multiply = elementwise("multiply", y="a * b", da="dy * b", db="dy * a", samples=[(3, 2), (1, 1)], doc="Two values multiplied: each is the other's slope.")
blend = elementwise(
    "blend", y="z * h + (1 - z) * n", dz="dy * (h - n)", dh="dy * z", dn="dy * (1 - z)", samples=[(3, 2), (1, 1)],
    doc="Between two values: a gate z of 1 lets h through, a gate of 0 lets n through.",
)  # fmt: skip


@cache
def stack(count: int) -> Op:
    """The op that makes a sequence of so many moments: `count` values of (batch, values) to (batch, count, values)."""
    names = tuple(f"x{number}" for number in range(count))

    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        for number, name in enumerate(names):
            yield np.copyto, (out[:, number], values[name])

    def shape(*moments: Shape) -> Shape:
        return (moments[0][0], count, *moments[0][1:])

    doc = "Moments put one after the other, as a sequence: each gets back its own part of the gradient."
    text = f"np.stack([{', '.join(names)}], axis=1)"
    made = Op(f"stack_{count}", doc, names, "x, moment after moment", emit, shape, ((((2, 3),) * count, {}),), numpy=text)
    for number, name in enumerate(names):
        made.pulls[name] = _taken(number, name)
    return made


def _taken(number: int, name: str) -> Pull:
    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        yield np.copyto, (out, values["dy"][:, number])

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        yield Edge((index[0], number, *index[1:]), 1.0, None, "1")

    return Pull(f"dy at moment {number}", emit, edges, f"dy[:, {number}].copy()")
