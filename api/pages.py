"""The pages for people: home, and the documentation of the API, both served without the internet."""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.responses import HTMLResponse, Response

from api.assets import asset, first_font
from api.stats import read_stats
from api.web.versioned_pages import PageGraphDep, PageRoute, Shown, shown
from api.web.wording import figure_in_words, is_ahead, mark_of, period_in_words, unit_in_words, who_says
from kg.asking.cues import load_cues
from kg.disagreements import ConflictRecord, value_conflicts
from kg.errors import AifkgError, DamagedVersion, NotAcceptable
from kg.iris import BASE
from kg.report_records import report_records

router = APIRouter(include_in_schema=False, route_class=PageRoute)

# XML 1.0, 2.2: reports may hold other signs, and no writing of them is allowed.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LATEST = 5
_DISPUTES = 3

# Browsers keep to this one and to that of api.headers.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def _templates() -> Environment:
    folder = str(files("api") / "templates")
    pages = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html", "atom", "svg")),
        trim_blocks=True,
    )
    pages.filters["path"] = path_of
    pages.filters["figure"] = figure_in_words
    pages.filters["period"] = period_in_words
    pages.filters["mark"] = mark_of
    pages.filters["who"] = who_says
    pages.filters["ahead"] = is_ahead
    pages.filters["unit"] = unit_in_words
    pages.filters["zip"] = zip
    pages.globals |= {"asset": asset, "first_font": first_font()}
    return pages


def path_of(iri: str) -> str:
    """Where the service shows the thing: our IRIs at their own path, others at their own place.

    >>> path_of("https://w3id.org/ai-factory/ns#Claim"), path_of("http://a.example/x")
    ('/ns#Claim', 'http://a.example/x')
    """
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def page(name: str, status: int = 200, **values: Any) -> Response:
    """A page from its template, or its drawing where that is asked for.

    Only the page that Swagger draws may have styles within it.
    """
    now = shown()
    if now is not None and now.form == "svg" and status == 200:
        return drawing(name, now, values)
    text = _templates().get_template(f"{name}.html").render(edition=shown(), **values)
    headers = {} if name == "docs" else {"Content-Security-Policy": _policy(values.get("nonce"))}
    return HTMLResponse(text, status_code=status, headers=headers)


def drawing(name: str, now: Shown, values: Mapping[str, Any]) -> Response:
    """What the page draws as a file of its own, with links to the service and the version below it.

    Raises:
        NotAcceptable: if nothing is drawn on the page.
    """
    if not values.get("drawn"):
        raise NotAcceptable("nothing is drawn on this page")
    style = (files("api") / "templates" / "drawing.css").read_text("utf-8")
    text = _templates().get_template(f"{name}.svg").render(edition=now, style=style, **values)
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; frame-ancestors 'none'"
    return Response(
        _NOT_IN_XML.sub("\ufffd", text),
        media_type="image/svg+xml",
        headers={"Content-Security-Policy": policy},
    )


def feed_of(**values: Any) -> Response:
    """The feed of changes from its template."""
    text = _templates().get_template("changes.atom").render(base=BASE, **values)
    return Response(text, media_type="application/atom+xml; charset=utf-8")


def _policy(nonce: str | None) -> str:
    """The policy; with a nonce it lets in the one style sheet that the query editor makes."""
    return _POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'") if nonce else _POLICY


@router.get("/")
async def home(graph: PageGraphDep, request: Request) -> Response:
    """What is here, how much of it, and how to ask; an empty graph says what to do."""
    address = str(request.base_url).rstrip("/")
    try:
        return page(
            "home",
            stats=await read_stats(graph.published, graph.newest()),
            reports=(await graph.ask(report_records))[:_LATEST],
            conflicts=_widest(await graph.ask(value_conflicts)),
            examples=load_cues().examples,
            address=address,
        )
    except DamagedVersion:
        raise  # the version before it makes the page
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
