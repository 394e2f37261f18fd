"""Tables by the suffix of the path, decided before the framework looks for a route."""

from starlette.types import ASGIApp, Receive, Scope, Send


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
