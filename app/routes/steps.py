"""Moving a session: forward, backward, step, position, run; and changing it."""

from typing import Any

from fastapi import APIRouter

from app.access import Bounds, LiveSession
from app.models import ParametersRequest, PositionRequest, RunRequest, SettingsRequest, StepRequest
from app.problems import Problem
from app.run import Run
from app.samples import sample
from app.settings import Limits
from engine import Position, Session

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["steps"])


@router.post("/forward", responses=sample("forward"))
async def forward(live: LiveSession) -> dict[str, Any]:
    """Run to the end of the forward pass and the loss of the present batch; already past it, answer and do not move."""
    return await live.go(lambda session: session.target_forward(), then=lambda session: {"outputs": session.outputs()})


@router.post("/backward", responses=sample("backward"))
async def backward(live: LiveSession) -> dict[str, Any]:
    """Run on to the end of the backward pass; the answer has the size of every parameter's gradient."""
    return await live.go(lambda session: session.target_backward(), then=lambda session: {"gradients": session.gradient_summary()})


@router.post("/step", responses=sample("step"))
async def step(live: LiveSession, body: StepRequest, limits: Bounds) -> dict[str, Any]:
    """Advance (or, with a negative count, go back) by whole operations, layers, passes, batches or epochs."""
    if abs(body.count) > limits.steps:
        raise Problem(413, f"One call may step {limits.steps:,} units, and {abs(body.count):,} were asked for; take several calls, or PUT run.")
    return await live.go(lambda session: _near(session, session.target(body.unit, body.count), limits))


@router.put("/position")
async def position(live: LiveSession, body: PositionRequest, limits: Bounds) -> dict[str, Any]:
    """Go to a position, earlier or later."""
    return await live.go(lambda session: _near(session, session.reachable(Position(body.update, body.instruction)), limits), back=True)


@router.put("/run")
async def run(live: LiveSession, body: RunRequest, limits: Bounds) -> dict[str, Any]:
    """Train continuously, at `rate` units a second or as fast as possible, until stopped, until an update, or until a breakpoint begins to hold."""
    if len(body.breakpoints) > limits.breakpoints:
        raise Problem(413, f"A run may have {limits.breakpoints} breakpoints, and {len(body.breakpoints)} were asked for; leave some out.")
    return await live.start(Run(body.unit, body.rate, body.until, tuple(body.breakpoints)))


@router.delete("/run")
async def stop(live: LiveSession) -> dict[str, Any]:
    """Stop training, within one update."""
    return await live.stop()


@router.patch("/settings")
async def settings(live: LiveSession, body: SettingsRequest) -> dict[str, Any]:
    """Change the optimiser, the learning rate, the clip or the penalties, or make a mistake on purpose."""
    return await live.act({"do": "configure", "settings": body.changes()})


@router.patch("/parameters")
async def edit(live: LiveSession, body: ParametersRequest) -> dict[str, Any]:
    """Set parameters by hand, all of them or, where one is refused, none."""
    return await live.act({"do": "edit", "parameters": body.parameters})


def _near(session: Session, goal: Position, limits: Limits) -> Position:
    """The goal, where one call may go that far."""
    ahead = goal.update - max(session.position, session.timeline.end).update
    if ahead > limits.steps:
        raise Problem(413, f"One call may go {limits.steps:,} updates ahead, and this would be {ahead:,}; take several calls, or PUT run.")
    return goal
