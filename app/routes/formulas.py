"""Formulas of one's own, read before a session is made of them."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from app.models import Body
from engine import read_formula

router = APIRouter(prefix="/api", tags=["catalogue"])


class FormulaRequest(Body):
    """A formula as it is typed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"formula": "loss = mean((w * x - y)**2)"}]})
    formula: Annotated[str, Field(max_length=2000, description="Lines such as p = sigmoid(w * x + b), the last of them loss = …")]


@router.post("/formulas")
async def formula(body: FormulaRequest) -> dict[str, Any]:
    """The parameters and the letters of the data that a formula reads, and how many operations it has, or what is `wrong` with it and where."""
    return read_formula(body.formula)
