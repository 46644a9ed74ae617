"""Moving a window over an image: what it sees at each place, and adding back what came from there."""

from collections.abc import Callable, Iterator

import numpy as np

from engine.formula import Call
from engine.formula.calls import Array
from engine.op import Shape


def places(image: Shape, window: Shape, stride: int, padding: int = 0) -> Shape:
    """At how many places of the image, down and across, the window fits; raises TypeError where it fits nowhere."""
    found = tuple((side + 2 * padding - size) // stride + 1 for side, size in zip(image, window, strict=True))
    if min(found) < 1:
        border = f" with a border of {padding}" if padding else ""
        raise TypeError(f"a window of {window[0]} × {window[1]} does not fit into an image of {image[0]} × {image[1]}{border}")
    return found


def seen(image: Array, offset: Shape, count: Shape, stride: int) -> Array:
    """The pixel at `offset` of the window, for each place of the window: a view of (…, places down, places across)."""
    (i, j), (down, across) = offset, count
    return image[..., i : i + stride * (down - 1) + 1 : stride, j : j + stride * (across - 1) + 1 : stride]


class Columns:
    """All windows of a batch of images in a borrowed buffer: `grid` is (batch, channels, window down, window across, places down, places across)."""

    def __init__(self, image: Shape, window: Shape, count: Shape, stride: int, padding: int, scratch: Callable[..., Array]) -> None:
        """`image` is (batch, channels, height, width)."""
        self.window, self.count, self.stride = window, count, stride
        self.grid = scratch((*image[:2], *window, *count))
        self.bordered = scratch((*image[:2], image[2] + 2 * padding, image[3] + 2 * padding)) if padding else None
        self.inside = self.bordered[:, :, padding : padding + image[2], padding : padding + image[3]] if self.bordered is not None else None

    def lay_out(self, x: Array) -> Iterator[Call]:
        """Copy what the window sees at each place into the grid; a border is zero."""
        source = x
        if self.bordered is not None and self.inside is not None:
            yield self.bordered.fill, (0,)
            yield np.copyto, (self.inside, x)
            source = self.bordered
        for offset in np.ndindex(*self.window):
            yield np.copyto, (self.grid[:, :, *offset], seen(source, offset, self.count, self.stride))


class Spread:
    """What goes back to all windows of a batch of images, in a borrowed buffer, to be added to the places that it came from.

    `grid` is (batch, channels, window down, window across, places down, pitch): behind each row of places there are as many zeros as a row of the bordered
    image is longer, so that where the window moves pixel by pixel all rows are one stretch, in the grid as in the image, and are added by one long loop.
    """

    def __init__(self, image: Shape, window: Shape, count: Shape, stride: int, padding: int, scratch: Callable[..., Array]) -> None:
        """`image` is (batch, channels, height, width)."""
        self.window, self.count, self.stride, self.padding = window, count, stride, padding
        self.pitch = count[1] + window[1] - 1
        self.grid = scratch((*image[:2], *window, count[0], self.pitch))
        self.bordered = scratch((*image[:2], image[2] + 2 * padding, image[3] + 2 * padding)) if padding else None

    def add_up(self, dx: Array) -> Iterator[Call]:
        """Add each window of the grid to the place of the image that it came from."""
        into = dx if self.bordered is None else self.bordered
        yield into.fill, (0,)
        for offset in np.ndindex(*self.window):
            part, from_there = self._stretch(into, offset) if self.stride == 1 else self._places(into, offset)
            yield np.add, (part, from_there, part)
        if self.bordered is not None:
            end = [self.padding + side for side in dx.shape[2:]]
            yield np.copyto, (dx, self.bordered[:, :, self.padding : end[0], self.padding : end[1]])

    def _stretch(self, into: Array, offset: Shape) -> tuple[Array, Array]:
        start, length = offset[0] * self.pitch + offset[1], (self.count[0] - 1) * self.pitch + self.count[1]
        rows = into.reshape(*into.shape[:2], -1)
        return rows[:, :, start : start + length], self._from(offset).reshape(*into.shape[:2], -1)[:, :, :length]

    def _places(self, into: Array, offset: Shape) -> tuple[Array, Array]:
        return seen(into, offset, self.count, self.stride), self._from(offset)[..., : self.count[1]]

    def _from(self, offset: Shape) -> Array:
        """What goes back to one pixel of the window: (batch, channels, places down, pitch)."""
        part: Array = self.grid.transpose(2, 3, 0, 1, 4, 5)[offset]
        return part
