"""Large answers, written away from the event loop and in pieces, so that nobody waits for somebody else's weights."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from fastapi.responses import Response

Responses = dict[int | str, dict[str, Any]]
PIECE = 1000
"""Numbers that may be written at once."""


def kinds(*names: str) -> Responses:
    """The `responses` of an endpoint that answers with these kinds of content."""
    return {200: {"content": {name: {"schema": {} if name == "application/json" else {"type": "string"}} for name in names}}}


async def answer(value: object) -> Response:
    """A JSON answer."""
    return Response(await asyncio.to_thread(lambda: "".join(_pieces(value))), media_type="application/json")


def _pieces(value: object) -> Iterator[str]:
    """The JSON text of plain values; long lists and everything in objects come one by one."""
    if isinstance(value, dict):
        for place, (name, each) in enumerate(value.items()):
            yield f"{',' if place else '{'}{json.dumps(name)}:"
            yield from _pieces(each)
        yield "}" if value else "{}"
    elif isinstance(value, list) and (len(value) > PIECE or any(isinstance(each, (list, dict)) for each in value[:1])):
        nested = bool(value) and isinstance(value[0], (list, dict))
        for start in range(0, len(value), 1 if nested else PIECE):
            yield "," if start else "["
            yield from _pieces(value[start]) if nested else [json.dumps(value[start : start + PIECE], allow_nan=False)[1:-1]]
        yield "]"
    else:
        yield json.dumps(value, allow_nan=False)
