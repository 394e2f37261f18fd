"""The OpenAPI description: what FastAPI knows, and what it cannot know: problems and the SPARQL endpoint."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE, Problem, problems
from api.protocol import FORM, QUERY
from kg.errors import (
    BadQuery,
    BadRequest,
    BodyTooLarge,
    Forbidden,
    NotAcceptable,
    Overloaded,
    QueryTimeout,
    QueryTooHeavy,
    RemoteServiceFailed,
    StoreUnavailable,
    UnsupportedMedia,
)
from kg.formats import GRAPHS, RESULTS

_TEMPLATE = "#/components/schemas/{model}"
_EXAMPLE = (
    "PREFIX aif: <https://w3id.org/ai-factory/ns#> "
    "SELECT ?claim ?statement WHERE { ?claim aif:statement ?statement } LIMIT 5"
)
_FAILURES = problems(
    BadQuery,
    BadRequest,
    Forbidden,
    NotAcceptable,
    BodyTooLarge,
    UnsupportedMedia,
    QueryTooHeavy,
    QueryTimeout,
    RemoteServiceFailed,
    Overloaded,
    StoreUnavailable,
)


def install(app: FastAPI) -> None:
    """Have the app describe itself completely."""
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]


def _description(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version="3.1.0",
            description=app.description,
            license_info=app.license_info,
            routes=app.routes,
        )
        _add_problems(found)
        found["paths"]["/sparql"] = _sparql()
        app.openapi_schema = found
    return app.openapi_schema


def _add_problems(found: dict[str, Any]) -> None:
    """One schema for all errors, in place of FastAPI's own shape of a 422."""
    schema = Problem.model_json_schema(ref_template=_TEMPLATE)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in found["paths"].values():
        for operation in path.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"] = {
                    "description": "The request is not valid",
                    "content": {MEDIA_TYPE: {"schema": {"$ref": _TEMPLATE.format(model="Problem")}}},
                }


def _sparql() -> dict[str, Any]:
    text = {"type": "string"}
    query = {
        "name": "query",
        "in": "query",
        "schema": text,
        "description": "Without it the endpoint describes itself",
        "example": _EXAMPLE,
    }
    return {
        "get": {
            "tags": ["sparql"],
            "summary": "Query by GET",
            "description": "SPARQL 1.1 Protocol. The default graph is the union of all named graphs.",
            "parameters": [query, *_parameters()],
            "responses": _responses(),
        },
        "post": {
            "tags": ["sparql"],
            "summary": "Query by POST, in a form or as the body",
            "parameters": _parameters(),
            "requestBody": {
                "required": True,
                "content": {
                    QUERY: {"schema": text, "example": _EXAMPLE},
                    FORM: {
                        "schema": {"type": "object", "properties": {"query": text}, "required": ["query"]}
                    },
                },
            },
            "responses": _responses(),
        },
    }


def _parameters() -> list[dict[str, Any]]:
    graphs = {"type": "array", "items": {"type": "string", "format": "iri"}}
    formats = sorted({*RESULTS, *GRAPHS, "json", "xml", "turtle"})
    return [
        {"name": "default-graph-uri", "in": "query", "schema": graphs},
        {"name": "named-graph-uri", "in": "query", "schema": graphs},
        {
            "name": "timeout",
            "in": "query",
            "schema": {"type": "number", "exclusiveMinimum": 0},
            "description": "Seconds until the query is stopped; the service's own limit stays the longest",
        },
        {
            "name": "format",
            "in": "query",
            "schema": {"type": "string", "enum": formats},
            "description": "Wins over the Accept header",
        },
        {
            "name": "explain",
            "in": "query",
            "schema": {"type": "boolean"},
            "description": "The engine's plan with rows and times, as JSON, in place of the answer",
        },
    ]


def _responses() -> dict[str, Any]:
    formats = [
        *(entry.media_type for entry in RESULTS.values()),
        *(entry.media_type for entry in GRAPHS.values()),
    ]
    return {
        "200": {
            "description": "The complete answer; with `explain` the plan, as application/json",
            "content": {name: {} for name in [*formats, "application/json"]},
        },
        **{str(status): response for status, response in _FAILURES.items()},
    }
