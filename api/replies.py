"""complete answers -> HTTP responses."""

from collections.abc import Mapping

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response
from starlette.types import Send

from kg.answers import Answer

_CHUNK = 1 << 18


async def send_answer(
    found: Answer, send: Send, *, body: bool = True, headers: Mapping[str, str] | None = None
) -> None:
    """Send a 200 with the answer; a large one is read from its file as fast as the client takes it."""
    encoded = [
        (b"content-type", content_type(found.media_type).encode()),
        (b"content-length", str(found.length).encode()),
        *(
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in (headers or {"vary": "Accept"}).items()
        ),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": encoded})
    if not body:
        await send({"type": "http.response.body", "body": b""})
    elif found.file is None:
        await send({"type": "http.response.body", "body": found.body})
    else:
        with found.file.open("rb") as stored:
            while chunk := stored.read(_CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def content_type(media_type: str) -> str:
    """The media type, with its charset where a client would otherwise assume another (text/*)."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def answer_response(found: Answer) -> Response:
    """The answer as a response; a file goes when it has been sent."""
    headers = {"Content-Type": content_type(found.media_type)}
    if found.file is None:
        return Response(found.body, headers=headers)
    gone = BackgroundTask(found.file.unlink, missing_ok=True)
    return FileResponse(found.file, headers=headers, background=gone)
