"""The pages for people: home, and the documentation of the API, both served without the internet."""

from functools import cache, partial
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.responses import FileResponse, HTMLResponse, Response

from api.deps import GraphDep
from api.stats import read_stats
from api.web.wording import figure_in_words, is_ahead, mark_of, period_in_words, unit_in_words, who_says
from kg.asking.cues import load_cues
from kg.disagreements import ConflictRecord, conflict_records
from kg.errors import AifkgError, UnknownIri
from kg.iris import BASE
from kg.report_records import report_records

router = APIRouter(include_in_schema=False)

_LATEST = 5
_DISPUTES = 3

_OURS = files("api") / "static"
# swagger-ui 5 from the fastapi-swagger package: the first that reads OpenAPI 3.1.
_SWAGGER = files("fastapi_swagger") / "resources"
_FILES = {
    "style.css": _OURS / "style.css",
    "docs.js": _OURS / "docs.js",
    "query.js": _OURS / "query.js",
    "icon.svg": _OURS / "icon.svg",
    "swagger-ui.css": _SWAGGER / "swagger-ui.css",
    "swagger-ui-bundle.js": _SWAGGER / "swagger-ui-bundle.js",
}
# Browsers keep to this one and to that of api.headers.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def _templates() -> Environment:
    folder = str(files("api") / "templates")
    pages = Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(), trim_blocks=True)
    pages.filters["path"] = path_of
    pages.filters["figure"] = figure_in_words
    pages.filters["period"] = period_in_words
    pages.filters["mark"] = mark_of
    pages.filters["who"] = who_says
    pages.filters["ahead"] = is_ahead
    pages.filters["unit"] = unit_in_words
    return pages


def path_of(iri: str) -> str:
    """Where the service shows the thing: our IRIs at their own path, others at their own place.

    >>> path_of("https://w3id.org/ai-factory/ns#Claim"), path_of("http://a.example/x")
    ('/ns#Claim', 'http://a.example/x')
    """
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def page(name: str, status: int = 200, **values: Any) -> Response:
    """A page from its template. Only the page that Swagger draws may have styles within it."""
    text = _templates().get_template(f"{name}.html").render(**values)
    headers = {} if name == "docs" else {"Content-Security-Policy": _POLICY}
    return HTMLResponse(text, status_code=status, headers=headers)


@router.get("/")
async def home(graph: GraphDep, request: Request) -> Response:
    """What is here, how much of it, and how to ask; an empty graph says what to do."""
    address = str(request.base_url).rstrip("/")
    try:
        return page(
            "home",
            stats=await read_stats(graph, graph.newest()),
            reports=(await graph.ask(report_records))[:_LATEST],
            conflicts=_widest(await graph.ask(partial(conflict_records, kind="value", about=None))),
            examples=load_cues().examples,
            address=address,
        )
    except AifkgError as error:
        return page("home", stats=None, reason=str(error), address=address)


def _widest(conflicts: list[ConflictRecord]) -> list[ConflictRecord]:
    """The conflicts about a figure whose largest value is the most times its smallest."""

    def times(conflict: ConflictRecord) -> float:
        values = [float(one.figure.value) for one in conflict.claims if one.figure and one.figure.value]
        return max(values) / min(values) if values and min(values) > 0 else 0.0

    return sorted(conflicts, key=times, reverse=True)[:_DISPUTES]


@router.get("/docs")
async def documentation() -> Response:
    """The API's documentation, drawn from /openapi.json."""
    return page("docs")


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """A file that the pages load."""
    path = _FILES.get(name)
    if path is None:
        raise UnknownIri(f"no file {name} is served")
    media_type = _TYPES[name.rpartition(".")[2]]
    return FileResponse(str(path), media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/favicon.ico")
async def icon() -> Response:
    """The icon that browsers ask for."""
    return FileResponse(str(_FILES["icon.svg"]), media_type=_TYPES["svg"])
