"""A long formula told in parts: what occurs in it under a name of its own is replaced by that name."""

import ast
from collections.abc import Mapping
from copy import deepcopy

from engine.formula.parse import parse


def fold(text: str, parts: Mapping[str, str]) -> str:
    """The formula with every occurrence of a part, which is a formula too, replaced by the part's name; the value is the same."""
    shapes = {ast.dump(parse(formula)): name for name, formula in parts.items()}
    return ast.unparse(_Fold(shapes).visit(deepcopy(parse(text))))


class _Fold(ast.NodeTransformer):
    def __init__(self, shapes: Mapping[str, str]) -> None:
        self.shapes = shapes

    def visit(self, node: ast.AST) -> ast.AST:
        name = self.shapes.get(ast.dump(node))
        return ast.Name(name, ast.Load()) if name else self.generic_visit(node)
