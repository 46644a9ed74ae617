"""A formula on single numbers, for an explanation: plain Python arithmetic, sharing no code with the compiled calls."""

import ast
import math
from collections.abc import Callable, Mapping

from engine.formula.parse import parse

ONE: dict[str, Callable[[float], float]] = {
    "exp": math.exp, "log": math.log, "log1p": math.log1p, "expm1": math.expm1, "tanh": math.tanh, "sin": math.sin,
    "cos": math.cos, "abs": abs, "sign": lambda x: float((x > 0) - (x < 0)), "sqrt": math.sqrt,
    "round": lambda x: math.copysign(round(x), x) if math.isfinite(x) else x,
}  # fmt: skip


def evaluate(text: str, values: Mapping[str, float]) -> float:
    """The value of a formula; infinities and NaN come out where IEEE arithmetic has them."""
    return _value(parse(text), values)


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=value):
            return float(str(value))
        case ast.Name(id=name):
            return float(values[name])
        case ast.UnaryOp(operand=inner):
            return -_value(inner, values)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="where"), args=[ast.Compare() as condition, yes, no]):
            first, second = _value(condition.left, values), _value(condition.comparators[0], values)
            holds = {ast.Gt: first > second, ast.GtE: first >= second, ast.Lt: first < second, ast.LtE: first <= second}
            return _value(yes if holds[type(condition.ops[0])] else no, values)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, [_value(argument, values) for argument in arguments])
    raise AssertionError(ast.dump(node))  # parse lets nothing else through


def _binary(op: ast.operator, left: float, right: float) -> float:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Pow():
            return left * left
        case _:
            return left / right if right else _divide_by_zero(left)


def _divide_by_zero(left: float) -> float:
    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)


def _call(name: str, arguments: list[float]) -> float:
    if any(map(math.isnan, arguments)):
        return math.nan
    if name in ("maximum", "minimum"):
        return max(arguments) if name == "maximum" else min(arguments)
    try:
        return ONE[name](arguments[0])
    except OverflowError:
        return math.inf
    except ValueError:
        return -math.inf if arguments[0] == {"log": 0, "log1p": -1}.get(name) else math.nan
