"""What can be asked beside the chain rule: the paths to a weight, what each example says of it, how noisy a batch is, and what its gradient costs."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import Bounds, LiveSession
from app.answer import answer
from app.problems import Problem
from app.samples import sample

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Target = Annotated[str, Query(max_length=80, description="One number of a parameter", examples=["parameter:2.W[2,3]"])]
Example = Annotated[int | None, Query(ge=0, le=10_000_000, description="An example's number; without it, the first of the batch")]


@router.get("/explain/paths")
async def paths(
    live: LiveSession, limits: Bounds, target: Target, example: Example = None, most: Annotated[int, Query(ge=1, description="How many are listed")] = 20
) -> Response:
    """Every path from one example's loss to a weight, as factors and their product; of very many the strongest, and the sum of the rest."""
    if most > limits.paths:
        raise Problem(413, f"One call lists {limits.paths} paths, and {most:,} were asked for; the remainder is given as one sum.")
    return await answer(await live.read(lambda session: session.paths(target, example, most)))


@router.get("/explain/examples")
async def examples(live: LiveSession, target: Target, example: Example = None) -> Response:
    """The gradient of a weight for each example of the batch, which way each pulls, and how far they cancel."""
    return await answer(await live.read(lambda session: session.shares(target, example)))


@router.get("/noise")
async def noise(live: LiveSession) -> Response:
    """How far a batch's gradient is from that of all training examples, for batches of 1, 2, 4, … of them."""
    return await answer(await live.work(lambda session: session.noise()))


@router.get("/cost", responses=sample("cost"))
async def cost(live: LiveSession) -> Response:
    """Passes, operations, time and error of the batch's whole gradient: backpropagation, finite differences and weight perturbation, each run."""
    return await answer(await live.work(lambda session: session.cost()))
