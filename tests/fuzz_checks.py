"""What Schemathesis cannot know of the service; `fuzz.py` has it loaded."""

import json

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    response_schema_conformance,
    unsupported_method,
)


@schemathesis.serializer("application/sparql-query")
def query_as_text(_, value):
    return str(value).encode()


@schemathesis.check
def whole_answers_follow_their_schema(ctx, response, case):
    """`fields=` asks for parts of an answer, which no schema of the whole describes."""
    if not (case.query or {}).get("fields"):
        response_schema_conformance(ctx, response, case)


@schemathesis.check
def nothing_fails_but_what_is_asked_to_end_at_once(ctx, response, case):
    """A query that is given no time is stopped, with the problem that says so."""
    if not (response.status_code == 504 and json.loads(response.content)["code"] == "query-timeout"):
        not_a_server_error(ctx, response, case)


@schemathesis.check
def methods_are_those_that_are_described(ctx, response, case):
    """OpenAPI 3.1 has no word for the method QUERY, which /sparql answers."""
    if case.path != "/sparql":
        unsupported_method(ctx, response, case)
        allow_header_conformance(ctx, response, case)


@schemathesis.check
def what_is_broken_is_refused(ctx, response, case):
    """Who asks /sparql without a query gets its description, whatever else is in the address."""
    if case.path != "/sparql" or case.method != "GET" or "query" in (case.query or {}):
        negative_data_rejection(ctx, response, case)
