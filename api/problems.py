"""errors -> application/problem+json (RFC 9457), one shape for all of them, and their OpenAPI description.

`type` is stable and ends in the error's code, `title` is the same for every occurrence, `detail` tells this
one.
"""

import json
import logging
import math
import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kg.errors import AifkgError, BadQuery, MissingScope, Overloaded, TooManyRequests, Unauthorized

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://w3id.org/ai-factory/problem/"
# Codes of faults that the framework finds before any of our code runs.
_CODE_OF_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 422: "invalid-request"}

_log = logging.getLogger("aifkg.api")


class FieldProblem(BaseModel):
    """One part of a request that is not as it should be."""

    field: str
    reason: str


class Problem(BaseModel):
    """What went wrong, for people and programs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": TYPE_BASE + "unknown-iri",
                    "title": "Unknown resource",
                    "status": 404,
                    "detail": "nothing is known about acme",
                    "code": "unknown-iri",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    line: int | None = None
    column: int | None = None
    errors: list[FieldProblem] | None = None


def problem_of(error: AifkgError) -> Problem:
    """The problem that an error of the product becomes."""
    line, column = (error.line, error.column) if isinstance(error, BadQuery) else (None, None)
    return Problem(
        type=TYPE_BASE + error.code,
        title=error.title,
        status=error.status,
        detail=str(error),
        code=error.code,
        line=line,
        column=column,
    )


def headers_of(error: AifkgError) -> dict[str, str]:
    """The headers that go with an error: when to come back, or how to prove who one is."""
    if isinstance(error, Overloaded):
        return {"Retry-After": "2"}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(math.ceil(error.retry_after_s))}
    if isinstance(error, MissingScope):
        fault = f'error="insufficient_scope", scope="{error.scope}"'
        return {"WWW-Authenticate": f'Bearer realm="aifkg", {fault}'}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="aifkg", Basic realm="aifkg"'}
    return {}


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as an HTTP response."""
    return Response(
        json.dumps(problem.model_dump(exclude_none=True), ensure_ascii=False),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def problems(*errors: type[AifkgError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` of a route that can raise these errors."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        known = by_status.get(error.status)
        text = f"{known['description']}; {error.title}" if known else error.title
        by_status[error.status] = {
            "description": text,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return by_status


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""
    app.add_exception_handler(AifkgError, _of_product)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(Exception, unforeseen)


async def _of_product(_: Request, error: Exception) -> Response:
    assert isinstance(error, AifkgError)  # noqa: S101 - registered for this class
    return problem_response(problem_of(error), headers_of(error))


async def _of_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    status = error.status_code
    code = _CODE_OF_STATUS.get(status, "http-error")
    phrase = HTTPStatus(status).phrase
    detail = {
        404: f"nothing is served at {request.url.path}",
        405: f"{request.method} is not answered at {request.url.path}",
    }.get(status, str(error.detail))
    problem = Problem(type=TYPE_BASE + code, title=phrase, status=status, detail=detail, code=code)
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods_at(request)):
        headers["Allow"] = ", ".join(methods)
    return problem_response(problem, headers)


def _methods_at(request: Request) -> list[str]:
    """All methods of a path that OpenAPI describes; the framework names those of the first that fits."""
    path = request.url.path
    described: dict[str, Any] = request.app.openapi()["paths"]
    if path in described:
        return sorted(method.upper() for method in described[path])
    for gap in ("[^/]+", ".+"):  # an id may be an IRI, with slashes in it
        fitting = [known for known in described if re.fullmatch(re.sub(r"\{\w+\}", gap, known), path)]
        if fitting:
            return sorted({method.upper() for known in fitting for method in described[known]})
    return []


async def _of_validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    fields = [
        FieldProblem(field=".".join(str(part) for part in found["loc"]), reason=str(found["msg"]))
        for found in error.errors()
    ]
    problem = Problem(
        type=TYPE_BASE + "invalid-request",
        title="The request is not valid",
        status=422,
        detail="; ".join(f"{field.field}: {field.reason}" for field in fields),
        code="invalid-request",
        errors=fields,
    )
    return problem_response(problem)


async def unforeseen(request: Request, error: Exception) -> Response:
    """An unforeseen error: the client gets an id, the log gets the rest under the same id."""
    number = secrets.token_hex(4)
    _log.error("unforeseen error %s at %s %s", number, request.method, request.url.path, exc_info=error)
    problem = Problem(
        type=TYPE_BASE + "internal",
        title="Something went wrong here",
        status=500,
        detail=f"the service failed; its log has more under {number}",
        code="internal",
    )
    return problem_response(problem)
