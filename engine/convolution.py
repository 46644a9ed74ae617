"""A convolution or a pooling laid open: the window with its numbers, a filter's gradient as a sum over places, an input's by the kernel turned round."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UnknownName
from engine.estimate import refuse_estimate
from engine.focus import Followed
from engine.formula.calls import Array
from engine.ladder import relation
from engine.plain import plain
from engine.tape import Node
from engine.uses import contribution
from engine.within import called, chosen, owner, windows

if TYPE_CHECKING:
    from engine.session import Session

Place = tuple[int, int]


def convolution(
    session: "Session", layer: int | None = None, example: int | None = None, *, filter: int = 0, channel: int = 0,
    at: Place | None = None, tap: Place | None = None, pixel: Place | None = None, scope: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One example's way through one filter and one channel of a layer that moves a window: the one of this scope, or the first of this layer.

    `at` is the place of the window, `tap` an element of the kernel, `pixel` one of the image that is read, each (row, column) from 0, brought into
    bounds; without it the one whose gradient is largest.

    Raises UnknownName where the layer moves no window or has no such filter or channel, OutOfReach for an estimated gradient.
    """
    opened = chosen("layer with a moving window", windows(session.program.tape.nodes), layer, scope)
    refuse_estimate(session, "gradient of an image")
    followed = session.focus.follow(example)
    node = followed.program.tape.nodes[opened.id]
    view = View(followed, node)
    channel = channel if view.W is not None else filter
    for what, number, most in (("filter", filter, view.y.shape[0]), ("channel", channel, view.x.shape[0])):
        if not 0 <= number < most:
            raise UnknownName(what, number, f"numbers 0 to {most - 1}")
    at, pixel = _chosen(at, view.dy[filter]), _chosen(pixel, view.dx[channel])
    found: dict[str, Any] = {
        "layer": node.layer, "scope": owner(node.scope), "title": called(session, node), "kind": node.op.name if node.op else "", "example": followed.example,
        "filters": view.y.shape[0], "channels": view.x.shape[0], "filter": filter, "channel": channel, "at": list(at), "pixel": list(pixel),
        "size": view.size, "stride": view.stride, "padding": view.padding,
        "input": {"node": node.arguments()["x"], "value": plain(view.x[channel]), "gradient": plain(view.dx[channel])},
        "output": {"node": node.id, "value": plain(view.y[filter]), "gradient": plain(view.dy[filter])},
    }  # fmt: skip
    if view.W is None:
        return {**found, **_pooled(view, filter, at, average=found["kind"] == "average_pool")}
    group = filter // (view.y.shape[0] // view.groups)
    inner = view.W.shape[1]
    if channel // inner != group:
        raise UnknownName("channel of this filter", channel, f"numbers {group * inner} to {(group + 1) * inner - 1}")
    tap = _chosen(tap, session.focus.gradients.views[view.names["W"]][filter, channel % inner])
    return {**found, "tap": list(tap), **_filtered(session, view, filter, channel, at, tap), "back": _back(view, channel, pixel)}


class View:
    """The arrays of one example at one layer: x and y with what arrives at them, and the filters, without the batch axis."""

    def __init__(self, followed: Followed, node: Node) -> None:
        program, row = followed.program, followed.row
        arguments = node.arguments()
        dy = program.cotangent(node.id)
        assert dy is not None
        self.x, self.dx = program.value(arguments["x"])[row], contribution(program, node, "x")[row]
        self.y, self.dy = program.value(node.id)[row], dy[row]
        self.W = program.value(arguments["W"]) if "W" in arguments else None
        self.b = program.value(arguments["b"]) if "b" in arguments else None
        self.names = {short: program.tape.nodes[source].name for short, source in arguments.items() if short != "x"}
        self.size = int(self.W.shape[2] if self.W is not None else node.choices["size"])
        self.stride, self.padding = int(node.choices["stride"]), int(node.choices.get("padding", 0))
        self.groups = int(node.choices.get("groups", 1))

    def seen(self, channel: int, at: Place, tap: Place) -> tuple[int, int, float]:
        """The pixel that an element of the window stands on, and its value: 0 on the border."""
        row, column = (place * self.stride + off - self.padding for place, off in zip(at, tap, strict=True))
        inside = 0 <= row < self.x.shape[1] and 0 <= column < self.x.shape[2]
        return row, column, float(self.x[channel, row, column]) if inside else 0.0


def _chosen(place: Place | None, gradient: Array) -> Place:
    """The place brought into bounds, or where the gradient is largest."""
    if place is None:
        place = tuple(map(int, np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(gradient)))), gradient.shape)))  # type: ignore[assignment]
    assert place is not None
    row, column = (max(0, min(side - 1, where)) for where, side in zip(place, gradient.shape, strict=True))
    return row, column


def _filtered(session: "Session", view: View, filter_: int, channel: int, at: Place, tap: Place) -> dict[str, Any]:
    """The window's products and their sum, and the filter's gradient with one element of it as a map over all places of the window."""
    assert view.W is not None and view.b is not None
    inner = view.W.shape[1]
    own = channel % inner
    first = channel - own
    gradients = session.focus.gradients.views
    terms = []
    for i, j in np.ndindex(*view.W.shape[2:]):
        row, column, value = view.seen(channel, at, (i, j))
        weight = float(view.W[filter_, own, i, j])
        terms.append({"tap": [i, j], "pixel": [row, column], "x": plain(value), "w": plain(weight), "product": plain(value * weight)})
    sums = [_weighed(view, filter_, first + each, each, at) for each in range(inner)]
    bias = float(view.b[filter_])
    z = float(view.y[filter_][at])
    places = np.array([[view.seen(channel, (i, j), tap)[2] for j in range(view.y.shape[2])] for i in range(view.y.shape[1])]) * view.dy[filter_]
    gradient = gradients[view.names["W"]][filter_, own]
    return {
        "parameter": view.names["W"], "bias": {"name": view.names["b"], "value": plain(bias), "gradient": plain(gradients[view.names["b"]][filter_])},
        "kernel": {"value": plain(view.W[filter_, own]), "gradient": plain(gradient)},
        "window": terms, "sums": plain(np.array(sums)), "first": first, "z": plain(z), "relation": relation([*sums, bias], z),
        "places": plain(places), "total": plain(gradient[tap]), "adds": relation([float(part) for part in places.ravel()], float(gradient[tap])),
    }  # fmt: skip


def _weighed(view: View, filter_: int, channel: int, own: int, at: Place) -> float:
    """What one channel adds to z at one place."""
    assert view.W is not None
    return sum(view.seen(channel, at, (i, j))[2] * float(view.W[filter_, own, i, j]) for i, j in np.ndindex(*view.W.shape[2:]))


def _back(view: View, channel: int, pixel: Place) -> dict[str, Any]:
    """A pixel's gradient: every place that saw it sends back what arrived there times the weight that met it, which is the kernel turned round."""
    assert view.W is not None
    inner = view.W.shape[1]
    group, own = divmod(channel, inner)
    filters = view.W.shape[0] // view.groups
    rows, by_filter = [], []
    for filter_ in range(group * filters, (group + 1) * filters):
        parts = []
        for i, j in np.ndindex(*view.W.shape[2:]):
            (row, off), (column, aside) = (divmod(where + view.padding - tap, view.stride) for where, tap in zip(pixel, (i, j), strict=True))
            if off or aside or not (0 <= row < view.y.shape[1] and 0 <= column < view.y.shape[2]):
                continue
            arriving, weight = float(view.dy[filter_, row, column]), float(view.W[filter_, own, i, j])
            parts.append(arriving * weight)
            rows.append(
                {"filter": filter_, "place": [row, column], "tap": [i, j], "arriving": plain(arriving), "w": plain(weight), "product": plain(parts[-1])}
            )
        by_filter.append(sum(parts))
    total = float(view.dx[channel][pixel])
    return {"rows": rows, "filters": plain(np.array(by_filter)), "total": plain(total), "adds": relation([float(part) for part in by_filter], total)}


def _pooled(view: View, channel: int, at: Place, *, average: bool) -> dict[str, Any]:
    """The window's numbers, and which of them is passed on: for each place the pixel that won, the first where several are equal; or all of them alike."""
    x, y = view.x[channel], view.y[channel]
    winners: list[list[Any]] = []
    for i, j in np.ndindex(*y.shape):
        window = _window(x, view, (i, j))
        row, column = np.unravel_index(int(np.argmax(window)), window.shape)
        winners.append([i * view.stride + int(row), j * view.stride + int(column)])
    window = _window(x, view, at)
    won = winners[at[0] * y.shape[1] + at[1]]
    top, left = at[0] * view.stride, at[1] * view.stride
    terms = [
        {"tap": [i, j], "pixel": [top + i, left + j], "x": plain(window[i, j]), "share": 1 / view.size**2 if average else float([top + i, left + j] == won)}
        for i, j in np.ndindex(*window.shape)
    ]
    return {"window": terms, "z": plain(float(y[at])), "winners": None if average else winners, "arriving": plain(float(view.dy[channel][at]))}


def _window(x: Array, view: View, at: Place) -> Array:
    top, left = at[0] * view.stride, at[1] * view.stride
    return x[top : top + view.size, left : left + view.size]
