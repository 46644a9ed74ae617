"""Reading a session: structure, numbers, explanations, files. Nothing here moves it."""

from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response

from app.access import Bounds, LiveSession
from app.answer import answer, kinds
from app.live import Live
from app.problems import Problem
from app.samples import sample
from app.scheduler import held, settled
from engine import Session, ended

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Answer = TypeVar("Answer")
Branch = Annotated[int | None, Query(ge=1, le=2**31, description="A branch's number; without it, the current one")]
Update = Annotated[int | None, Query(ge=0, le=2**31, description="After how many updates of that branch; without it, at its end")]
Resolution = Annotated[int, Query(ge=2, description="Points along each side")]
Example = Annotated[int | None, Query(ge=0, le=10_000_000, description="An example's number; without it, the batch")]


@router.get("/graph")
async def graph(live: LiveSession) -> Response:
    """The structure: nodes, instructions, parameters, columns, formulas, and the order of a frame's arrays."""
    return await answer(await live.read(lambda session: session.graph()))


@router.get("/gradients", responses=sample("gradients"))
async def gradients(live: LiveSession, example: Example = None) -> Response:
    """Every parameter's gradient, of the batch's objective or of one example's loss."""
    return await _with_position(live, "gradients", lambda session: session.gradients(example))


@router.get("/parameters", responses=sample("parameters"))
async def parameters(live: LiveSession) -> Response:
    """Every parameter's value."""
    return await _with_position(live, "parameters", lambda session: session.parameters())


@router.get("/values/{node}")
async def values(live: LiveSession, node: Annotated[int, Path(ge=0, le=1_000_000)], example: Example = None) -> Response:
    """A node's value and the gradient arriving at it."""
    return await answer(await live.read(lambda session: session.values(node, example)))


@router.get("/data")
async def data(live: LiveSession, limits: Bounds, limit: Annotated[int, Query(ge=1, description="How many at most")] = 1000) -> Response:
    """The examples in their raw columns, training rows first."""
    return await answer(await live.read(lambda session: session.examples(min(limit, limits.examples))))


@router.get("/predictions")
async def predictions(live: LiveSession, branch: Branch = None, update: Update = None) -> Response:
    """What the network says of every example now, and how wrong it is; or what it said in another branch."""
    return await answer(await _outlook(live, branch, update))


@router.get("/metrics")
async def metrics(live: LiveSession, branch: Branch = None) -> Response:
    """The curves of the run so far, or of another branch: losses, accuracies, and how large the gradients of each layer that learns were.

    `low`, `median` and `high` are the 10th, 50th and 90th percentile of |∂L/∂w| over all weights of a layer together, those of layers inside it among them.
    Biases do not count; where a layer has nothing but vectors, such as a normalisation, all its parameters do. A formula's parameters have a curve each.
    """
    return await answer(await live.read(settled(lambda session: session.metrics(branch))))


@router.get("/surface", response_class=Response, responses=kinds("application/json", "application/octet-stream"))
async def surface(
    live: LiveSession,
    request: Request,
    limits: Bounds,
    resolution: Resolution = 24,
    branch: Branch = None,
    update: Update = None,
) -> Response:
    """Every unit's value over the plane of a 2-input network, here or in another branch: JSON, or float32 for Accept: application/octet-stream."""
    if resolution > limits.resolution:
        raise Problem(413, f"A surface may have {limits.resolution} points a side, and {resolution} were asked for.")
    if "application/octet-stream" in request.headers.get("accept", ""):
        return Response(await _outlook(live, branch, update, resolution, packed=True), media_type="application/octet-stream")
    return await answer(await _outlook(live, branch, update, resolution))


@router.get("/explain")
async def explain(live: LiveSession, target: Annotated[str, Query(max_length=80, description="What is laid open")], example: Example = None) -> Response:
    """One weight (`parameter:2.W[2,3]`), neuron (`value:4[3]`) or op (`op:7`) laid open with its numbers."""
    return await answer(await live.read(lambda session: session.explain(target, example)))


@router.get("/check")
async def check(
    live: LiveSession,
    name: Annotated[str, Query(max_length=30, description="A parameter, such as 2.W")],
    index: Annotated[str, Query(max_length=30, description="Its place, counted from 0, such as 2,3")],
    example: Example = None,
) -> Response:
    """One gradient measured again by central differences."""
    return await answer(await live.read(lambda session: session.check(f"{name}[{index}]", example)))


@router.get("/checks")
async def checks(live: LiveSession) -> Response:
    """Every gradient measured again, or a seeded sample of a large network's."""
    return await answer(await live.work(lambda session: session.checking()))


@router.get("/export", response_class=Response, responses=kinds("application/octet-stream", "text/csv"))
async def export(
    live: LiveSession,
    what: Annotated[Literal["parameters", "gradients", "update", "start"], Query(description="Which numbers")] = "parameters",
    format: Annotated[Literal["npz", "csv"], Query(description="NumPy's arrays by name, or rows of name, index, value")] = "npz",
) -> Response:
    """Numbers as a file: parameters, gradients, what the shown update began with, or what the run began with (examples and first weights)."""
    content = await live.read(lambda session: session.export(format, what))
    kind = {"npz": "application/octet-stream", "csv": "text/csv; charset=utf-8"}[format]
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{what}.{format}"'})


async def _with_position(live: Live, name: str, job: Any) -> Response:
    def read(session: Session) -> dict[str, Any]:
        state = live.state()
        return {"position": state["position"], "loss": state["loss"], "diverged": state["diverged"], name: job(session)}

    return await answer(await live.read(read))


async def _outlook(live: Live, branch: int | None, update: int | None, resolution: int | None = None, *, packed: bool = False) -> Any:
    if branch is None and update is None:
        return await live.read(held(lambda session: session.outlook(resolution, packed=packed)))
    return await live.visit(branch, update, lambda twin: ended(twin.outlook(resolution, packed=packed)))
