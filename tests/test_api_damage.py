"""A version whose files go bad under a running service: the one before answers, and everybody is told."""

import concurrent.futures
import shutil
from functools import partial

import pytest
from market import FIRST, SECOND
from served import served

from kg.errors import DamagedVersion
from kg.graph import Graph
from kg.queries import count_quads
from kg.settings import Settings
from kg.snapshots import Version, latest, open_read_only, versions

pytestmark = pytest.mark.slow

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory):
    path = tmp_path_factory.mktemp("damage") / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        for report in (FIRST, SECOND):
            graph.replace_report(report)
            graph.publish()
    return path


@pytest.fixture
def store(two_versions, tmp_path):
    return shutil.copytree(two_versions, tmp_path / "store")


def spoil(version: Version) -> None:
    """Bad blocks in all tables of this version alone, also for who has it open."""
    for table in version.path.glob("*.sst"):
        with table.open("r+b") as file:
            spoilt = bytes(byte ^ 0x5A for byte in file.read())
            file.seek(0)
            file.write(spoilt)


def open_everywhere(service):
    """Have the processes open the newest version, and read next to nothing of it."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for reply in pool.map(service.query, [f"ASK {{}} # {number}" for number in range(8)]):
            assert reply.headers["x-graph-version"] == "2"


def ready(service):
    return service.ask("/readyz").json


@pytest.mark.parametrize(
    "path",
    ["/api/claims", "/reports", "/", "/readyz", "/api/stats", "/sparql?query=" + COUNT.replace(" ", "+")],
)
def test_damage_that_a_request_meets_costs_it_nothing(store, path):
    with served(store) as service:
        open_everywhere(service)
        spoil(latest(store))
        reply = service.ask(path)
        assert reply.status == 200, reply.text
        assert ready(service)["damaged"] == 2, "it reads everything, and so meets the damage at the latest"
        assert service.ask(path + ("&" if "?" in path else "?") + "again=1").status == 200


def test_the_service_goes_on_with_the_version_before_and_says_so(store):
    with served(store) as service:
        spoil(latest(store))
        assert ready(service) | {"quads": 0} == {"status": "ready", "version": 1, "quads": 0, "damaged": 2}
        page = service.ask("/reports", headers={"Accept": "text/html"})
        assert "Version 2 is damaged" in page.text
        assert SECOND.report.title not in page.text
        refused = service.ask("/api/claims?version=2")
        assert (refused.status, refused.json["code"]) == (503, "damaged-version")
        assert service.ask("/api/claims").headers["x-graph-version"] == "1"


def test_the_next_ingest_mends_it_though_nothing_changed(store):
    spoil(latest(store))
    with served(store) as service:
        assert ready(service)["version"] == 1
        with Graph.open(Settings(store=str(store))) as graph:
            assert graph.publish() == 3
        assert ready(service) | {"quads": 0} == {"status": "ready", "version": 3, "quads": 0, "damaged": None}
        assert "damaged" not in service.ask("/reports", headers={"Accept": "text/html"}).text


def test_where_nothing_sound_is_left_the_answer_is_a_problem(store):
    with served(store) as service:
        for version in versions(store):
            spoil(version)
        for path in ("/api/claims", "/readyz", "/sparql?query=" + COUNT.replace(" ", "+")):
            reply = service.ask(path)
            assert (reply.status, reply.json["code"]) == (503, "damaged-version"), reply.text


def test_an_old_version_that_is_damaged_takes_nothing_from_the_newest(store):
    spoil(versions(store)[0])
    with served(store) as service:
        assert service.ask("/api/changes?since=1").json["code"] == "damaged-version"
        assert ready(service)["version"] == 2
        assert ready(service)["damaged"] is None


def test_damage_met_in_the_middle_of_reading_is_told_apart_from_other_faults(store, tmp_path):
    version = latest(store)
    engine = open_read_only(version)
    spoil(version)
    with pytest.raises(RuntimeError, match="Corruption"):
        partial(count_quads)(engine)
    with pytest.raises(DamagedVersion, match="version 2"):
        open_read_only(version)
