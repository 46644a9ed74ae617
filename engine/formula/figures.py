"""Numbers as MathML, ready to stand in a formula: each with how strongly it holds together, so that brackets come where they are needed."""

from math import isfinite, isnan

NEGATIVE, SUM, PRODUCT, ATOM = 0.5, 1, 2, 3
"""How strongly MathML holds together; what holds less than its place asks for is bracketed. A negative number may only stand first."""
MINUS = '<mo form="prefix">−</mo>'

Symbol = str | tuple[str, float]
"""MathML content, alone where nothing can break it apart, or with how strongly it holds together."""


def measured(value: float, digits: int = 4) -> tuple[str, float]:
    """A number that was computed, as the page writes it: to so many significant digits."""
    if not isfinite(value):
        return ("<mtext>NaN</mtext>", ATOM) if isnan(value) else _signed(value, "<mi>∞</mi>", ATOM)
    mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
    power = int(exponent)
    if value and not -4 < power < max(4, digits):
        return _signed(value, _scientific(mantissa, power), PRODUCT)
    return _signed(value, f"<mn>{abs(value):.{max(0, digits - 1 - power)}f}</mn>" if value else "<mn>0</mn>", ATOM)


def given(value: float) -> tuple[str, float]:
    """A number that was chosen, with the digits that it was given: 0.9, 10⁻⁸."""
    mantissa, _, power = f"{abs(value):.7g}".partition("e")
    if not power:
        return _signed(value, f"<mn>{mantissa}</mn>", ATOM)
    return _signed(value, _scientific(mantissa, int(power)), PRODUCT) if mantissa != "1" else _signed(value, _ten(int(power)), ATOM)


def _signed(value: float, shown: str, strength: float) -> tuple[str, float]:
    if value < 0:
        return f"<mrow>{MINUS}{shown}</mrow>", NEGATIVE
    return shown if strength == ATOM else f"<mrow>{shown}</mrow>", strength


def _scientific(mantissa: str, power: int) -> str:
    return f"<mn>{mantissa}</mn><mo>·</mo>{_ten(power)}"


def _ten(power: int) -> str:
    return f"<msup><mn>10</mn><mn>{str(power).replace('-', '−')}</mn></msup>"
