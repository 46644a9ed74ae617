"""What the API's main calls answer, for its reference: the worked example's own numbers, computed here and not written down."""

from functools import cache
from typing import Any

from engine import Position, Session, SessionSpec, presets

STILL = {"running": False, "rate": None, "unit": None}
Responses = dict[int | str, dict[str, Any]]


def sample(call: str) -> Responses:
    """The `responses` of an endpoint: what it answers in the course of the worked example."""
    return {200: {"content": {"application/json": {"example": _course()[call]}}}}


@cache
def _course() -> dict[str, dict[str, Any]]:
    """The worked example taken forward, backward and a batch on, as a script would, with each answer on the way."""
    session = Session(SessionSpec.model_validate(next(preset["spec"] for preset in presets() if preset["name"] == "worked_example")))
    found: dict[str, dict[str, Any]] = {}
    session.run(session.target_forward())
    found["forward"] = {**session.state(), **STILL, "outputs": session.outputs()}
    session.run(session.target_backward())
    found["backward"] = {**session.state(), **STILL, "gradients": session.gradient_summary()}
    found["gradients"] = {**_where(session), "gradients": session.gradients()}
    found["cost"] = next(answer for answer in session.cost() if answer)
    session.run(Position(1, 0))
    found["step"] = {**session.state(), **STILL}
    found["parameters"] = {**_where(session), "parameters": session.parameters()}
    return found


def _where(session: Session) -> dict[str, Any]:
    state = session.state()
    return {name: state[name] for name in ("position", "loss", "diverged")}
