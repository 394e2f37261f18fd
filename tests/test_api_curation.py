"""Curation over HTTP, against a real server: who may, what follows, what others see, and how it is undone."""

import csv
import io

import pytest
from curating import SMALLCLOUD, curated

pytestmark = pytest.mark.slow

DELIVERY = "full-stack drop-in delivery"
BIG, SMALL = "$1.9 trillion", "$1.6 trillion"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """For tests that change nothing."""
    with curated(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def curators(tmp_path):
    with curated(tmp_path) as running:
        yield running


def test_who_may_curate(shared):
    body = {"action": "accept", "claim": shared.claim(DELIVERY)["id"]}
    nobody = shared.post("/api/curation", body, by=None)
    assert (nobody.status, nobody.json["code"]) == (401, "unauthorized")
    assert "Bearer" in nobody.headers["www-authenticate"]
    assert shared.post("/api/curation", body, by="stranger").status == 401
    for name in ("reader", "feeder"):
        refused = shared.post("/api/curation", body, by=name)
        assert (refused.status, refused.json["code"]) == (403, "missing-scope")
        assert "scope curate" in refused.json["detail"]
        assert 'scope="curate"' in refused.headers["www-authenticate"]
        assert refused.media_type == "application/problem+json"


def test_a_key_is_asked_for_before_the_body_is_read(shared):
    reply = shared.service.ask("/api/curation", method="POST", data=b"{not json")
    assert reply.status == 401
    large = shared.post("/api/curation", {"action": "accept", "claim": "x" * (9 << 20)})
    assert (large.status, large.json["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("name", ["boss", "old"])
def test_keys_that_may_do_all_may_curate(curators, name):
    entry = curators.does("accept", by=name, claim=curators.claim(DELIVERY)["id"])
    assert entry["by"] == name


def test_a_rejection_goes_through_to_every_answer_and_back(curators):
    claim = curators.claim(DELIVERY)
    before = curators.get("/api/versions").json["versions"][0]["version"]
    fact = ("usesDeliveryParadigm", "delivery-full-stack-drop-in")
    assert fact in curators.facts("aws")
    entry = curators.does("reject", claim=claim["id"], reason="it is about another company")
    assert (entry["by"], entry["reason"], entry["target"]["id"]) == (
        "ann",
        "it is about another company",
        claim["id"],
    )
    assert fact not in curators.facts("aws")
    shown = curators.get(f"/api/claims/{claim['id']}").json
    assert (shown["status"], shown["curation"]) == ("rejected", [entry])
    assert [one["id"] for one in curators.get("/api/claims?status=rejected").json["claims"]] == [claim["id"]]
    changes = curators.get(f"/api/changes?since={before}").json
    assert [(one["before"], one["after"]) for one in changes["claims"]] == [("accepted", "rejected")]
    undo = curators.post(f"/api/curation/{entry['id']}/undo", {"reason": "it is not"}, by="bob")
    assert undo.status == 201
    assert undo.headers["location"] == f"/api/curation/{undo.json['entries'][0]['id']}"
    assert fact in curators.facts("aws")
    assert curators.get("/api/claims?status=rejected").json["total"] == 0
    log = curators.get("/api/curation").json
    assert [(one["action"], one["by"], one["state"]) for one in log["entries"]] == [
        ("undo", "bob", "in-force"),
        ("reject", "ann", "undone"),
    ]
    assert log["entries"][1]["undone_by"] == log["entries"][0]["id"]


def test_a_conflict_is_closed_by_a_rejection(curators):
    (conflict,) = curators.get("/api/conflicts").json["conflicts"]
    assert conflict["kind"] == "value"
    curators.does("reject", claim=curators.claim(BIG)["id"], reason="misread")
    assert curators.get("/api/conflicts").json["conflicts"] == []
    assert curators.claim(SMALL)["status"] == "accepted"


def test_one_side_is_preferred(curators):
    curators.does("prefer", claim=curators.claim(BIG)["id"], reason="the newer survey")
    assert curators.claim(BIG)["status"] == "preferred"
    assert len(curators.get("/api/conflicts").json["conflicts"]) == 1


def test_a_figure_is_corrected(curators):
    claim = curators.claim("100 MW")
    changes = {"value": 1, "unit": "GigaW", "period": "2028", "modality": "reported", "qualifier": "at-least"}
    entry = curators.does("correct", claim=claim["id"], reason="GW", changes=changes)
    assert {part["field"] for part in entry["changes"]} == {*changes, "statement"}
    now = curators.get(f"/api/claims/{claim['id']}").json
    assert (now["figure"]["value"], now["figure"]["unit"]["id"].rpartition("/")[2]) == (1, "GigaW")
    assert (now["figure"]["low"], now["figure"]["high"]) == (1, None)
    assert (now["period"]["label"], now["modality"]) == ("2028", "reported")
    assert now["statement"] == "Nebius plans 1 GW of IT capacity in 2027."
    assert now["evidence"] == claim["evidence"]
    points = curators.get("/api/metrics/it-capacity/series?subject=nebius").json["points"]
    assert [point["claim"]["id"] for point in points] == [claim["id"]]


def test_merged_things_answer_as_one_and_are_split_again(curators):
    claim = curators.claim("Smallcloud")
    entry = curators.does("merge", entity=SMALLCLOUD, into="nebius", reason="a brand")
    assert (entry["target"]["label"], entry["into"]["id"]) == ("Smallcloud", "nebius")
    assert [one["id"] for one in entry["claims"]] == [claim["id"]]
    assert "Smallcloud" in curators.get("/api/entities/nebius").json["names"]
    assert curators.get(f"/api/entities/{entry['target']['id']}").json["replaced_by"]["id"] == "nebius"
    assert claim["id"] in {one["id"] for one in curators.get("/api/claims?subject=nebius").json["claims"]}
    assert curators.get("/api/search?q=smallcloud&kind=entity").json["hits"][0]["id"] == "nebius"
    curators.does("split", entity=SMALLCLOUD, reason="it is not")
    assert curators.get(f"/api/claims/{claim['id']}").json["subject"]["label"] == "Smallcloud"
    assert "Smallcloud" not in curators.get("/api/entities/nebius").json["names"]


def test_a_name_is_split_off_to_a_new_thing(curators):
    entry = curators.does(
        "split",
        entity="aws",
        label="AWS Outposts",
        type="Offering",
        name="drop-in delivery",
        reason="a product",
    )
    assert entry["into"]["label"] == "AWS Outposts"
    assert curators.claim(DELIVERY)["subject"]["label"] == "AWS Outposts"


def test_the_later_curator_sees_the_earlier_decision(curators):
    claim = curators.claim(DELIVERY)["id"]
    first = curators.does("reject", claim=claim, reason="misread", last=None)
    late = curators.post("/api/curation", {"action": "accept", "claim": claim, "last": None}, by="bob")
    assert (late.status, late.json["code"]) == (409, "changed-meanwhile")
    assert "ann" in late.json["detail"]
    assert curators.does("accept", by="bob", claim=claim, last=first["id"])["state"] == "in-force"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": "accept", "claim": "0123456789abcdef"}, 404, "unknown-iri"),
        ({"action": "reject", "claim": "0123456789abcdef"}, 422, "invalid-request"),
        ({"action": "praise", "claim": "0123456789abcdef"}, 422, "invalid-request"),
        ({"action": "accept", "claim": "0123456789abcdef", "by": "boss"}, 422, "invalid-request"),
        ({"action": "merge", "entity": "aws", "into": "aws"}, 400, "bad-request"),
        ({"action": "merge", "entity": "aws", "into": "nl"}, 400, "bad-request"),
        ({"action": "split", "entity": "aws"}, 400, "bad-request"),
        ({"action": "undo", "entry": "curation-0123456789abcdef"}, 404, "unknown-iri"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(shared, body, status, code):
    reply = shared.post("/api/curation", body)
    assert (reply.status, reply.json["code"]) == (status, code), reply.text
    assert shared.get("/api/curation").json["total"] == 0


def test_a_correction_that_breaks_the_shapes_is_refused(shared):
    claim = shared.claim(DELIVERY)["id"]
    reply = shared.post("/api/curation", {"action": "correct", "claim": claim, "changes": {"object": "aws"}})
    assert (reply.status, reply.json["code"]) == (422, "invalid-graph")


def test_the_log_is_filtered_and_comes_in_pages(curators):
    delivery, big = curators.claim(DELIVERY)["id"], curators.claim(BIG)["id"]
    curators.does("accept", claim=delivery)
    curators.does("reject", by="bob", claim=big, reason="an old number")
    curators.does("merge", entity=SMALLCLOUD, into="nebius")
    pages, cursor = [], ""
    while True:
        page = curators.get(f"/api/curation?limit=2{cursor}").json
        pages.append([one["action"] for one in page["entries"]])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == [["merge", "reject"], ["accept"]]

    def found(query):
        return [one["action"] for one in curators.get(f"/api/curation?{query}").json["entries"]]

    assert found("by=bob") == ["reject"]
    assert found("action=merge") == ["merge"]
    assert found(f"about={delivery}") == ["accept"]
    assert found("about=nebius") == ["merge"]
    assert found("text=old+number") == ["reject"]
    assert found("state=undone") == []
    table = curators.get("/api/curation.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert (table.media_type, [row["by"] for row in rows]) == ("text/csv", ["ann", "bob", "ann"])


def test_the_queue_has_the_most_doubtful_first_and_says_why(shared):
    queue = shared.get("/api/curation/queue").json
    doubts = [one["doubt"] for one in queue["entries"]]
    assert doubts == sorted(doubts, reverse=True)
    reasons = {one["claim"]["statement"]: [why["code"] for why in one["reasons"]] for one in queue["entries"]}
    assert reasons["Smallcloud runs GPU as a service."] == ["unresolved-name"]
    assert "in-conflict" in reasons["Cumulative data-centre investment reaches $1.9 trillion by 2030."]
    assert "needless-attribution" in reasons["Amazon Web Services uses full-stack drop-in delivery."]
    unknown = next(one for one in queue["entries"] if "Smallcloud" in one["claim"]["statement"])
    assert unknown["reasons"][0]["things"][0]["label"] == "Smallcloud"
    assert unknown["reasons"][0]["says"]
    assert queue["by_reason"]["unresolved-name"] == 1
    one = shared.get("/api/curation/queue?reason=unresolved-name").json
    assert (one["total"], len(one["entries"])) == (1, 1)
    assert shared.get("/api/curation/queue?about=nebius").json["total"] == 0
    report = unknown["claim"]["report"]["id"]
    assert {
        one["claim"]["report"]["id"]
        for one in shared.get(f"/api/curation/queue?report={report}").json["entries"]
    } == {report}


def test_the_queue_comes_in_pages_without_gaps(shared):
    whole = [one["claim"]["id"] for one in shared.get("/api/curation/queue").json["entries"]]
    pages, cursor = [], ""
    while True:
        page = shared.get(f"/api/curation/queue?limit=1{cursor}").json
        pages += [one["claim"]["id"] for one in page["entries"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == whole


def test_what_is_decided_leaves_the_queue_until_it_is_undone(curators):
    def waiting():
        return {one["claim"]["id"] for one in curators.get("/api/curation/queue").json["entries"]}

    claim = curators.claim("Smallcloud")["id"]
    assert claim in waiting()
    entry = curators.does("accept", claim=claim)
    assert claim not in waiting()
    curators.post(f"/api/curation/{entry['id']}/undo")
    assert claim in waiting()


def test_a_preview_shows_what_would_change_and_changes_nothing(shared):
    big, delivery = shared.claim(BIG)["id"], shared.claim(DELIVERY)["id"]
    actions = [
        {"action": "reject", "claim": big, "reason": "misread"},
        {"action": "correct", "claim": delivery, "changes": {"subject": "nebius"}},
    ]
    diff = shared.post("/api/curation/preview", {"actions": actions}).json
    changed = {
        one["claim"]["id"]: {part["field"]: (part["before"], part["after"]) for part in one["changes"]}
        for one in diff["claims"]
    }
    assert changed[big] == {"status": (["disputed"], ["rejected"])}
    before, after = changed[delivery]["subject"]
    assert (before[0]["id"], after[0]["id"]) == ("aws", "nebius")
    assert changed[shared.claim(SMALL)["id"]]["status"] == (["disputed"], ["accepted"])
    assert [fact["subject"]["id"] for fact in diff["facts_removed"]] == ["aws"]
    assert [fact["subject"]["id"] for fact in diff["facts_added"]] == ["nebius"]
    assert [(one["kind"], len(one["claims"])) for one in diff["conflicts_closed"]] == [("value", 2)]
    assert diff["conflicts_opened"] == []
    assert shared.get("/api/curation").json["total"] == 0
    assert shared.get("/api/versions").json["versions"][0]["version"] == diff["version"]


def test_a_draft_is_kept_looked_at_and_applied_at_once(curators):
    big, claim = curators.claim(BIG)["id"], curators.claim("Smallcloud")["id"]
    actions = [
        {"action": "reject", "claim": big, "reason": "misread"},
        {"action": "merge", "entity": SMALLCLOUD, "into": "nebius"},
    ]
    made = curators.post("/api/curation/drafts", {"title": "Tuesday", "actions": actions})
    assert made.status == 201
    path = made.headers["location"]
    assert curators.get(path, by="bob").json == made.json
    assert [one["id"] for one in curators.get("/api/curation/drafts", by="bob").json["drafts"]] == [
        made.json["id"]
    ]
    assert curators.get(path).status == 401
    curators.does("accept", by="bob", claim=big, reason="it is right")
    diff = curators.get(f"{path}/diff", by="ann").json
    assert [(one["by"], one["action"]) for one in diff["meanwhile"]] == [("bob", "accept")]
    assert {claim, big} <= {one["claim"]["id"] for one in diff["claims"]}
    done = curators.post(f"{path}/apply")
    assert [one["action"] for one in done.json["entries"]] == ["reject", "merge"]
    assert curators.claim(BIG)["status"] == "rejected"
    assert curators.get(path, by="ann").status == 404


def test_a_draft_of_which_one_part_cannot_be_done_does_nothing(curators):
    actions = [
        {"action": "reject", "claim": curators.claim(BIG)["id"], "reason": "misread"},
        {"action": "accept", "claim": "0123456789abcdef"},
    ]
    path = curators.post("/api/curation/drafts", {"actions": actions}).headers["location"]
    diff = curators.get(f"{path}/diff", by="ann")
    assert (diff.status, diff.json["code"]) == (409, "changed-meanwhile")
    assert "0123456789abcdef" in diff.json["detail"]
    assert curators.post(f"{path}/apply").status == 409
    assert curators.get("/api/curation").json["total"] == 0
    better = curators.call("PUT", path, {"title": "less", "actions": actions[:1]})
    assert (better.status, better.json["title"]) == (200, "less")
    assert curators.post(f"{path}/apply").status == 201


def test_a_draft_is_forgotten(shared):
    actions = [{"action": "accept", "claim": shared.claim(BIG)["id"]}]
    path = shared.post("/api/curation/drafts", {"actions": actions}).headers["location"]
    assert shared.call("DELETE", path, by=None).status == 401
    assert shared.call("DELETE", path).status == 204
    assert shared.call("DELETE", path).status == 404
    assert shared.get("/api/curation/drafts/..%2F..%2Fcurrent", by="ann").status == 404


def test_every_entry_has_an_address(curators):
    entry = curators.does("accept", claim=curators.claim(BIG)["id"])
    assert curators.get(f"/api/curation/{entry['id']}").json == entry
    assert curators.get("/api/curation/curation-0123456789abcdef").status == 404
