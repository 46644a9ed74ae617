"""What lies inside a layer: a sequence step by step, a window on an image, the many uses of one weight, and who attends to whom."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import LiveSession
from app.answer import answer
from app.routes.explanations import Example, Target

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Layer = Annotated[int | None, Query(ge=0, le=10_000, description="The layer's index in the spec; without it and without a scope, the first there is")]
Scope = Annotated[
    str | None,
    Query(
        max_length=200,
        description="A layer inside another, by its scope as the graph gives it; without it, the first in the layer",
        examples=["1.residual/0.conv2d"],
    ),
]
Filter = Annotated[int, Query(ge=0, le=10_000, description="Which filter, from 0")]
Channel = Annotated[int, Query(ge=0, le=10_000, description="Which channel of what the filter looks at, from 0")]
Index = Annotated[int, Query(ge=0, le=10_000, description="Counted from 0")]
Place = Annotated[
    str | None, Query(pattern=r"^\d{1,4},\d{1,4}$", description="Row and column, from 0; without it, where the gradient is largest", examples=["2,3"])
]


@router.get("/explain/uses")
async def uses(live: LiveSession, target: Target, example: Example = None) -> Response:
    """A weight's gradient for one example as a sum over its uses: time steps, or places of a window; in the order of the backward pass, with the sum so far."""
    return await answer(await live.read(lambda session: session.uses(target, example)))


@router.get("/sequence")
async def sequence(
    live: LiveSession, layer: Layer = None, example: Example = None, scope: Scope = None,
    of: Annotated[str | None, Query(max_length=40, description="A parameter of the layer")] = None,
) -> Response:  # fmt: skip
    """A recurrent layer unrolled: states, gates and the gradients that arrive at each time step, and what each step adds to each shared parameter's gradient.

    Of the parameter `of` (without it the recurrent matrix) the contributions are given in full where they are few enough.
    """
    return await answer(await live.read(lambda session: session.sequence(layer, example, of, scope)))


@router.get("/convolution")
async def convolution(
    live: LiveSession, layer: Layer = None, example: Example = None, scope: Scope = None,
    filter: Filter = 0, channel: Channel = 0, at: Place = None, tap: Place = None, pixel: Place = None,
) -> Response:  # fmt: skip
    """A convolution or pooling laid open: the window at a place, the filter's gradient as a map over all places, a pixel's gradient by the kernel.

    `at` is a place of the window, `tap` an element of the kernel and `pixel` one of the image that is read.
    """
    chosen = {"filter": filter, "channel": channel, "at": _pair(at), "tap": _pair(tap), "pixel": _pair(pixel), "scope": scope}
    return await answer(await live.read(lambda session: session.convolution(layer, example, **chosen)))


@router.get("/attention")
async def attention(
    live: LiveSession, layer: Layer = None, example: Example = None, scope: Scope = None, head: Index = 0, cell: Place = "0,0",
) -> Response:  # fmt: skip
    """One head of an attention: scores, weights and mix with what arrives at them, and one cell through its row of the softmax Jacobian, into Q, K and V.

    `cell` is the position that asks and the one that is asked.
    """
    return await answer(await live.read(lambda session: session.attention(layer, example, head, _pair(cell) or (0, 0), scope)))


@router.get("/normalization")
async def normalization(
    live: LiveSession, node: Annotated[int | None, Query(ge=0, le=1_000_000, description="The normalisation's node; without it, the first")] = None,
    example: Example = None, unit: Index = 0, place: Index = 0,
) -> Response:  # fmt: skip
    """A batch or layer normalisation laid open: mean and variance, and the gradient at each value they are taken of, straight and through either of them.

    `unit` is a unit or a channel, and `place` a pixel or a moment of it, row by row.
    """
    return await answer(await live.read(lambda session: session.normalization(node, example, unit, place)))


@router.get("/memory")
async def memory(
    live: LiveSession,
    updates: Annotated[int | None, Query(ge=0, le=500, description="Updates that each is trained for; without it up to 300, as many as take seconds")] = None,
) -> Response:
    """RNN, LSTM and GRU on the same data with the same seed: the size of the last step's gradient at each earlier hidden state."""
    return await answer(await live.work(lambda session: session.memory(updates)))


def _pair(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    row, column = text.split(",")
    return int(row), int(column)
