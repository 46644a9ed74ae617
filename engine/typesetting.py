"""Formulas of ops as MathML: elementwise ones from the formula language itself, the others from their displayed text."""

import re
from collections.abc import Mapping

from engine.formula import typeset
from engine.formula.mathml import identifier
from engine.op import Op

TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\S")
SIGNS = {"*": "×", "-": "−", "@": "", "/": "/"}


def op_formula(op: Op) -> str:
    """The forward formula, as `y = …`."""
    shown = typeset(op.formula) if op.elementwise else flat(op.formula)
    return f"<mi>y</mi><mo>=</mo>{shown}"


def pull_formula(target: str, formula: str, *, elementwise: bool) -> str:
    """A formula with what it computes on its left."""
    return f"{identifier(target)}<mo>=</mo>{typeset(formula) if elementwise else flat(formula)}"


def assignment(target: str, formula: str, symbols: Mapping[str, str]) -> str:
    """A line of an update: what becomes the value of the formula, which may read its old value."""
    return f"{symbols.get(target) or identifier(target)}<mo>←</mo>{typeset(formula, symbols)}"


def flat(text: str) -> str:
    """A displayed formula that is not of the formula language: names, numbers and signs in a row."""
    parts = []
    text = text.replace(".T", "ᵀ")
    before = ""
    for token in TOKEN.findall(text):
        if before[-1:].isalnum() and token[0].isalpha() and token != "ᵀ":  # words, which no sign parts
            parts.append('<mspace width="0.3em"/>')
        before = token
        if token[0].isalpha() or token[0] == "_":
            transposed = token.endswith("ᵀ")
            shown = identifier(token.rstrip("ᵀ"))
            parts.append(f"<msup>{shown}<mi>T</mi></msup>" if transposed else shown)
        elif token == "ᵀ":
            parts[-1] = f"<msup>{parts[-1]}<mi>T</mi></msup>"
        elif token[0].isdigit():
            parts.append(f"<mn>{token}</mn>")
        elif token == "²":
            parts[-1] = f"<msup>{parts[-1]}<mn>2</mn></msup>"
        elif token == "@":
            parts.append('<mspace width="0.2em"/>')
        else:
            parts.append(f"<mo>{SIGNS.get(token, token)}</mo>")
    return "".join(parts)
