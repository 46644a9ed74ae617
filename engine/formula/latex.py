"""MathML content as LaTeX, for what leaves the page: the one typeset formula, said in another language."""

from collections.abc import Sequence
from xml.etree import ElementTree

LETTERS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ρ": r"\rho", "η": r"\eta", "μ": r"\mu", "λ": r"\lambda",
    "σ": r"\sigma", "θ": r"\theta", "ℓ": r"\ell",
}  # fmt: skip
SIGNS = {
    "×": r"\times", "·": r"\cdot", "−": "-", "←": r"\leftarrow", "≥": r"\ge", "≤": r"\le", "∂": r"\partial", "∑": r"\sum", "‖": r"\Vert", "{": r"\{",
    "}": r"\}", "√": r"\surd", "≈": r"\approx", "|": r"\vert",
}  # fmt: skip
FUNCTIONS = ("exp", "ln", "tanh", "sin", "cos", "max", "min")


def latex(mathml: str) -> str:
    """The LaTeX of MathML content, without the dollars around it."""
    return _row(list(ElementTree.fromstring(f"<mrow>{mathml}</mrow>")))


def _row(parts: Sequence[ElementTree.Element]) -> str:
    if len(parts) == 2 and parts[0].text == "{" and parts[1].tag == "mtable":
        return rf"\begin{{cases}} {_said(parts[1])} \end{{cases}}"
    return " ".join(filter(None, map(_said, parts)))


def _said(part: ElementTree.Element) -> str:
    inner = list(part)
    text = (part.text or "").strip()
    match part.tag:
        case "mn":
            return text.replace("−", "-")
        case "mo":
            return SIGNS.get(text, text)
        case "mi":
            return _identifier(text)
        case "mtext":
            return rf"\text{{{part.text}}}"
        case "msub" | "munder":
            return f"{_said(inner[0])}_{{{_said(inner[1])}}}"
        case "msup":
            return f"{{{_said(inner[0])}}}^{{{_said(inner[1])}}}"
        case "msubsup":
            return f"{_said(inner[0])}_{{{_said(inner[1])}}}^{{{_said(inner[2])}}}"
        case "mfrac":
            return rf"\frac{{{_said(inner[0])}}}{{{_said(inner[1])}}}"
        case "mover":
            return rf"\hat{{{_said(inner[0])}}}"
        case "msqrt":
            return rf"\sqrt{{{_row(inner)}}}"
        case "mtable":
            return r" \\ ".join(" & ".join(_row(list(cell)) for cell in row) for row in inner)
        case "mspace":
            return r"\,"
    return _row(inner)


def _identifier(text: str) -> str:
    if text in FUNCTIONS:
        return f"\\{text}"
    if text == "sgn":
        return r"\operatorname{sgn}"
    return LETTERS.get(text) or (text if len(text) == 1 else rf"\mathit{{{text.replace('_', chr(92) + '_')}}}")
