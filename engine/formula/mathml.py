"""A formula as MathML, with each name typeset by the symbol that it stands for."""

import ast
from collections.abc import Mapping

from engine.formula.figures import ATOM, MINUS, NEGATIVE, PRODUCT, SUM, Symbol, given
from engine.formula.parse import parse

WORDS = {"exp": "exp", "log": "ln", "log1p": "ln", "expm1": "exp", "tanh": "tanh", "sin": "sin", "cos": "cos",
         "sign": "sgn", "round": "round", "maximum": "max", "minimum": "min"}  # fmt: skip
SIGNS = {ast.Gt: "&gt;", ast.GtE: "≥", ast.Lt: "&lt;", ast.LtE: "≤"}


def math(inside: str) -> str:
    """A whole MathML element around typeset content."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>{inside}</mrow></math>'


def typeset(text: str, symbols: Mapping[str, Symbol] | None = None) -> str:
    """MathML content (without the outer element) of a formula; `symbols` gives a name's own MathML, such as the number it stands for."""
    return _typeset(parse(text), symbols or {})[0]


def identifier(name: str) -> str:
    """A name as MathML: `dy` is a cotangent, `beta1` a Greek letter with its index."""
    greek = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "rho": "ρ", "eta": "η", "mu": "μ"}
    if name.startswith("d") and len(name) == 2:
        return f"<mrow><mi>d</mi><mi>{name[1]}</mi></mrow>"
    if name.endswith("_hat"):
        return f'<mover accent="true">{identifier(name[: -len("_hat")])}<mo>^</mo></mover>'
    stem = name.rstrip("0123456789")
    index = name[len(stem) :]
    shown = f"<mi>{greek.get(stem, stem)}</mi>"
    return f"<msub>{shown}<mn>{index}</mn></msub>" if index else shown


def _typeset(node: ast.expr, symbols: Mapping[str, Symbol]) -> tuple[str, float]:
    def inner(part: ast.expr, level: float) -> str:
        shown, strength = _typeset(part, symbols)
        return shown if strength >= level else f"<mrow><mo>(</mo>{shown}<mo>)</mo></mrow>"

    match node:
        case ast.Constant(value=float() | int() as value):
            return given(value)
        case ast.Name(id=name):
            known = symbols.get(name) or identifier(name)
            return known if isinstance(known, tuple) else (known, ATOM)
        case ast.UnaryOp(operand=part):
            return f"{MINUS}{inner(part, PRODUCT)}", SUM
        case ast.BinOp(left=base, op=ast.Pow()):
            shown = inner(base, ATOM)
            if isinstance(base, ast.Name) and shown.startswith("<msub>"):  # both indices of one name stand above one another
                return f"<msubsup>{shown.removeprefix('<msub>').removesuffix('</msub>')}<mn>2</mn></msubsup>", ATOM
            return f"<msup>{shown}<mn>2</mn></msup>", ATOM
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return f"<mfrac><mrow>{inner(left, NEGATIVE)}</mrow><mrow>{inner(right, NEGATIVE)}</mrow></mfrac>", ATOM
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return f"{inner(left, PRODUCT)}<mo>×</mo>{inner(right, PRODUCT)}", PRODUCT
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{inner(left, NEGATIVE)}<mo>+</mo>{inner(right, SUM)}", SUM
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return f"{inner(left, NEGATIVE)}<mo>−</mo>{inner(right, PRODUCT)}", SUM
        case ast.Call(func=ast.Name(id="where"), args=[ast.Compare() as condition, yes, no]):
            sign = SIGNS[type(condition.ops[0])]
            test = f"{inner(condition.left, NEGATIVE)}<mo>{sign}</mo>{inner(condition.comparators[0], NEGATIVE)}"
            rows = (
                f"<mtr><mtd>{inner(yes, NEGATIVE)}</mtd><mtd><mtext>if </mtext>{test}</mtd></mtr>"
                f"<mtr><mtd>{inner(no, NEGATIVE)}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>"
            )
            return f"<mrow><mo>{{</mo><mtable>{rows}</mtable></mrow>", ATOM
        case ast.Call(func=ast.Name(id="abs"), args=[part]):
            return f"<mrow><mo>|</mo>{inner(part, NEGATIVE)}<mo>|</mo></mrow>", ATOM
        case ast.Call(func=ast.Name(id="sqrt"), args=[part]):
            return f"<msqrt>{inner(part, NEGATIVE)}</msqrt>", ATOM
        case ast.Call(func=ast.Name(id="log1p"), args=[part]):
            return f"<mrow><mi>ln</mi><mo>(</mo><mn>1</mn><mo>+</mo>{inner(part, SUM)}<mo>)</mo></mrow>", ATOM
        case ast.Call(func=ast.Name(id="expm1"), args=[part]):
            return f"<mi>exp</mi><mo>(</mo>{inner(part, NEGATIVE)}<mo>)</mo><mo>−</mo><mn>1</mn>", SUM
        case ast.Call(func=ast.Name(id=name), args=arguments):
            inside = "<mo>,</mo>".join(inner(argument, NEGATIVE) for argument in arguments)
            return f"<mrow><mi>{WORDS[name]}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>", ATOM
    raise AssertionError(ast.dump(node))  # parse lets nothing else through
