"""request bodies -> triples as sent: one body, or the parts of a form."""

from collections.abc import AsyncGenerator

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from api.connections import read_body
from kg.errors import BadRequest, UnsupportedMedia
from kg.formats import GRAPHS
from kg.writes import Payload


async def read_payloads(request: Request, max_bytes: int) -> tuple[Payload, ...]:
    """The triples of a Graph Store write, SPARQL 1.1 Graph Store Protocol, 5.3 to 5.5.

    Raises:
        UnsupportedMedia: if a body or part is in no format for triples.
        BadRequest: if a form is broken.
    """
    body = await read_body(request, max_bytes)
    content_type = request.headers.get("content-type")
    if _media_type(content_type) != "multipart/form-data":
        return (Payload(body, format_of(content_type)),)
    return await _parts(request.headers, body)


def format_of(content_type: str | None) -> str:
    """The name of the format for triples that a Content-Type header stands for."""
    media_type = _media_type(content_type)
    for name, entry in GRAPHS.items():
        if media_type in entry.media_types:
            return name
    known = ", ".join(entry.media_type for entry in GRAPHS.values())
    raise UnsupportedMedia(f"triples are read from {known}, not from {media_type or 'an unnamed type'}")


def _media_type(content_type: str | None) -> str:
    return parse_options_header(content_type)[0].decode("latin-1").lower() if content_type else ""


async def _parts(headers: Headers, body: bytes) -> tuple[Payload, ...]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(headers, stream()).parse()
    except MultiPartException as error:
        raise BadRequest(f"the form is broken: {error.message}") from error
    uploads = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
    return tuple([Payload(await part.read(), format_of(part.content_type)) for part in uploads])
