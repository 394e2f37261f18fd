"""Headers that every response carries: what browsers may do with it, and that any page may read it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

# Pages load nothing from elsewhere; swagger-ui inlines styles and images.
_POLICY = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    b"object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    # Reading is open to everybody, and no answer depends on cookies.
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, Retry-After, Server-Timing, X-Graph-Version"),
]
_OF_PAGES: Headers = [
    (b"content-security-policy", _POLICY),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]


class SecurityHeaders:
    """Adds the headers, and answers the question that browsers ask before a request from another page."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _asks_for_permission(scope):
            headers = [*ALWAYS, *_preflight([])]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: Headers = [*message.get("headers", ()), *ALWAYS]
                if any(value.startswith(b"text/html") for name, value in headers if name == b"content-type"):
                    headers += _OF_PAGES
                if scope["method"] == "OPTIONS":
                    headers += _preflight(headers)
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _asks_for_permission(scope: Scope) -> bool:
    """Whether a browser asks before a request from another page, at a route that knows no OPTIONS itself."""
    return (
        scope["method"] == "OPTIONS"
        and scope["path"].startswith("/api/")
        and any(name == b"access-control-request-method" for name, _ in scope["headers"])
    )


def _preflight(headers: Headers) -> Headers:
    """What another page may ask here: whatever the resource allows."""
    allowed = next((value for name, value in headers if name.lower() == b"allow"), b"GET, HEAD, POST")
    return [
        (b"access-control-allow-methods", allowed),
        (b"access-control-allow-headers", b"Content-Type, Accept, Authorization"),
        (b"access-control-max-age", b"86400"),
    ]
