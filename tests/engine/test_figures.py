"""Numbers in formulas and in sentences: as the page writes them, with brackets exactly where they are needed, and a long formula told in parts."""

import math
from xml.etree import ElementTree

import pytest

from engine.formula import evaluate, fold, given, measured, typeset
from engine.words import figure


def text(markup: str) -> str:
    """MathML as a line of text, fractions and powers written out."""
    return written(ElementTree.fromstring(f"<x>{markup}</x>"))


def written(part: ElementTree.Element) -> str:
    inside = [written(each) for each in part]
    if part.tag == "mfrac":
        return f"[{inside[0]}/{inside[1]}]"
    return "^".join(inside) if part.tag in ("msup", "mover") else (part.text or "") + "".join(inside)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (0.5, "0.5000"), (-0.30712, "−0.3071"), (1234.4, "1234"), (0.001, "0.001000"), (12345.0, "1.234·10^4"), (9999.96, "1.000·10^4"),
        (0.00012345, "1.234·10^−4"), (-2.5e-7, "−2.500·10^−7"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"),
    ],
)  # fmt: skip
def test_a_measured_number_has_four_digits(value: float, shown: str) -> None:
    assert text(measured(value)[0]) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.9, "0.9"), (0.99999, "0.99999"), (1e-8, "10^−8"), (2.5e-10, "2.5·10^−10"), (-1.0, "−1"), (1000.0, "1000")])
def test_a_setting_has_the_digits_it_was_given(value: float, shown: str) -> None:
    assert text(given(value)[0]) == shown


@pytest.mark.parametrize(
    ("formula", "numbers", "shown"),
    [
        ("w - rate * g", {"w": -0.5, "rate": 0.25, "g": -0.125}, "−0.5000−0.2500×(−0.1250)"),
        ("a + g", {"a": 0.5, "g": -0.125}, "0.5000+(−0.1250)"),
        ("g**2", {"g": -0.125}, "(−0.1250)^2"),
        ("a * g**2", {"a": 2e-5, "g": 3e-5}, "2.000·10^−5×(3.000·10^−5)^2"),
        ("g / a", {"g": -0.125, "a": 2e-5}, "[−0.1250/2.000·10^−5]"),
        ("-g", {"g": -0.125}, "−(−0.1250)"),
        ("sqrt(g) + 0.000001", {"g": 4.0}, "4.000+10^−6"),
        ("maximum(g, -a)", {"g": -0.125, "a": 1.0}, "max(−0.1250,−1.000)"),
    ],
)
def test_brackets_stand_where_they_are_needed(formula: str, numbers: dict[str, float], shown: str) -> None:
    assert text(typeset(formula, {name: measured(number) for name, number in numbers.items()})) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (-0.30712, "−0.3071"), (1.2e-5, "1.2 · 10⁻⁵"), (-4e12, "−4 · 10¹²"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "not a number")],
)
def test_a_number_in_a_sentence(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_a_formula_is_told_in_parts() -> None:
    """Each occurrence is replaced, the rest is left, and the value is the same to the last bit."""
    whole, parts = "w - r * (m / (1 - p)) / (sqrt(m / (1 - p)) + 0.1)", {"m_hat": "m / (1 - p)"}
    folded = fold(whole, parts)
    assert folded == "w - r * m_hat / (sqrt(m_hat) + 0.1)"
    numbers = {"w": 0.3, "r": 0.1, "m": 0.7, "p": 0.9}
    assert evaluate(folded, {**numbers, "m_hat": evaluate(parts["m_hat"], numbers)}) == evaluate(whole, numbers)
    assert fold("w - r * g", parts) == "w - r * g" and fold(whole, {}) == fold(whole, {"x": "m * 2"})
    assert text(typeset("m_hat")) == "m^^"
