"""The pathology laboratory: one net treated in several ways, and sweeps over a grid of nets."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, Field

from app.access import Visitor
from app.answer import answer
from app.keys import fingerprint
from app.laboratory import Laboratory
from app.models import Body, Whole
from app.sweeps import Sweeping
from engine import AnyRemedy, Pathology, Sweep, cases

router = APIRouter(prefix="/api", tags=["laboratory"])
Treatment = Annotated[list[AnyRemedy], Field(max_length=20)]


class TrialsRequest(Body):
    """A net, how it is treated in each trial, and for how long it is trained."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"pathology": {"depth": 10, "activation": "sigmoid"}, "treatments": [[], [{"kind": "relu"}], [{"kind": "clipping", "limit": 1}]]}]
        }
    )
    pathology: Pathology = Field(default=Pathology(), description="The net before any treatment")
    treatments: list[Treatment] = Field(default=[[]], min_length=1, max_length=100, description="One trial each; an empty list is the untreated net")
    updates: Whole = Field(default=100, ge=1, le=1_000_000, description="Updates of each trial")


def laboratory_of(request: Request) -> Laboratory:
    """The server's laboratory."""
    found: Laboratory = request.app.state.laboratory
    return found


def sweeping(request: Request, sweep_id: str, visitor: Visitor) -> Sweeping:
    """The sweep in the path, which must be the visitor's."""
    return laboratory_of(request).sweeps.find(sweep_id, visitor)


Lab = Annotated[Laboratory, Depends(laboratory_of)]
Found = Annotated[Sweeping, Depends(sweeping)]


@router.get("/laboratory")
async def ready_made() -> dict[str, Any]:
    """Cases worth opening first, the schema of a net, and an untreated net's defaults."""
    return {"cases": cases(), "schema": Pathology.model_json_schema(), "defaults": Pathology().model_dump(mode="json")}


@router.post("/laboratory")
async def trials(lab: Lab, body: TrialsRequest) -> Response:
    """Train one net untreated or treated in several ways, on the same seed and data, and measure the gradient and the activations of every layer over time."""
    found = await lab.trials(body.pathology, [tuple(each) for each in body.treatments], body.updates)
    return await answer({"pathology": body.pathology.model_dump(mode="json"), "updates": body.updates, "trials": [each.json() for each in found]})


@router.post("/sweeps", status_code=201)
async def begin(lab: Lab, body: Sweep, visitor: Visitor) -> dict[str, Any]:
    """Begin a sweep: a trial at every depth, activation, initialiser and remedy of a grid."""
    lab.check(body.updates)
    return lab.sweeps.begin(body, visitor).json()


@router.get("/sweeps")
async def kept(lab: Lab, visitor: Visitor) -> dict[str, Any]:
    """Your sweeps, without their cells."""
    mine = (each.json() for each in lab.sweeps.of(fingerprint(visitor)))
    return {"sweeps": [{name: value for name, value in each.items() if name != "cells"} for each in mine]}


@router.get("/sweeps/{sweep_id}")
async def read(found: Found, since: Annotated[int, Query(ge=0, description="How many cells you already have")] = 0) -> dict[str, Any]:
    """How far a sweep is, with the cells that have come; what it found is kept after its end."""
    return found.json(since)


@router.delete("/sweeps/{sweep_id}")
async def cancel(found: Found) -> dict[str, Any]:
    """Cancel a sweep: no further cell is begun, and those that have come are kept."""
    found.cancel()
    return found.json()
