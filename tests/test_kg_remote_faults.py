"""What goes wrong between the product and a remote store: each fault is told, nothing is made twice or half.

A real Oxigraph server stands behind a proxy that misbehaves as told.
"""

import base64
import http.server
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from remote_stores import free_port, oxigraph_server

from kg.errors import QueryTimeout, StoreUnavailable, UnknownOutcome
from kg.reading import open_newest
from kg.remote_site import find_site
from kg.remote_store import RemoteStore
from kg.settings import Settings
from kg.store import Delta

pytestmark = pytest.mark.slow

P = NamedNode("https://example.org/p")
G = NamedNode("https://example.org/g")


def quad(text: str) -> Quad:
    return Quad(NamedNode("https://example.org/s"), P, Literal(text), G)


class Proxy(http.server.ThreadingHTTPServer):
    """Passes requests on to a store, but first asks `fault` what to do instead; counts them by path."""

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.fault = lambda handler: False
        self.requests: list[tuple[str, str]] = []


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append((self.command, self.path))
        if not self.server.fault(self):
            self.answer(*self.passed_on())

    do_GET = do_HEAD = do_POST  # noqa: N815 - names of the standard library

    def passed_on(self) -> tuple[int, str, bytes]:
        kept = {name: self.headers[name] for name in ("Accept", "Content-Type") if name in self.headers}
        request = urllib.request.Request(  # noqa: S310
            self.server.target + self.path, data=self.body or None, headers=kept, method=self.command
        )
        try:
            with urllib.request.urlopen(request) as response:  # noqa: S310
                return response.status, response.headers.get("Content-Type", ""), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Content-Type", ""), error.read()

    def answer(self, status: int, media_type: str, body: bytes, **headers: str) -> bool:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)
        return True

    def hang_up(self) -> bool:
        self.close_connection = True
        return True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory):
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture
def proxy(oxigraph):
    oxigraph.clear()
    server = Proxy(oxigraph.url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(proxy, tmp_path: Path) -> Settings:
    return Settings(store=proxy.url, state=tmp_path, query_timeout_s=2)


@pytest.fixture
def store(settings: Settings) -> RemoteStore:
    return RemoteStore.open(settings)


def at(path: str, what):
    """A fault at one path alone."""
    return lambda handler: handler.path.startswith(path) and what(handler)


def in_store(oxigraph, tmp_path: Path) -> list[Quad]:
    return list(RemoteStore.open(Settings(store=oxigraph.url, state=tmp_path)).match(graph=G.value))


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnavailable, match=rf"the store at {url}/sparql cannot be reached: .*refused"):
        find_site(Settings(store=url, state=tmp_path))


def test_a_host_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"nowhere\.invalid.* cannot be reached"):
        find_site(Settings(store="https://nowhere.invalid/sparql", state=tmp_path))


def test_a_wrong_path_is_told_with_what_was_tried(oxigraph, tmp_path: Path) -> None:
    with pytest.raises(
        StoreUnavailable, match=r"no SPARQL store is found at .*/wrong: tried /sparql, /query, /"
    ):
        find_site(Settings(store=oxigraph.url + "/wrong", state=tmp_path))


def test_a_web_page_is_no_store(proxy, settings: Settings) -> None:
    proxy.fault = lambda handler: handler.answer(200, "text/html", b"<html>Welcome</html>")
    with pytest.raises(StoreUnavailable, match="not with SPARQL results"):
        find_site(settings)


def test_a_store_without_the_product_in_it_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(StoreUnavailable, match="aifkg ingest"):
        open_newest(settings)


def test_a_store_that_does_not_ask_over_the_union_is_refused(proxy, settings: Settings) -> None:
    def without_option(handler) -> bool:
        handler.body = handler.body.replace(b"&union-default-graph=true", b"")
        return False

    proxy.fault = without_option
    with pytest.raises(StoreUnavailable, match="union of its named graphs"):
        RemoteStore.open(settings)


def test_credentials_are_sent_and_never_told(proxy, settings: Settings) -> None:
    def guarded(handler) -> bool:
        wanted = "Basic " + base64.b64encode(b"writer:geheim-1").decode()
        return handler.headers.get("Authorization") != wanted and handler.answer(401, "text/plain", b"no")

    proxy.fault = guarded
    with pytest.raises(StoreUnavailable, match=r"refuses this user \(401\); set AIFKG_STORE_USER"):
        RemoteStore.open(settings)
    wrong = settings.model_copy(update={"store_user": "writer", "store_password": _secret("geheim-2")})
    with pytest.raises(StoreUnavailable) as refused:
        RemoteStore.open(wrong)
    right = settings.model_copy(update={"store_user": "writer", "store_password": _secret("geheim-1")})
    store = RemoteStore.open(right)
    assert "geheim" not in f"{refused.value!r} {refused.value} {right!r} {store._site!r} {wrong}"


def test_a_token_is_sent(proxy, settings: Settings) -> None:
    seen = []
    proxy.fault = lambda handler: seen.append(handler.headers.get("Authorization")) or False
    RemoteStore.open(settings.model_copy(update={"store_token": _secret("abc")}))
    assert set(seen) == {"Bearer abc"}


def test_credentials_do_not_follow_a_redirect(proxy, settings: Settings) -> None:
    proxy.fault = lambda handler: handler.answer(307, "text/plain", b"", Location="http://127.0.0.1:9/x")
    with pytest.raises(StoreUnavailable, match="sends elsewhere"):
        find_site(settings.model_copy(update={"store_token": _secret("abc")}))


def test_a_read_is_sent_again_when_the_connection_breaks(proxy, store: RemoteStore) -> None:
    store.apply(Delta(into={quad("x")}))
    broken = iter([True, True])
    proxy.fault = lambda handler: next(broken, False) and handler.hang_up()
    assert list(store.match(quad("x").subject.value)) == [quad("x")]


def test_a_read_that_keeps_breaking_is_given_up(proxy, store: RemoteStore) -> None:
    proxy.fault = lambda handler: handler.hang_up()
    proxy.requests.clear()
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        list(store.match(P.value))
    assert len(proxy.requests) == 3


def test_an_answer_that_breaks_off_is_no_short_answer(proxy, store: RemoteStore) -> None:
    store.apply(Delta(into={quad(f"x{i}") for i in range(100)}))

    def cut(handler) -> bool:
        status, media_type, body = handler.passed_on()
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        return handler.hang_up()

    proxy.fault = cut
    for asked in ({"graph": G.value}, {"predicate": P.value}):
        with pytest.raises(StoreUnavailable, match="broke off in the middle of an answer"):
            list(store.match(**asked))


def test_an_update_whose_answer_is_lost_is_known_to_be_made(
    proxy, store: RemoteStore, oxigraph, tmp_path: Path
) -> None:
    def made_in_silence(handler) -> bool:
        handler.passed_on()
        return handler.hang_up()

    proxy.fault = at("/update", made_in_silence)
    proxy.requests.clear()
    store.apply(Delta(into={quad("x")}))
    assert in_store(oxigraph, tmp_path) == [quad("x")]
    assert [path for _, path in proxy.requests].count("/update") == 1


def test_an_update_that_never_arrived_is_told_and_not_sent_twice(
    proxy, store: RemoteStore, oxigraph, tmp_path: Path
) -> None:
    lost = []

    def once(handler) -> bool:
        lost.append(handler.body)
        return len(lost) == 1 and handler.hang_up()

    proxy.fault = at("/update", once)
    with pytest.raises(StoreUnavailable, match="nothing was changed") as told:
        store.apply(Delta(into={quad("x")}))
    assert not isinstance(told.value, UnknownOutcome)
    assert [quad("x").object.value.encode() in body.split(b"INSERT")[1] for body in lost] == [True, False]
    late = urllib.request.Request(  # noqa: S310
        oxigraph.url + "/update", data=lost[0], headers={"Content-Type": "application/sparql-update"}
    )
    urllib.request.urlopen(late).close()  # noqa: S310 - it arrives after all, and comes to nothing
    assert not in_store(oxigraph, tmp_path)
    proxy.fault = lambda handler: False
    store.apply(Delta(into={quad("x")}))  # the writer goes on
    assert in_store(oxigraph, tmp_path) == [quad("x")]


def test_a_change_that_cannot_be_asked_about_is_told_so(proxy, store: RemoteStore) -> None:
    proxy.fault = at("/update", lambda handler: handler.hang_up())
    with pytest.raises(UnknownOutcome, match="whether it was made is not known"):
        store.apply(Delta(into={quad("x")}))


def test_a_change_is_known_to_be_made_when_others_have_written_since(
    proxy, store: RemoteStore, oxigraph, tmp_path: Path
) -> None:
    other = Settings(store=oxigraph.url, state=tmp_path)

    def overtaken(handler) -> bool:
        answer = handler.passed_on()
        RemoteStore.open(other).apply(Delta(into={quad("theirs")}))
        return handler.answer(*answer)

    proxy.fault = at("/update", overtaken)
    store.apply(Delta(into={quad("ours")}))
    proxy.fault = lambda handler: False
    assert set(in_store(oxigraph, tmp_path)) == {quad("ours"), quad("theirs")}
    store.apply(Delta(into={quad("more")}))  # it has seen theirs


def test_a_store_that_does_not_answer_is_waited_for_no_longer_than_said(proxy, store: RemoteStore) -> None:
    done = threading.Event()
    proxy.fault = lambda handler: done.wait(5) and False
    with pytest.raises(QueryTimeout):
        list(store.match(P.value))
    done.set()


def test_the_deadline_is_passed_on(proxy, store: RemoteStore) -> None:
    bodies = []
    proxy.fault = lambda handler: bodies.append(handler.body) or False
    list(store.match(P.value))
    assert b"timeout=2" in bodies[0]


def test_an_update_that_the_store_refuses_changes_nothing(proxy, store: RemoteStore) -> None:
    proxy.fault = at("/update", lambda handler: handler.answer(500, "text/plain", b"disk full"))
    with pytest.raises(StoreUnavailable, match=r"failed \(500\): disk full"):
        store.apply(Delta(into={quad("x")}))
    proxy.fault = at("/update", lambda handler: handler.answer(400, "text/plain", b"line 1"))
    with pytest.raises(StoreUnavailable, match="nothing was changed"):
        store.apply(Delta(into={quad("x")}))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://store.example.org/sparql", "http:// goes to this machine only"),
        ("https://user:geheim@store.example.org/", "would be logged"),
        ("ftp://store.example.org/", "an address like"),
        ("https:///nothing", "an address like"),
        ("https://store.example.org/?key=1", "an address like"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        Settings(store=url)
    assert "geheim" not in str(refused.value)


def test_plain_http_to_another_machine_is_a_decision() -> None:
    assert Settings(store="http://store.example.org/", store_plain_http=True).remote
    assert Settings(store="http://[::1]:3030/ds").remote
    with pytest.raises(ValueError, match="given together"):
        Settings(store="https://store.example.org/q", store_update_url="https://store.example.org/u")


def test_addresses_that_are_given_are_taken_as_they_are(oxigraph, tmp_path: Path) -> None:
    oxigraph.clear()
    settings = Settings(
        store=oxigraph.url + "/query",
        store_update_url=oxigraph.url + "/update",
        store_graphs_url=oxigraph.url + "/store",
        state=tmp_path,
    )
    RemoteStore.open(settings).apply(Delta(into={quad("x")}))
    assert in_store(oxigraph, tmp_path) == [quad("x")]


def _secret(text: str):
    from pydantic import SecretStr

    return SecretStr(text)
