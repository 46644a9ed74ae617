"""Refusals as problem documents (RFC 9457): what was expected, what came, and what to do."""

import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.schema import Stuck, fault
from app.words import clean, faults, sentence
from engine import Diverged, EngineError, FormulaError, OutOfReach, SpecError, TableError, TooLarge, UnknownName, Unreadable

STATUS: dict[type[EngineError], int] = {
    SpecError: 422, TooLarge: 413, OutOfReach: 409, UnknownName: 404, Diverged: 409, TableError: 422, FormulaError: 422,
    Unreadable: 503,
}  # fmt: skip
KIND = "application/problem+json"


class Fault(BaseModel):
    """One field that was refused."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """What every refusal answers (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault]


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused, in words", "content": {KIND: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}, "model": ProblemDocument}
}


FULL = "The disk of this server is full, or a limit to its use is reached: {}. Then do it again."


class Problem(Exception):
    """A refusal with its status and its sentence."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers

    def response(self) -> JSONResponse:
        """The answer."""
        return response(self.status, self.detail, headers=self.headers)


def on_disk(error: sqlite3.Error) -> Problem:
    """What is said where the file that sessions are kept in could not be used; what was asked for was then not done."""
    match "stuck" if isinstance(error, Stuck) else fault(error):
        case "stuck":
            return Problem(507, FULL.format("not even a deletion can be written down, so it was not done. Whoever runs it can free some space on the disk"))
        case "full":
            return Problem(507, FULL.format("this could not be kept and was not done. Free some space: delete a session, or ask whoever runs the server"))
        case "locked":
            why = "Another program holds the file that sessions are kept in, a backup perhaps, so this was not done; nothing is lost."
            return Problem(503, f"{why} Try again in a moment.", {"retry-after": "2"})
        case "damaged":
            why = f"The file that sessions are kept in is damaged ({error}), so this was not done."
            return Problem(503, f"{why} Tell whoever runs the server: it needs a copy from before.", {"retry-after": "60"})
    return Problem(503, f"The file that sessions are kept in could not be used ({error}), so this was not done. Try again in a moment.", {"retry-after": "10"})


def response(status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem answer."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "errors": errors or []}
    return JSONResponse(body, status, headers, media_type=KIND)


def install(app: FastAPI) -> None:
    """Answer every exception with a problem document."""

    @app.exception_handler(Problem)
    async def _(request: Request, error: Problem) -> JSONResponse:
        return error.response()

    @app.exception_handler(sqlite3.Error)
    async def _(request: Request, error: sqlite3.Error) -> JSONResponse:
        return on_disk(error).response()

    @app.exception_handler(EngineError)
    async def _(request: Request, error: EngineError) -> JSONResponse:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
        field = getattr(error, "field", None)
        message = sentence(str(error))
        if not field:
            return response(status, message)
        field = clean(field, 120)
        return response(status, f"{field}: {message}", [{"field": field, "message": message}])

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = faults(error.errors(), error.body)
        return response(422, "; ".join(f"{each['field']}: {each['message']}" for each in errors[:3]), errors)

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> JSONResponse:
        words = {400: "The body could not be read as JSON.", 404: "There is nothing at this address.", 405: f"This address does not take {request.method}."}
        return response(error.status_code, words.get(error.status_code, str(error.detail)), headers=error.headers)

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> JSONResponse:
        return response(500, "The server made a mistake. Your session is still there; try again, or report what you did.")
