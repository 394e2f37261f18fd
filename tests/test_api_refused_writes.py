"""A write that is refused leaves the store as it was, and free for the next one."""

import hashlib

import pytest
from served import served

KEY = "a key for the tests"
HEADERS = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writes")
    (folder / "keys").write_text(f"tester {hashlib.sha256(KEY.encode()).hexdigest()}\n")
    with served(folder / "store", keys=folder / "keys") as running:
        yield running


def update(service, text):
    return service.ask("/sparql", method="POST", data=text.encode(), headers=HEADERS)


@pytest.mark.slow
def test_updates_go_on_in_every_query_process_after_others_did_not_parse(service):
    for number in range(6):
        assert update(service, "INSERT DATA { <urn:a> <urn:b> }").status == 400
        reply = update(service, f"INSERT DATA {{ <urn:a> <urn:b> {number} }}")
        assert reply.status == 204, reply.text
    asked = "/sparql?query=SELECT%20%3Fn%20%7B%3Curn:a%3E%20%3Curn:b%3E%20%3Fn%7D"
    rows = service.ask(asked, headers={"Accept": "text/csv"}).text
    assert sorted(rows.split()[1:]) == [str(number) for number in range(6)]
