"""A worksheet on paper: the engine's sheet as a page to print, as LaTeX and as Markdown."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader

from app.settings import ROOT

Form = Literal["html", "latex", "markdown"]
ENDINGS: Mapping[str, str] = {"html": "html", "latex": "tex", "markdown": "md"}
KINDS: Mapping[str, str] = {"html": "text/html; charset=utf-8", "latex": "text/plain; charset=utf-8", "markdown": "text/markdown; charset=utf-8"}
DIGITS = "0123456789"
TEX = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"}, "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "−": "$-$", "×": r"$\times$", "·": r"$\cdot$", "∂": r"$\partial$", "δ": r"$\delta$", "η": r"$\eta$", "λ": r"$\lambda$", "∞": r"$\infty$",
    **{sign: f"$_{digit}$" for sign, digit in zip("₀₁₂₃₄₅₆₇₈₉", DIGITS, strict=True)},
    **{sign: f"$^{digit}$" for sign, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", DIGITS, strict=True)}, "⁻": "$^-$",
}  # fmt: skip
MARKS = re.compile(r"([\\`*_{}\[\]<>#|$~!])")


def render(made: dict[str, Any], form: Form, *, key: bool) -> Response:
    """The sheet, and with `key` its answers on a page of their own."""
    style = _style()
    text = _environment(form).get_template(f"worksheet.{ENDINGS[form]}").render(made=made, key=key, style=style)
    headers = {"content-disposition": f'inline; filename="worksheet.{ENDINGS[form]}"'}
    if form == "html":
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        headers["content-security-policy"] = (
            f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    return Response(text, media_type=KINDS[form], headers=headers)


def tex(text: str) -> str:
    """Words as LaTeX: what LaTeX would take for a command is escaped, and signs that its fonts lack are set as mathematics."""
    return "".join(TEX.get(sign, sign) for sign in text)


def mathtex(text: str) -> str:
    """A number as the page writes it, inside mathematics."""
    mantissa, _, power = text.replace("−", "-").partition(" · 10")
    return rf"{mantissa} \cdot 10^{{{power.translate(str.maketrans('⁻⁰¹²³⁴⁵⁶⁷⁸⁹', '-' + DIGITS))}}}" if power else mantissa


def md(text: str) -> str:
    """Words as Markdown, in which no sign is a mark."""
    return MARKS.sub(r"\\\1", text)


@cache
def _environment(form: Form) -> Environment:
    loader = FileSystemLoader(ROOT / "templates")
    if form == "html":
        return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made = Environment(
        loader=loader, autoescape=False, trim_blocks=True, lstrip_blocks=True,
        block_start_string="<%", block_end_string="%>", variable_start_string="<<", variable_end_string=">>",
        comment_start_string="<#", comment_end_string="#>",
    )  # fmt: skip
    made.filters |= {"tex": tex, "mathtex": mathtex, "md": md}
    return made


@cache
def _style() -> str:
    return (ROOT / "static" / "css" / "worksheet.css").read_text("utf-8")
