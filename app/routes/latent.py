"""What a variational layer does: one example's draw and its gradients, the map of all examples, and the decoder at any point."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import LiveSession
from app.answer import answer
from app.routes.explanations import Example

router = APIRouter(prefix="/api/sessions/{session_id}/latent", tags=["reads"])
Layer = Annotated[int | None, Query(ge=0, le=10_000, description="The layer's index; without it, the first that draws")]
Axis = Annotated[int, Query(ge=0, le=10_000, description="Which number of the description, from 0")]
Point = Annotated[
    str | None,
    Query(
        pattern=r"^-?\d{1,6}(\.\d{1,20})?(,-?\d{1,6}(\.\d{1,20})?)*$",
        max_length=8000,
        description="As many numbers as describe an example, with commas between them; without them, the example's mean",
        examples=["0.5,-1.25"],
    ),
]


@router.get("")
async def draw(live: LiveSession, layer: Layer = None, example: Example = None) -> Response:
    """One example's draw, z = μ + σ ε, and its gradients at μ, σ and s = ln σ²: what comes through z, what comes from the divergence, and their sum."""
    return await answer(await live.read(lambda session: session.latent(layer, example)))


@router.get("/map")
async def latent_map(live: LiveSession, layer: Layer = None, example: Example = None, across: Axis = 0, up: Axis = 1) -> Response:
    """Where the training examples lie: their means in two numbers of the description, their classes, and one example's mean and spread in full."""
    return await answer(await live.read(lambda session: session.latent_map(layer, example, across, up)))


@router.get("/decoded")
async def decoded(live: LiveSession, layer: Layer = None, example: Example = None, z: Point = None) -> Response:
    """What the decoder makes of `z`, by the engine's forward pass from there on, beside the example itself and what is made of its mean. Nothing moves."""
    point = None if z is None else [float(each) for each in z.split(",")]
    return await answer(await live.read(lambda session: session.decoded(layer, example, point)))
