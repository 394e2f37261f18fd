"""settings -> where a remote store takes queries, updates and graphs, found by asking it.

A base address is tried as Fuseki, Oxigraph and RDF4J or GraphDB lay out their services; with
`AIFKG_STORE_UPDATE_URL` and `AIFKG_STORE_GRAPHS_URL` the addresses are taken as they are. The product asks
over the union of all named graphs, so a store whose default graph is not that union is refused.
"""

import time
from dataclasses import dataclass, replace

from kg.errors import AifkgError, BadSetting, QueryFailed, StoreUnavailable
from kg.remote_revision import READ_FROM_UNION, READ_REVISION, Revision, creation, revision_in
from kg.settings import Settings
from kg.sparql_client import RESULTS_TYPE, Credentials, SparqlClient, client_for, place

Options = tuple[tuple[str, str], ...]

# Service paths below the base address: queries, updates, the Graph Store Protocol.
_LAYOUTS = (
    ("/sparql", "/update", "/data"),  # Fuseki
    ("/query", "/update", "/store"),  # Oxigraph
    ("", "/statements", "/rdf-graphs/service"),  # RDF4J, GraphDB
)
# How a store is told to ask over all named graphs: most do so unasked, Oxigraph by a parameter.
_UNIONS: tuple[Options, ...] = ((), (("union-default-graph", "true"),))
_PROBE_S = 10.0


@dataclass(frozen=True)
class Site:
    """The endpoints of one store, and how it is asked."""

    query: str
    update: str
    graphs: str
    credentials: Credentials
    timeout_s: float  # of one query or update
    union: Options = ()
    deadline: float | None = None  # of time.monotonic: nothing is waited for beyond it

    @property
    def client(self) -> SparqlClient:
        """What sends to it; one for all sites of a process with the same credentials."""
        return client_for(self.credentials)

    def left_s(self) -> float:
        """How long the next request may take."""
        if self.deadline is None:
            return self.timeout_s
        return max(0.001, min(self.timeout_s, self.deadline - time.monotonic()))

    def until(self, timeout_s: float | None) -> "Site":
        """The same store, asked for so long at most from now on."""
        return replace(self, deadline=time.monotonic() + timeout_s) if timeout_s else self

    def ask(self, text: str, options: Options = ()) -> bytes:
        """The answer to a SELECT or ASK as JSON; errors as in `SparqlClient.query`."""
        return self.client.query(
            self.query, text, accept=RESULTS_TYPE, options=options, timeout_s=self.left_s()
        )

    def revision(self) -> Revision:
        """The state that the store is in; StoreUnavailable if it holds nothing of the product."""
        found = revision_in(self.ask(READ_REVISION))
        if found is None:
            raise StoreUnavailable(
                f"{place(self.query)} holds no published version; run `aifkg ingest` first"
            )
        return found


def find_site(settings: Settings, *, create: bool = False) -> Site:
    """The site of the settings' remote store; `create` lets the product begin in an empty one.

    Raises:
        BadSetting: if the address is none.
        StoreUnavailable: if no store answers there, it holds nothing of the product yet, or its default graph
            is not the union of its named graphs.
    """
    site = site_as_it_is(settings)
    if create and revision_in(site.ask(READ_REVISION)) is None:
        site.client.update(site.update, creation(), timeout_s=site.timeout_s)
    site.revision()
    return replace(site, union=_union(site))


def site_as_it_is(settings: Settings) -> Site:
    """Where the settings' store takes what, whatever it holds; errors as in `find_site`."""
    if not settings.remote:
        raise BadSetting(f"AIFKG_STORE={settings.store} is a directory, not the address of a remote store")
    base = settings.store.rstrip("/")
    secret = {
        name: value.get_secret_value()
        for name, value in (("password", settings.store_password), ("token", settings.store_token))
        if value is not None
    }
    site = Site("", "", "", Credentials(settings.store_user, **secret), settings.query_timeout_s)
    if settings.store_update_url and settings.store_graphs_url:
        return replace(site, query=base, update=settings.store_update_url, graphs=settings.store_graphs_url)
    return _laid_out(site, base)


def _laid_out(site: Site, base: str) -> Site:
    """The first layout that answers both a query and a look at the default graph."""
    failure: AifkgError | None = None
    for query, update, graphs in _LAYOUTS:
        tried = replace(site, query=base + query, update=base + update, graphs=base + graphs)
        try:
            tried.until(_PROBE_S).ask("ASK {}")
            if site.client.exists(tried.graphs, timeout_s=_PROBE_S):
                return tried
        except (StoreUnavailable, QueryFailed) as error:
            failure = failure or error
            if "cannot be reached" in str(error) or "refuses" in str(error):
                raise
    paths = ", ".join(query or "/" for query, _, _ in _LAYOUTS)
    reason = f" ({failure})" if failure else ""
    raise StoreUnavailable(
        f"no SPARQL store is found at {base}: tried {paths}{reason}; give its addresses with AIFKG_STORE, "
        "AIFKG_STORE_UPDATE_URL and AIFKG_STORE_GRAPHS_URL"
    )


def _union(site: Site) -> Options:
    for options in _UNIONS:
        if revision_in(site.ask(READ_FROM_UNION, options)) is not None:
            return options
    raise StoreUnavailable(
        f"{place(site.query)} does not ask over the union of its named graphs; set its default graph so "
        "(Fuseki: --set tdb2:unionDefaultGraph=true)"
    )
