"""graph -> files for other programs: RDF, networks, tables."""

from functools import partial
from pathlib import Path

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from api.claims import FAILURES
from api.connections import unless_client_leaves
from api.deps import GraphDep
from api.problems import problems
from kg.errors import UnknownIri
from kg.exports import EXPORTS, write_export

router = APIRouter(prefix="/api/export", tags=["export"])

_SUFFIX = {
    "annotations": "annotations.jsonld",
    "reifiers": "reifiers.ttl",
    "datacube": "datacube.ttl",
    "csv": "zip",
}


class ExportOut(BaseModel):
    """A file that can be had."""

    name: str
    media_type: str
    what: str
    url: str


class ExportList(BaseModel):
    """All of them."""

    exports: list[ExportOut]


@router.get("")
async def list_exports() -> ExportList:
    """The files that can be had of the newest version."""
    return ExportList(
        exports=[
            ExportOut(name=one.name, media_type=one.media_type, what=one.what, url=f"/api/export/{one.name}")
            for one in EXPORTS.values()
        ]
    )


@router.get("/{name}", response_class=Response, responses=problems(UnknownIri) | FAILURES)
async def get_export(graph: GraphDep, request: Request, name: str) -> Response:
    """One file, written to disk first, so that it is whole however slowly it is fetched."""
    if name not in EXPORTS:
        raise UnknownIri(f"there is no export {name}; /api/export lists them")
    path: Path = graph.pool.new_spool()
    version = graph.newest()
    work = partial(write_export, name=name, path=path)
    try:
        media_type = await unless_client_leaves(request, graph.ask(work, version=version))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    filename = f"aifkg-{version.number}.{_SUFFIX.get(name, name)}"
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type=media_type, filename=filename, background=gone)
