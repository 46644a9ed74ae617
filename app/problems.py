"""Refusals as problem documents (RFC 9457): what was expected, what came, and what to do."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from engine import Diverged, EngineError, FormulaError, OutOfReach, SpecError, TableError, TooLarge, UnknownName

STATUS: dict[type[EngineError], int] = {
    SpecError: 422, TooLarge: 413, OutOfReach: 409, UnknownName: 404, Diverged: 409, TableError: 422, FormulaError: 422,
}  # fmt: skip
FIELD = 120
MESSAGE = 400


class Problem(Exception):
    """A refusal with its status and its sentence."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def document(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The body of a problem answer."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "errors": errors or []}


def response(status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem answer."""
    return JSONResponse(document(status, detail, errors), status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every exception with a problem document."""

    @app.exception_handler(Problem)
    async def _(request: Request, error: Problem) -> JSONResponse:
        return response(error.status, error.detail, headers=error.headers)

    @app.exception_handler(EngineError)
    async def _(request: Request, error: EngineError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        field = getattr(error, "field", None)
        sentence = _sentence(str(error))
        return response(status, sentence, [{"field": field, "message": sentence}] if field else None)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"field": _field(each["loc"]), "message": _sentence(each["msg"])} for each in error.errors()[:20]]
        return response(422, "; ".join(f"{each['field']}: {each['message']}" for each in errors[:3]), errors)

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> JSONResponse:
        words = {400: "The body could not be read as JSON.", 404: "There is nothing at this address.", 405: f"This address does not take {request.method}."}
        return response(error.status_code, words.get(error.status_code, str(error.detail)), headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> JSONResponse:
        return response(500, "The server made a mistake. Nothing of your session is lost; try again, or report what you did.")


def _field(place: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in place if part != "body"]
    return ".".join(parts)[:FIELD].encode("ascii", "replace").decode() or "body"


def _sentence(text: str) -> str:
    text = text.removeprefix("Value error, ")[:MESSAGE]
    return (text[:1].upper() + text[1:]).encode("utf-8", "replace").decode()
