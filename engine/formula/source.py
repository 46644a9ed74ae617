"""A formula as a line of NumPy that a student can read and run: the same operations in the same order, so the same bits.

Rules that are no formulas say themselves as lines of Python, the last of them an expression. Beside NumPy they may say `ones(shape…)`,
`shaped(x)` for x in the shape of what is computed, `rows(x)` for x as a matrix with its last axis across, and `fold(…)` for such a matrix
in the shape of what is computed; where that is a matrix already, the last two leave no trace.
"""

import ast
from collections.abc import Mapping
from copy import deepcopy

from engine.formula.parse import FUNCTIONS

Shape = tuple[int, ...]
SPELLED = {**{name: f"np.{name}" for name in FUNCTIONS}, "round": "np.rint"}


def source(text: str, values: Mapping[str, str], *, precision: str = "", shapes: Mapping[str, Shape] | None = None, shape: Shape = ()) -> str:
    """The text with each name replaced by an expression and each function by NumPy's.

    `precision` is the dtype of what `ones` makes where it is not float64; `shapes` are those of the names, `shape` that of what is computed.
    """
    return ast.unparse(_Spelling(values, precision, shapes or {}, shape).visit(ast.parse(text)))


class _Spelling(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, str], precision: str, shapes: Mapping[str, Shape], shape: Shape) -> None:
        self.values = {name: _expression(value) for name, value in values.items()}
        self.precision = precision
        self.shapes = shapes
        self.shape = shape

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self.values.get(node.id, node))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(func=ast.Name(id="ones"), args=sizes):
                size = [self.visit(part) for part in sizes]
                dtype = [_expression(self.precision)] if self.precision else []
                return ast.Call(_expression("np.ones"), [size[0] if len(size) == 1 else ast.Tuple(size), *dtype], [])
            case ast.Call(func=ast.Name(id="rows"), args=[ast.Name(id=name) as array]):
                shape = self.shapes.get(name, ())
                return self.visit_Name(array) if len(shape) <= 2 else _reshaped(self.visit_Name(array), (-1, shape[-1]))
            case ast.Call(func=ast.Name(id="fold" | "shaped" as name), args=[inner]):
                made: ast.expr = self.visit(inner)
                return _reshaped(made, self.shape) if name == "shaped" or len(self.shape) > 2 else made
            case ast.Call(func=ast.Name(id=name)) if name in SPELLED:
                node.func = _expression(SPELLED[name])
        self.generic_visit(node)
        return node


def _reshaped(value: ast.expr, shape: Shape) -> ast.expr:
    return ast.Call(ast.Attribute(value, "reshape"), [_expression(str(size)) for size in shape], [])


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
