"""`sort=` on every list, both ways, with pages that neither repeat nor leave out."""

import pytest
from curating import Curators, publish_market
from served import served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    store = tmp_path_factory.mktemp("sorting") / "store"
    publish_market(store)
    with served(store) as running:
        yield Curators(running)


def keys(entries, key):
    return [value for entry in entries if (value := key(entry)) is not None]


@pytest.mark.parametrize(
    ("path", "sort", "key"),
    [
        ("claims", "confidence", lambda claim: claim["confidence"]),
        ("claims", "asserted_at", lambda claim: claim["asserted_at"]),
        ("claims", "year", lambda claim: claim["period"] and claim["period"]["year"]),
        ("claims", "value", lambda claim: claim["figure"] and claim["figure"]["value"]),
        ("claims", "statement", lambda claim: claim["statement"].casefold()),
        ("reports", "issued", lambda report: report["issued"]),
        ("reports", "title", lambda report: report["title"].casefold()),
        ("reports", "claims", lambda report: report["claims"]),
        ("metrics", "claims", lambda metric: metric["claims"]),
        ("metrics", "label", lambda metric: metric["metric"]["label"].casefold()),
        ("providers", "claims", lambda provider: provider["claims"]),
        ("providers", "label", lambda provider: provider["label"].casefold()),
        ("conflicts", "kind", lambda conflict: conflict["kind"]),
    ],
)
def test_a_list_is_sorted_both_ways(service, path, sort, key):
    up = service.get(f"/api/{path}?sort={sort}").json[path]
    down = service.get(f"/api/{path}?sort=-{sort}").json[path]
    assert keys(up, key) == sorted(keys(up, key))
    assert keys(down, key) == sorted(keys(up, key), reverse=True)
    assert len(up) == len(down) == len(service.get(f"/api/{path}").json[path])


@pytest.mark.parametrize("sort", ["value", "-value", "-confidence"])
def test_pages_of_a_sorted_list_follow_each_other(service, sort):
    whole = [claim["id"] for claim in service.get(f"/api/claims?sort={sort}").json["claims"]]
    paged, cursor = [], ""
    while True:
        page = service.get(f"/api/claims?sort={sort}&limit=2{cursor}").json
        paged += [claim["id"] for claim in page["claims"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert paged == whole


def test_what_has_no_value_comes_last_both_ways(service):
    for sort in ("value", "-value"):
        claims = service.get(f"/api/claims?sort={sort}").json["claims"]
        valued = [claim["figure"] is not None for claim in claims]
        assert valued == sorted(valued, reverse=True)


def test_an_order_that_there_is_not_is_refused(service):
    reply = service.get("/api/claims?sort=beauty")
    assert (reply.status, reply.json["code"]) == (422, "invalid-request")
    gone = service.get("/api/claims?sort=value&cursor=0123456789abcdef")
    assert (gone.status, gone.json["code"]) == (400, "bad-request")
