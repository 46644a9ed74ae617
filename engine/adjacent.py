"""Arrays seen as others in the same memory: those next to one another as one, many axes as two."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from typing import TypeVar

import numpy as np

from engine.formula.calls import Array

Item = TypeVar("Item")


def rows_of(blocks: Sequence[Array], x: Array, h: Array) -> Array | None:
    """The rows of the examples of x and h, these of one moment or of several one after the other; None where they do not stand in rows."""
    for block in blocks:
        step, start = block.strides[0], address(x) - address(block)
        abreast = address(h) - address(x) == (x.shape[-1] + 1) * x.itemsize and x.shape[:-1] == h.shape[:-1]
        if 0 <= start < block.nbytes and start % step == 0 and x.strides[-2] == h.strides[-2] == step and abreast:
            return block[start // step : start // step + prod(x.shape[:-1])]
    return None


def below(*arrays: Array) -> Array | None:
    """Matrices, and vectors as one row each, that stand below one another in memory as one matrix; None where they do not."""
    ends = [address(each) + each.nbytes for each in arrays]
    if [address(each) for each in arrays[1:]] != ends[:-1] or not all(each.flags.c_contiguous for each in arrays):
        return None
    width = arrays[0].shape[-1]
    return np.lib.stride_tricks.as_strided(arrays[0], (sum(each.size for each in arrays) // width, width), writeable=False)


def matrix(array: Array) -> Array:
    """The same numbers as a matrix, the last axis across."""
    return array.reshape(-1, array.shape[-1])


def follows(a: Array, b: Array) -> bool:
    """Whether an array begins where another one of its shape and steps ends, so that both are one with more rows."""
    alike = a.shape == b.shape and a.strides == b.strides
    return alike and address(b) - address(a) == a.shape[0] * a.strides[0] and all(n >= m for n, m in zip(a.strides, a.strides[1:], strict=False))


def stacked(first: Array, count: int) -> Array:
    """So many arrays of which each follows the one before as one, with an axis for them in front."""
    if count == 1:
        return first
    return np.lib.stride_tricks.as_strided(first, (count, *first.shape), (first.shape[0] * first.strides[0], *first.strides))


def stretches(items: Iterable[Item], goes_on: Callable[[list[Item], Item], bool]) -> Iterator[list[Item]]:
    """The items in their order, cut before each one that a stretch so far does not go on with."""
    run: list[Item] = []
    for item in items:
        if run and not goes_on(run, item):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def address(array: Array) -> int:
    """Where an array begins in memory."""
    return int(array.__array_interface__["data"][0])
