"""Numbers, and somebody's own words, inside sentences."""

from math import isfinite, isnan

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figure(value: float, digits: int = 4) -> str:
    """A number to so many significant digits, with a real minus: −0.3071, 1.2 · 10⁻⁵."""
    if not isfinite(value):
        return "not a number" if isnan(value) else "−∞" if value < 0 else "∞"
    mantissa, _, power = f"{value:.{digits}g}".replace("-", "−", 1 if value < 0 else 0).partition("e")
    return f"{mantissa} · 10{str(int(power)).translate(SUPERSCRIPTS)}" if power else mantissa


def percent(share: float) -> str:
    """A share in per cent, to two significant digits: 0.25 %, 36 %, 1,200 %."""
    if not isfinite(share):
        return f"{figure(share)} %"
    size = 100 * share
    return f"{float(f'{size:.2g}'):,.0f} %" if abs(size) >= 10 else f"{figure(size, 2)} %"


def quoted(text: str, most: int) -> str:
    """At most so much of somebody's text, with a question mark for half of a surrogate pair, which nothing can write down."""
    short = text[:most].encode("utf-8", "replace").decode("utf-8")
    return f"“{short}{'…' if len(text) > most else ''}”"
