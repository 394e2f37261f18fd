"""HTTP request -> SPARQL operation: the three ways in of SPARQL 1.1 Protocol, 2.1 and 2.2, and HTTP QUERY.

Pure: reads method, headers, query string and body; decides nothing about who may do what.
"""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote_to_bytes

from kg.errors import BadRequest, UnsupportedMedia

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")

Kind = Literal["query", "update", "description"]
Parameters = list[tuple[str, str]]
_MOST_PARAMETERS = 1000
_WELL_ESCAPED = re.compile(rb"[^%]*+(?:%[0-9A-Fa-f]{2}[^%]*+)*+")
_GRAPHS_OF_QUERY = ("default-graph-uri", "named-graph-uri")
_GRAPHS_OF_UPDATE = ("using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True)
class Operation:
    """What the client asks for. The graphs are those of the request, not those inside the text."""

    kind: Kind
    text: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)  # everything else, such as timeout


def read_operation(method: str, content_type: str | None, query_string: bytes, body: bytes) -> Operation:
    """The operation of a request.

    Raises:
        BadRequest: if there is not exactly one query or update, or the text is not UTF-8.
        UnsupportedMedia: if the body is of another type than the protocol knows.
    """
    url = _parameters(query_string)
    if method in ("GET", "HEAD"):
        return _operation_of_url(url)
    media_type = _media_type(content_type)
    if media_type == FORM and method == "POST":
        return _operation(url + _parameters(body))
    if media_type == QUERY:
        return _direct("query", url, body)
    if media_type == UPDATE and method == "POST":
        return _direct("update", url, body)
    raise UnsupportedMedia(
        f"send the query as {QUERY} or in a form, not as {media_type or 'an unnamed type'}"
    )


def _parameters(encoded: bytes) -> Parameters:
    """Names and values in order. Not decoded twice: a query that contains `50%25` keeps it."""
    if not encoded:
        return []
    if encoded.count(b"&") >= _MOST_PARAMETERS:
        raise BadRequest(f"more than {_MOST_PARAMETERS} parameters")
    pairs = (parameter.partition(b"=") for parameter in encoded.split(b"&") if parameter)
    try:
        return [(unquoted(name).decode(), unquoted(value).decode()) for name, _, value in pairs]
    except UnicodeDecodeError as error:
        raise BadRequest("the parameters are not UTF-8") from error


def unquoted(text: bytes) -> bytes:
    """The text without its percent escapes; `+` is a space.

    Where all escapes are whole, they are those of quoted-printable with another sign, which C code reads.

    >>> unquoted(b"a+b%3D50%25"), unquoted(b"100%")
    (b'a b=50%', b'100%')
    """
    text = text.replace(b"+", b" ")
    if b"%" not in text:
        return text
    if not _WELL_ESCAPED.fullmatch(text):
        return unquote_to_bytes(text)
    return binascii.a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))


def _media_type(content_type: str | None) -> str:
    media_type, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMedia(f"the text must be UTF-8, not {value}")
    return media_type


def _operation_of_url(parameters: Parameters) -> Operation:
    if len(parameters) == 1 and parameters[0][0] == "query":  # nearly always, and small queries feel the rest
        return Operation("query", parameters[0][1])
    names = {name for name, _ in parameters}
    if "update" in names:
        raise BadRequest("an update is sent with POST")
    if "query" not in names:
        return Operation("description", options=dict(parameters))
    return _operation(parameters)


def _operation(parameters: Parameters) -> Operation:
    texts = [(name, value) for name, value in parameters if name in ("query", "update")]
    if len(texts) != 1:
        raise BadRequest(f"exactly one query or update is needed, and {len(texts)} came")
    name, text = texts[0]
    return _with_graphs("query" if name == "query" else "update", text, parameters)


def _direct(kind: Kind, url: Parameters, body: bytes) -> Operation:
    if any(name in ("query", "update") for name, _ in url):
        raise BadRequest("the text is in the body, so it may not be in the URL as well")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {error.reason} at byte {error.start}") from error
    return _with_graphs(kind, text, url)


def _with_graphs(kind: Kind, text: str, parameters: Parameters) -> Operation:
    default, named = _GRAPHS_OF_QUERY if kind == "query" else _GRAPHS_OF_UPDATE
    return Operation(
        kind,
        text,
        default_graphs=tuple(value for name, value in parameters if name == default),
        named_graphs=tuple(value for name, value in parameters if name == named),
        options={name: value for name, value in parameters if name not in (default, named, kind)},
    )
