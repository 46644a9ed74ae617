"""A formula as somebody writes it, a line for each value, taken apart into single operations; nothing of it is ever run as Python.

`p = sigmoid(w * x + b)`, then `loss = mean((p - y)**2)`. The letters x and y (x1, x2, … where there are several) are the data's; a name that no
line gives a value to is a parameter. What does not belong there is refused with its line and its place in it.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import FormulaError

LONGEST = 500
"""Characters of a formula."""
OPERATIONS = 100
"""Operations that it may be made of; each is an instruction forward and one or two back."""
DEEPEST = 120
PARAMETERS = 32
LARGEST = 1e9
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
LETTER = re.compile(r"([xy])(\d{0,3})")
ONE = {name: name for name in ("abs", "cos", "exp", "log", "relu", "round", "sigmoid", "sin", "softplus", "sqrt", "step", "tanh")}
TWO = {"maximum": "maximum", "minimum": "minimum"}
SIGNS: dict[type[ast.AST], str] = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
ALIKE = str.maketrans("×·−÷", "**-/")
KNOWN = f"+ − × ÷, powers, {', '.join(sorted([*ONE, *TWO]))}, and mean around the loss"


@dataclass(frozen=True)
class Piece:
    """One value: a letter of the data, a parameter, a number, or an operation on earlier pieces, which `inputs` counts; `line` is the line it is in.

    `text` is the part of the formula that it is, `name` what the formula calls it, where it does.
    """

    kind: str
    text: str
    line: str
    inputs: tuple[int, ...] = ()
    number: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Written:
    """A formula taken apart: its pieces in the order in which they are worked out, and which of them are the answer and the loss of an example."""

    pieces: tuple[Piece, ...]
    prediction: int
    loss: int

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in the order in which they are met."""
        return tuple(piece.name for piece in self.pieces if piece.kind == "parameter")

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the data that are read."""
        return tuple(piece.name for piece in self.pieces if piece.kind == "letter")


def written(text: str) -> Written:
    """Take a formula apart; raises FormulaError with the place of what is wrong and what to do."""
    if len(text) > LONGEST:
        raise FormulaError(f"a formula may have {LONGEST} characters, and this one has {len(text)}")
    try:
        tree = ast.parse(text.translate(ALIKE))
    except SyntaxError as error:
        raise FormulaError(f"{_place(error.lineno or 1, error.offset or 1)}: this cannot be read as a formula ({error.msg})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"this cannot be read as a formula ({error})") from None
    return _Reader(text).read(tree)


def read_formula(text: str) -> dict[str, Any]:
    """What a formula reads: its parameters and letters of the data in the order in which they are met, and how many operations it has.

    One that is half-typed is nothing to be refused: `wrong` says what is wrong with it and where, and is None where nothing is.
    """
    try:
        made = written(text)
    except FormulaError as error:
        return {"parameters": [], "letters": [], "operations": 0, "wrong": str(error)}
    return {"parameters": list(made.parameters), "letters": list(made.letters), "operations": sum(bool(one.inputs) for one in made.pieces), "wrong": None}


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.pieces: list[Piece] = []
        self.known: dict[str, int] = {}
        self.given: set[str] = set()
        self.line = ""

    def read(self, tree: ast.Module) -> Written:
        for number, statement in enumerate(tree.body, 1):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._assign(statement, name, value, last=number == len(tree.body))
                case _:
                    raise self._refused(statement, "each line gives a value to a name, such as loss = mean((w * x - y)**2)")
        if "loss" not in self.given:
            raise FormulaError("the last line gives the loss its value: loss = …")
        loss = self.known["loss"]
        used = {source for piece in self.pieces for source in piece.inputs} | {loss}
        for place, piece in enumerate(self.pieces):
            if place not in used:
                raise FormulaError(f"{piece.name or piece.text} is worked out and never read; use it in the loss, or leave it out")
        if not any(piece.kind == "parameter" for piece in self.pieces):
            raise FormulaError("nothing here can learn: beside x and y, use a name such as w, which becomes a parameter")
        return Written(tuple(self.pieces), _prediction(self.pieces, loss), loss)

    def _assign(self, statement: ast.stmt, name: str, value: ast.expr, *, last: bool) -> None:
        self.line = name
        if LETTER.fullmatch(name):
            raise self._refused(statement, f"{name} comes from the data and cannot be given a value")
        if not NAME.fullmatch(name) or name in ONE or name in TWO or name == "mean":
            raise self._refused(statement, f"{name} cannot be a name here; take up to 20 letters, digits and _, and no function's name")
        if re.fullmatch(r"v\d+|L", name):
            raise self._refused(statement, f"{name} is what the values between are called on the page; take another letter")
        if name in self.given:
            raise self._refused(statement, f"{name} has a value already; take another name")
        if name in self.known:
            raise self._refused(statement, f"{name} is read before it is given a value; put this line above")
        if last != (name == "loss"):
            raise self._refused(
                statement, "loss is the name of the last line" if name == "loss" else f"the last line gives the loss its value: loss = … instead of {name}"
            )
        match value:
            case ast.Call(func=ast.Name(id="mean"), args=[inner], keywords=[]) if name == "loss":
                made = self._piece(inner)
            case _:
                made = self._piece(value)
        if not self.pieces[made].inputs:
            raise self._refused(value, f"{name} would be {self.pieces[made].text} itself; work something out of it")
        if not self.pieces[made].name:
            old = self.pieces[made]
            self.pieces[made] = Piece(old.kind, old.text, old.line, old.inputs, old.number, name)
        self.known[name] = made
        self.given.add(name)

    def _piece(self, node: ast.expr, depth: int = 0) -> int:
        if depth > DEEPEST:
            raise self._refused(node, f"a formula may be nested {DEEPEST} deep")
        inner = self._nested(depth)
        match node:
            case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
                return self._number(node, value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if isinstance(value, int | float) and not isinstance(value, bool):
                return self._number(node, -value)
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return self._operation(node, "negate", inner(part))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                return self._power(node, base, exponent, inner)
            case ast.BinOp(op=ast.BitXor()):
                raise self._refused(node, "a power is written with two stars, x**2")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
                return self._operation(node, SIGNS[type(op)], inner(left), inner(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in ONE or name in TWO:
                wanted = 1 if name in ONE else 2
                if len(arguments) != wanted:
                    raise self._refused(node, f"{name} takes {wanted} value{'s' if wanted > 1 else ''}, and {len(arguments)} came")
                return self._operation(node, name, *map(inner, arguments))
            case ast.Call(func=ast.Name(id="mean")):
                raise self._refused(node, "mean is taken over the examples, once and around the whole loss: loss = mean(…)")
            case ast.Call(func=ast.Name(id=name)):
                raise self._refused(node, f"there is no function {name}; there is {', '.join(sorted([*ONE, *TWO]))}")
        raise self._refused(node, f"{ast.unparse(node)[:40]} is outside the language of formulas: {KNOWN}")

    def _nested(self, depth: int) -> Callable[[ast.expr], int]:
        return lambda part: self._piece(part, depth + 1)

    def _power(self, node: ast.expr, base: ast.expr, exponent: ast.expr, inner: Callable[[ast.expr], int]) -> int:
        match exponent:
            case ast.Constant(value=int() | float() as value) | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                power = self._finite(exponent, -value if isinstance(exponent, ast.UnaryOp) else value)
            case _:
                raise self._refused(exponent, "a power is a number, as in x**3; write exp(n * log(x)) for one that learns")
        return self._operation(node, "square", inner(base)) if power == 2 else self._operation(node, "power", inner(base), number=power)

    def _name(self, node: ast.expr, name: str) -> int:
        if name in self.known:
            return self.known[name]
        if re.fullmatch(r"v\d+|L", name):
            raise self._refused(node, f"{name} is what the values between are called on the page; take another letter")
        if not NAME.fullmatch(name) or name in ONE or name in TWO or name in ("mean", "loss"):
            raise self._refused(node, f"{name} cannot be read here; a name has up to 20 letters, digits and _, and is no function's")
        kind = "letter" if LETTER.fullmatch(name) else "parameter"
        if kind == "parameter" and sum(piece.kind == kind for piece in self.pieces) == PARAMETERS:
            raise self._refused(node, f"a formula may have {PARAMETERS} parameters, and {name} is one more")
        self.known[name] = self._append(Piece(kind, name, self.line, name=name))
        return self.known[name]

    def _number(self, node: ast.expr, value: float) -> int:
        number = self._finite(node, value)
        return self._append(Piece("number", f"{number:g}".replace("-", "−"), self.line, number=number))

    def _finite(self, node: ast.expr, value: float) -> float:
        if not -LARGEST <= value <= LARGEST:
            raise self._refused(node, f"a number of a formula is at most {LARGEST:g}")
        return float(value)

    def _operation(self, node: ast.expr, kind: str, *inputs: int, number: float = 0.0) -> int:
        if sum(bool(piece.inputs) for piece in self.pieces) == OPERATIONS:
            raise self._refused(node, f"a formula may have {OPERATIONS} operations, and this is one more")
        return self._append(Piece(kind, ast.unparse(node), self.line, inputs, number))

    def _append(self, piece: Piece) -> int:
        self.pieces.append(piece)
        return len(self.pieces) - 1

    def _refused(self, node: ast.expr | ast.stmt, why: str) -> FormulaError:
        before = self.lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="ignore") if node.lineno <= len(self.lines) else ""
        return FormulaError(f"{_place(node.lineno, len(before) + 1)}: {why}")


def _place(line: int, character: int) -> str:
    return f"line {line}, character {character}"


def _prediction(pieces: list[Piece], loss: int) -> int:
    """The piece that stands for the network's answer: the last line that reads no y; else what y is first put together with; else the loss itself."""
    reads = _reach(pieces, lambda piece: piece.kind == "letter" and piece.name.startswith("y"))
    learns = _reach(pieces, lambda piece: piece.kind == "parameter")
    named = [place for place, piece in enumerate(pieces) if piece.inputs and piece.name and learns[place] and not reads[place] and place != loss]
    met = (source for place, piece in enumerate(pieces) if reads[place] for source in piece.inputs if not reads[source] and learns[source])
    return named[-1] if named else next(met, loss)


def _reach(pieces: list[Piece], begins: Callable[[Piece], bool]) -> list[bool]:
    """For each piece, whether one such is in it."""
    found: list[bool] = []
    for piece in pieces:
        found.append(begins(piece) or any(found[source] for source in piece.inputs))
    return found
