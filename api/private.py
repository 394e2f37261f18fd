"""Reading for key holders alone, where the operator wants that (AIFKG_PRIVATE)."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.keys import Keys
from api.problems import headers_of, problem_of, problem_response
from kg.errors import AifkgError, BadSetting

# Probes carry no key, pages without their styles help nobody, and a job's id is as good as a key.
_OPEN = ("/healthz", "/readyz", "/static/", "/api/jobs/")


class Private:
    """Lets requests through that carry a key."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        """Wrap the application; BadSetting if there are no keys, since nobody could read."""
        if not keys.any:
            raise BadSetting("AIFKG_PRIVATE needs keys: name their file in AIFKG_KEYS")
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say that it needs a key."""
        if scope["type"] == "http" and not scope["path"].startswith(_OPEN):
            try:
                self._keys.allow(Headers(scope=scope).get("authorization"), "read")
            except AifkgError as error:
                await problem_response(problem_of(error), headers_of(error))(scope, receive, send)
                return
        await self._app(scope, receive, send)
