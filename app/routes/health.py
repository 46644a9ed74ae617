"""Whether the server is ready."""

from fastapi import APIRouter

router = APIRouter(tags=["server"])


@router.get("/health")
async def health() -> dict[str, str]:
    """200 when the server is ready."""
    return {"status": "ready"}
