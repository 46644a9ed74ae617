"""Creating, listing and deleting sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from app.access import LiveSession, Sessions, Visitor
from app.keys import fingerprint
from app.live import Live
from engine import Session, SessionSpec, presets

router = APIRouter(prefix="/api/sessions", tags=["sessions"])
EXAMPLES: Any = {
    preset["name"]: {"summary": preset["title"], "value": preset["spec"]} for preset in presets() if preset["name"] in ("two_moons", "worked_example")
}


@router.post("", status_code=201)
async def create(
    store: Sessions,
    visitor: Visitor,
    spec: Annotated[SessionSpec, Body(openapi_examples=EXAMPLES)] = SessionSpec(),
) -> dict[str, Any]:
    """Start a session from a spec; what is left out has a default. The answer's token opens it from a script."""
    return await _described(await store.create(spec, fingerprint(visitor)))


@router.get("")
async def list_(store: Sessions, visitor: Visitor) -> dict[str, Any]:
    """The visitor's own sessions."""
    return {"sessions": await store.of(fingerprint(visitor))}


@router.get("/{session_id}")
async def read(live: LiveSession) -> dict[str, Any]:
    """A session: its spec as it now stands, its position and state, the bytes that it takes, and where everything else is."""
    return await _described(live)


@router.delete("/{session_id}", status_code=204)
async def delete(live: LiveSession, store: Sessions) -> Response:
    """End a session for good."""
    await store.remove(live)
    return Response(status_code=204)


async def _described(live: Live) -> dict[str, Any]:
    def describe(session: Session) -> dict[str, Any]:
        return {
            "id": live.id,
            "token": live.keys.token,
            "spec": session.spec.model_dump(mode="json"),
            "position": session.position.json(),
            "state": live.state(),
            "parameters": session.parameter_count,
            "bytes": session.occupied(),
            "instructions": session.instruction_count,
            "links": {
                name: f"/api/sessions/{live.id}/{name}"
                for name in ("graph", "stream", "events", "forward", "backward", "step", "run", "gradients", "parameters")
            },
        }

    return await live.read(describe)
