"""Who may ask, and how a request is refused: a bearer key, and problems as JSON."""

import secrets
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException as RoutingException

from simulator.company.records.kept import Problem

DEMO_KEY = "larkfield-demo"
CODES = {401: "unauthorised", 404: "not_found", 405: "method_not_allowed", 422: "invalid"}

bearer = HTTPBearer(auto_error=False, scheme_name="apiKey", description="The back office's API key.")


class Refusal(HTTPException):
    """The request is understood and not carried out; nothing has changed."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(status, detail)
        self.code = code


def conflict(code: str, detail: str) -> Refusal:
    """The record is not in a state for this."""
    return Refusal(409, code, detail)


def require_key(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    if given is None or not secrets.compare_digest(
        given.credentials.encode(), request.app.state.key.encode()
    ):
        raise HTTPException(401, "Send the API key as `Authorization: Bearer <key>`.")


def problem(status: int, detail: str, code: str | None = None) -> JSONResponse:
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code or CODES.get(status, "failed"),
        detail=detail,
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body.model_dump(), status, headers)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The document's words for these refusals."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def speak_in_problems(app: FastAPI) -> None:
    @app.exception_handler(RoutingException)
    async def refused(_: Request, refusal: RoutingException) -> JSONResponse:
        code = refusal.code if isinstance(refusal, Refusal) else None
        return problem(refusal.status_code, refusal.detail, code)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, refusal: RequestValidationError) -> JSONResponse:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in refusal.errors()
        )
        return problem(422, wrong)
