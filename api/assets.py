"""Files that the pages load: built ones under hashed names, for ever; plain ones where there is no build."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from kg.errors import UnknownIri

router = APIRouter(include_in_schema=False)

_OURS = Path(str(files("api") / "static"))
_BUILT = _OURS / "built"
# swagger-ui 5 from the fastapi-swagger package: the first that reads OpenAPI 3.1.
_SWAGGER = Path(str(files("fastapi_swagger") / "resources"))
_FILES = {
    "style.css": _OURS / "style.css",
    "docs.js": _OURS / "docs.js",
    "icon.svg": _OURS / "icon.svg",
    "swagger-ui.css": _SWAGGER / "swagger-ui.css",
    "swagger-ui-bundle.js": _SWAGGER / "swagger-ui-bundle.js",
}
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"
_SANS = "source-sans-3-latin-wght-normal.woff2"


@cache
def _built() -> dict[str, str]:
    """Plain name to hashed name of what `make assets` built; empty without a build."""
    manifest = _BUILT / "manifest.json"
    return dict(json.loads(manifest.read_text())) if manifest.exists() else {}


def asset(name: str) -> str | None:
    """Where a file of the pages is served; None for a script or font that was not built."""
    if name in _built():
        return f"/static/{_built()[name]}"
    return f"/static/{name}" if name in _FILES else None


def first_font() -> str | None:
    """The one font that is worth loading before the style asks for it."""
    return asset(_SANS)


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """A file that the pages load."""
    hashed = name in _built().values()
    path = _BUILT / name if hashed else _FILES.get(name)
    if path is None:
        raise UnknownIri(f"no file {name} is served")
    media_type = _TYPES[name.rpartition(".")[2]]
    headers = {"Cache-Control": _FOR_EVER if hashed else _AN_HOUR}
    return FileResponse(str(path), media_type=media_type, headers=headers)


@router.get("/favicon.ico")
async def icon() -> Response:
    """The icon that browsers ask for."""
    return FileResponse(str(_FILES["icon.svg"]), media_type=_TYPES["svg"])
