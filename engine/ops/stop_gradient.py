"""Letting a value through, and no gradient back."""

from engine.op import elementwise

stop_gradient = elementwise(
    "stop_gradient", y="x", constants=("x",), samples=[(3, 2), (2, 3, 2)],
    doc="The value goes on as it is and no gradient comes back through it, on purpose: whatever made it learns nothing from what it is used for here.",
)  # fmt: skip
