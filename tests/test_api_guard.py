import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import BadQuery, Forbidden
from kg.guard import guard

FEDERATED = [
    "SELECT * { SERVICE <http://127.0.0.1:9/x> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:9/x> { ?s ?p ?o } }",
    "SELECT * { SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { # a comment\nSERVICE <http://127.0.0.1:9/x> {} }",
    "SELECT * { ?s ?p 'a' . SERVICE <http://127.0.0.1:9/x> {} }",
    "SELECT * { ?s ?p 'it\\'s' . SERVICE <http://127.0.0.1:9/x> {} }",
    "SELECT * { ?s ?p '''it's''' . SERVICE <http://127.0.0.1:9/x> {} }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:9/x> {} }",
    "SELECT * { ?s ?p 1SERVICESILENT<http://127.0.0.1:9/x> {} }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { ?s ?p 1e5SERVICE :x {} }",
    "PREFIX a: <http://a.example/> SELECT * { ?s ?p a:b\\# . SERVICE <http://127.0.0.1:9/x> {} }",
    "SELECT * { FILTER(1<2)SERVICE<http://127.0.0.1:9/x>{} }",
    "SELECT * { { SELECT * { GRAPH ?g { SERVICE <http://127.0.0.1:9/x> {} } } } }",
    # The namespace ends inside the port, so the engine cannot resolve the name and reads a keyword.
    "PREFIX a: <http://127.0.0.1:> SELECT * { ?s ?p a:SERVICE<http://127.0.0.1:9/x> {} }",
]
LOADING = [
    "LOAD <http://127.0.0.1:9/x>",
    "load silent <http://127.0.0.1:9/x> INTO GRAPH <urn:g>",
    "INSERT DATA { <urn:a> <urn:b> 'x' } ;LOAD<http://127.0.0.1:9/x>",
    "PREFIX : <http://127.0.0.1:9/> LOADSILENT :x",
]
HARMLESS = [
    'ASK { ?s ?p "SERVICE <http://a.example/>" }',
    "ASK { ?s ?p 'a\\'SERVICE <http://a.example/> {}' }",
    "ASK { ?s ?p '''it's SERVICE <http://a.example/>''' }",
    "ASK {} # SERVICE <http://a.example/>",
    "ASK { ?service ?p $service }",
    "ASK { ?load ?p 'LOAD <http://a.example/>' }",
    "ASK { ?s <http://a.example/SERVICE> ?o }",
    "ASK { ?s ?p _:service }",
    "PREFIX a: <http://a.example/#> ASK { ?s a:CloudService ?o }",
    "PREFIX a: <urn:a:> ASK { ?s a:service ?o }",
]


@pytest.mark.parametrize("query", FEDERATED + LOADING)
def test_a_federated_query_is_refused_however_it_is_written(query):
    with pytest.raises(Forbidden, match=r"SERVICE|LOAD"):
        guard(query)


@pytest.mark.parametrize("query", HARMLESS)
def test_the_letters_of_service_elsewhere_are_harmless(query):
    assert guard(query).text == query


def test_a_prefix_called_service_keeps_its_meaning_and_cannot_become_a_keyword():
    query = (
        "PREFIX : <http://b.example/> PREFIX service: <http://a.example/> SELECT * { ?s ?p 1 service:x {} }"
    )
    guarded = guard(query).text
    assert "service:" not in guarded
    assert guarded.count("serv0ce:") == 2
    assert len(guarded) == len(query)


def test_an_undeclared_prefix_called_service_is_a_bad_query_with_its_place():
    with pytest.raises(BadQuery) as caught:
        guard("PREFIX : <http://127.0.0.1:9/>\nASK { ?s ?p trueSERVICE:x {} }")
    assert (caught.value.line, caught.value.column) == (2, 13)


@pytest.mark.parametrize(
    ("query", "graphs"),
    [
        (
            "SELECT * FROM <http://a.example/1> FROM NAMED <http://a.example/2> {}",
            ("http://a.example/1", "http://a.example/2"),
        ),
        ("PREFIX a: <http://a.example/> ASK FROM a:b\\-c {}", ("http://a.example/b-c",)),
        ("BASE <http://a.example/x/> ASK FROM <g> {}", ("http://a.example/x/g",)),
        ('ASK { ?s ?p "FROM <http://a.example/1>" } # FROM <http://a.example/2>', ()),
        ("ASK { ?from ?p ?o }", ()),
    ],
)
def test_the_graphs_of_from_are_listed(query, graphs):
    assert guard(query).graphs == graphs


@given(st.text(alphabet="SERVICEservice<>\"'\\#\n ?:.{}a1", max_size=60))
def test_a_bare_service_survives_no_surrounding_text(noise):
    literal = noise.replace("'", "").replace("\\", "")
    with pytest.raises(Forbidden):
        guard(f"ASK {{ ?s ?p '''{literal}''' . SERVICE <http://a.example/> {{}} }}")
