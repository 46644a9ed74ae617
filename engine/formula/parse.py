"""From a line of text to a checked expression tree of the formula language."""

import ast
from functools import lru_cache

from engine.errors import FormulaError

FUNCTIONS = {
    "exp": 1, "log": 1, "log1p": 1, "expm1": 1, "tanh": 1, "sin": 1, "cos": 1, "abs": 1, "sign": 1, "sqrt": 1, "round": 1,
    "maximum": 2, "minimum": 2, "where": 3,
}  # fmt: skip
LONGEST = 500
DEEPEST = 60

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
COMPARISONS = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)


@lru_cache(maxsize=512)
def parse(text: str) -> ast.expr:
    """The expression tree of a formula; raises FormulaError with what to change."""
    if len(text) > LONGEST:
        raise FormulaError(f"a formula may have {LONGEST} characters, and this one has {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"{text!r} is not a formula: {error}") from None
    _check(tree, 0)
    return tree


def names(tree: ast.expr) -> set[str]:
    """The variables that a formula reads."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions}


def _check(node: ast.expr, depth: int) -> None:
    if depth > DEEPEST:
        raise FormulaError(f"a formula may be nested {DEEPEST} deep")
    match node:
        case ast.Constant(value=value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            return
        case ast.Name():
            return
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            _check(inner, depth + 1)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=2)):
            _check(base, depth + 1)
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OPERATORS):
            _check(left, depth + 1)
            _check(right, depth + 1)
        case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no], keywords=[]):
            _check_condition(condition, depth + 1)
            _check(yes, depth + 1)
            _check(no, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            if len(arguments) != FUNCTIONS[name]:
                raise FormulaError(f"{name} takes {FUNCTIONS[name]} value(s), and {len(arguments)} came")
            for argument in arguments:
                _check(argument, depth + 1)
        case _:
            known = ", ".join(FUNCTIONS)
            raise FormulaError(f"{ast.unparse(node)!r} is outside the formula language (+ − × ÷, x**2, {known})")


def _check_condition(node: ast.expr, depth: int) -> None:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, COMPARISONS):
            _check(left, depth)
            _check(right, depth)
        case _:
            raise FormulaError("the first value of where must be a comparison, such as x > 0")
