"""A formula as a list of NumPy calls that write into given buffers."""

import ast
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import FormulaError
from engine.formula.parse import names, parse

Array = NDArray[Any]
Call = tuple[Callable[..., object], tuple[object, ...]]
"""A function and the arguments that the run loop passes to it, positions only."""

PIECE = 8192
"""Elements that a long formula works on at a time, so that what it computes on the way stays near the processor."""
LONG = 8
"""Operations from which on a formula is long."""
BITS_FROM = 1024
"""From this many elements on, a choice against zero is made by bits."""
Operand = Generator[Call, None, Array]
"""The calls that compute an operand, and at their end the array that holds it."""

BINARY: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
}  # fmt: skip
UNARY: dict[str, Callable[..., object]] = {
    "exp": np.exp, "log": np.log, "log1p": np.log1p, "expm1": np.expm1, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
    "abs": np.absolute, "sign": np.sign, "sqrt": np.sqrt, "round": np.rint,
}  # fmt: skip
EXTREMES: dict[str, Callable[..., object]] = {"maximum": np.maximum, "minimum": np.minimum}
COMPARE: dict[type[ast.AST], Callable[..., object]] = {
    ast.Gt: np.greater, ast.GtE: np.greater_equal, ast.Lt: np.less, ast.LtE: np.less_equal,
}  # fmt: skip


def compile_formula(text: str, out: Array, values: Mapping[str, Array], scratch: Callable[..., Array]) -> Iterator[Call]:
    """The calls that leave the formula's value in `out`.

    `values` gives each name an array of out's shape, or a 0-d array; `scratch(shape, dtype)` lends buffers.
    `out` may be one of the values: it is then written by the last call only.
    """
    tree = parse(text)
    unknown = names(tree) - set(values)
    if unknown:
        raise FormulaError(f"{text!r} reads {', '.join(sorted(unknown))}, which has no value here")
    reads_out = any(np.shares_memory(values[name], out) for name in names(tree))
    used = {name: values[name] for name in names(tree)}
    if out.size <= 2 * PIECE or not _is_long(tree) or not all(each.ndim == 0 or each.flags.c_contiguous for each in (out, *used.values())):
        yield from _Compiler(used, scratch, out.dtype, tree).into(tree, out, may_use_out=not reads_out)
        return
    lend = _Reused(scratch)
    for start in range(0, out.size, PIECE):
        lend.taken = 0
        piece = {name: each.reshape(-1)[start : start + PIECE] if each.ndim else each for name, each in used.items()}
        yield from _Compiler(piece, lend, out.dtype, tree).into(tree, out.reshape(-1)[start : start + PIECE], may_use_out=not reads_out)


class _Reused:
    """Lends the same buffers to every piece of a formula, in the same order."""

    def __init__(self, scratch: Callable[..., Array]) -> None:
        self.scratch = scratch
        self.buffers: list[Array] = []
        self.taken = 0

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        if self.taken == len(self.buffers):
            self.buffers.append(self.scratch(shape, dtype))
        buffer = self.buffers[self.taken]
        self.taken += 1
        return buffer[: shape[0]] if shape else buffer


def _is_long(tree: ast.expr) -> bool:
    return sum(isinstance(part, ast.BinOp | ast.Call | ast.UnaryOp) for part in ast.walk(tree)) >= LONG


def _repeated(tree: ast.expr) -> set[str]:
    """The parts of a formula that stand in it more than once: each is worked out once."""
    parts = [ast.dump(part) for part in ast.walk(tree) if isinstance(part, ast.BinOp | ast.Call | ast.UnaryOp)]
    return {part for part in parts if parts.count(part) > 1}


def keep(mask: Array, chosen: Array, out: Array) -> Iterator[Call]:
    """`chosen` where the mask holds, else 0: by its bits, so that 0 times infinity never arises, and many times faster than a masked copy."""
    whole = np.dtype(f"i{out.itemsize}")
    ones = mask.view(np.int8)
    yield np.negative, (ones, ones)
    yield np.bitwise_and, (chosen.view(whole), ones, out.view(whole))


class _Compiler:
    def __init__(self, values: Mapping[str, Array], scratch: Callable[..., Array], dtype: np.dtype[Any], tree: ast.expr) -> None:
        self.values = values
        self.scratch = scratch
        self.dtype = dtype
        self.repeated = _repeated(tree)
        self.done: dict[str, Array] = {}

    def into(self, node: ast.expr, out: Array, *, may_use_out: bool) -> Iterator[Call]:
        """Write the value of `node` into `out`; the first operand may pass through `out` where nothing reads it."""

        def operand(part: ast.expr, place: Array | None) -> Operand:
            return self._operand(part, out, place)

        match node:
            case ast.Name() | ast.Constant():
                yield np.copyto, (out, self._leaf(node))
            case ast.UnaryOp(operand=inner):
                value = yield from operand(inner, out if may_use_out else None)
                yield np.negative, (value, out)
            case ast.BinOp(left=base, op=ast.Pow()):
                value = yield from operand(base, out if may_use_out else None)
                yield np.square, (value, out)
            case ast.BinOp(left=left, op=op, right=right):
                first = yield from operand(left, out if may_use_out else None)
                second = yield from operand(right, out if may_use_out and first is not out else None)
                yield BINARY[type(op)], (first, second, out)
            case ast.Call(func=ast.Name(id="where"), args=[ast.Compare() as condition, yes, no]):
                mask = self.scratch(out.shape, np.bool_)
                first = yield from operand(condition.left, None)
                second = yield from operand(condition.comparators[0], None)
                yield COMPARE[type(condition.ops[0])], (first, second, mask)
                chosen = yield from operand(yes, None)
                if isinstance(no, ast.Constant) and no.value == 0 and may_use_out and chosen.ndim and out.size >= BITS_FROM:
                    yield from keep(mask, chosen, out)
                    return
                other = yield from operand(no, None)
                target = out if may_use_out else self.scratch(out.shape, out.dtype)
                yield np.copyto, (target, other)
                yield partial(np.copyto, where=mask), (target, chosen)
                if target is not out:
                    yield np.copyto, (out, target)
            case ast.Call(func=ast.Name(id=name), args=[left, right]):
                first = yield from operand(left, out if may_use_out else None)
                second = yield from operand(right, out if may_use_out and first is not out else None)
                # The positional `out` of maximum and minimum takes a slow, deprecated way in NumPy 2.4.
                yield partial(EXTREMES[name], out=out), (first, second)
            case ast.Call(func=ast.Name(id=name), args=[inner]):
                value = yield from operand(inner, out if may_use_out else None)
                yield UNARY[name], (value, out)

    def _operand(self, node: ast.expr, out: Array, place: Array | None) -> Operand:
        if isinstance(node, (ast.Name, ast.Constant)):
            return self._leaf(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return self._leaf(ast.Constant(-node.operand.value))  # type: ignore[operator]  # the language knows numbers only
        same = ast.dump(node)
        if same in self.done:
            return self.done[same]
        if self._is_number(node):
            target = self.scratch((), self.dtype)
        else:
            target = place if place is not None and same not in self.repeated else self.scratch(out.shape, self.dtype)
        yield from self.into(node, target, may_use_out=True)
        if same in self.repeated:
            self.done[same] = target
        return target

    def _leaf(self, node: ast.Name | ast.Constant) -> Array:
        if isinstance(node, ast.Name):
            return self.values[node.id]
        constant = np.array(node.value, dtype=self.dtype)
        constant.flags.writeable = False
        return constant

    def _is_number(self, node: ast.expr) -> bool:
        return all(self.values[name].ndim == 0 for name in names(node))
