"""Tables of one's own."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from engine import TableError, parse_table

router = APIRouter(prefix="/api", tags=["catalogue"])
BODY = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}, "example": "x,y,label\n0,0,no\n0,1,yes\n"}}}


@router.post("/tables", openapi_extra={"requestBody": BODY})
async def table(
    request: Request,
    target: Annotated[str | None, Query(max_length=64, description="Name or number of the target column; the last by default")] = None,
    delimiter: Annotated[str | None, Query(min_length=1, max_length=3, description="What parts the columns: , ; | or tab; found out by default")] = None,
    header: Annotated[bool | None, Query(description="Whether the first row has names; found out by default")] = None,
) -> dict[str, Any]:
    """Turn text/csv into the `data` of a spec."""
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError("this file is not UTF-8 text; save it as CSV in UTF-8") from None
    return await asyncio.to_thread(parse_table, text, target=target, delimiter=delimiter, header=header)
