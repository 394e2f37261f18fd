"""The writer's contract on every store: embedded, Oxigraph's server, Apache Jena Fuseki."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import test_kg_graph
from made_claims import AWS, DROP_IN, extraction_of, metric, relation, report_of
from pyoxigraph import Literal, NamedNode, Quad
from remote_stores import RemoteServer, fuseki_server, oxigraph_server
from test_kg_graph import graph  # noqa: F401 - a fixture of the tests that are taken over

from kg.errors import StoreChanged, StoreUnavailable
from kg.graph import Graph
from kg.remote_store import RemoteStore
from kg.settings import Settings
from kg.sparql_client import SparqlClient
from kg.store import Delta, EmbeddedStore, TripleStore
from ontology import terms

pytestmark = pytest.mark.slow

# Each test of the writer that works on a given store also runs here, on all three.
for _name, _test in vars(test_kg_graph).items():
    if _name.startswith("test_") and {"graph", "store"} & set(inspect.signature(_test).parameters):
        globals()[_name] = _test

P = NamedNode("https://example.org/p")
G1, G2 = (NamedNode(f"https://example.org/g{i}") for i in (1, 2))
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteServer]:
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="module")
def fuseki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteServer]:
    with fuseki_server(tmp_path_factory.mktemp("fuseki")) as server:
        yield server


@pytest.fixture(params=["oxigraph", "fuseki"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Those of an empty remote store."""
    server: RemoteServer = request.getfixturevalue(request.param)
    server.clear()
    return Settings(store=server.url, state=tmp_path / "state")


@pytest.fixture
def remote(settings: Settings) -> RemoteStore:
    return RemoteStore.open(settings)


@pytest.fixture(params=["embedded", "oxigraph", "fuseki"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TripleStore:
    """An empty store of each kind."""
    if request.param == "embedded":
        return EmbeddedStore(tmp_path / "live")
    server: RemoteServer = request.getfixturevalue(request.param)
    server.clear()
    return RemoteStore.open(Settings(store=server.url, state=tmp_path / "state"))


def subject(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


def test_quads_are_found_by_each_part_and_by_all_of_them(store: TripleStore) -> None:
    a, b = Quad(subject("a"), P, Literal("x"), G1), Quad(subject("b"), P, subject("a"), G2)
    store.apply(Delta(into={a, b}))
    for asked in ({"subject": subject("a").value}, {"value": Literal("x")}, {"graph": G1.value}):
        assert list(store.match(**asked)) == [a]
    assert set(store.match(predicate=P.value)) == {a, b}
    assert list(store.match(b.subject.value, P.value, subject("a").value, G2.value)) == [b]
    assert not list(store.match(b.subject.value, P.value, subject("a").value, G1.value))
    assert not list(store.match(graph="https://example.org/none"))


@pytest.mark.parametrize(
    "term",
    [
        Literal('"quotes", \\backslash, \ttab\r\nand lines'),
        Literal("日本語 😀 ﷽"),
        Literal("hallo", language="de-at"),
        Literal("500", datatype=NamedNode(XSD + "decimal")),
        Literal("0.9", datatype=NamedNode(XSD + "decimal")),
        Literal("1600000000000000000000", datatype=NamedNode(XSD + "decimal")),
        Literal("2026-11-24T11:40:00.5Z", datatype=NamedNode(XSD + "dateTime")),
        Literal("2026-05", datatype=NamedNode(XSD + "gYearMonth")),
        Literal("true", datatype=NamedNode(XSD + "boolean")),
        Literal(""),
        NamedNode("https://example.org/%C3%A9?a=b&c=d#e"),
    ],
)
def test_a_term_comes_back_as_it_was_written_and_can_be_taken_out(store: TripleStore, term: object) -> None:
    quad = Quad(subject("a"), P, term, G1)
    store.apply(Delta(into={quad}))
    assert list(store.match(graph=G1.value)) == [quad]
    assert list(store.match(subject("a").value)) == [quad]
    assert list(store.match(None, None, term)) == [quad]
    store.apply(Delta(out={quad}))
    assert not list(store.match(graph=G1.value))


def test_a_select_sees_the_union_of_all_graphs(store: TripleStore) -> None:
    store.apply(
        Delta(into={Quad(subject("a"), P, subject("b"), G1), Quad(subject("b"), P, subject("c"), G2)})
    )
    (row,) = store.select(f"SELECT ?x ?y {{ ?x {P} {subject('b')} . {subject('b')} {P} ?y }}")
    assert row == (subject("a"), subject("c"))


def test_a_change_of_twenty_thousand_quads_is_one(store: TripleStore) -> None:
    quads = {Quad(subject(f"s{i}"), P, Literal(f"value {i}"), G1) for i in range(20_000)}
    store.apply(Delta(into=quads))
    assert set(store.match(graph=G1.value)) == quads
    store.apply(Delta(out=quads))
    assert not list(store.match(graph=G1.value))


def test_a_writer_whose_view_is_old_changes_nothing(remote: RemoteStore, settings: Settings) -> None:
    other = RemoteStore.open(settings)
    other.apply(Delta(into={Quad(subject("a"), P, Literal("first"), G1)}))
    late = Quad(subject("a"), P, Literal("late"), G1)
    with pytest.raises(StoreChanged, match="another writer"):
        remote.apply(Delta(into={late}))
    assert not list(remote.match(None, None, Literal("late")))
    remote.apply(Delta(into={late}))  # it has looked again
    assert len(list(remote.match(graph=G1.value))) == 2


def test_each_change_makes_the_next_revision(remote: RemoteStore, settings: Settings) -> None:
    before = remote.revision.number
    remote.apply(Delta(into={Quad(subject("a"), P, Literal("x"), G1)}))
    assert remote.revision.number == before + 1
    assert RemoteStore.open(settings).revision == remote.revision
    assert len(list(remote.match("https://w3id.org/ai-factory/graph/store"))) == 3


def test_two_writers_bring_reports_in_at_once_and_both_are_there(settings: Settings) -> None:
    said = "AWS uses drop-in delivery."
    one, two = Graph(RemoteStore.open(settings)), Graph(RemoteStore.open(settings))
    for number in range(3):
        for who, writer in (("one", one), ("two", two)):
            report = report_of(said, name=f"{who}-{number}")
            claim = relation(report, said, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN)
            assert writer.replace_report(extraction_of(report, claim)).outcome == "added"
    assert len(one.reports()) == len(two.reports()) == 6


def test_the_same_reports_give_the_same_graph_on_every_store(store: TripleStore) -> None:
    def graph_in(any_store: TripleStore) -> set[Quad]:
        writer = Graph(any_store, clock=test_kg_graph.Clock())
        for name, mw in (("a", "500"), ("b", "700"), ("c", "0.5")):
            text = f"AWS runs {mw} MW in 2026."
            report = report_of(text, name=name)
            writer.replace_report(extraction_of(report, metric(report, text, AWS, mw)))
        writer.retract("a.md", reason="wrong")
        marked = {"https://w3id.org/ai-factory/graph/store"}
        return {quad for quad in any_store.match() if quad.graph_name.value not in marked}

    assert graph_in(store) == graph_in(EmbeddedStore())


def test_the_graph_opens_a_remote_store_and_tells_its_revision(settings: Settings) -> None:
    with Graph.open(settings) as writer:
        first = writer.publish()
        report = report_of("AWS uses drop-in delivery.")
        claim = relation(report, report.text, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN)
        writer.replace_report(extraction_of(report, claim))
        assert writer.publish() == first + 1
    with Graph.open_published(settings) as reader:
        assert [entry.source for entry in reader.reports()] == ["report.md"]


def test_a_report_of_twenty_claims_takes_few_requests(
    remote: RemoteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [f"AWS runs {number} MW in 2026." for number in range(20)]
    report = report_of(*said)
    claims = [metric(report, text, AWS, str(number)) for number, text in enumerate(said)]
    writer = Graph(remote)
    sent = []
    send = SparqlClient._send
    monkeypatch.setattr(SparqlClient, "_send", lambda *all: sent.append(all) or send(*all))
    assert writer.replace_report(extraction_of(report, *claims)).added == 20
    assert len(sent) < 60


def test_one_writer_of_a_machine_at_a_time_here_too(settings: Settings) -> None:
    with Graph.open(settings), pytest.raises(StoreUnavailable, match=r"process \d+ is writing"):
        Graph.open(settings)
