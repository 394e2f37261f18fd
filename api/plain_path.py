"""What is decided by the path alone, before the framework looks for a route."""

from starlette.types import ASGIApp, Receive, Scope, Send


class PlainPath:
    """Gives the requests of one path to its endpoint and all others to the application."""

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app
        self._path = path
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] == self._path:
            await self._endpoint(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class CsvSuffix:
    """`/api/claims.csv` is `/api/claims` as a table."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith("/api/") and path.endswith(".csv"):
            state = {**scope.get("state", {}), "csv": True}
            scope = {**scope, "path": path.removesuffix(".csv"), "state": state}
        await self._app(scope, receive, send)
