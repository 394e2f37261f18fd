"""Reports over HTTP: uploaded or fetched, read by a real process, followed, cancelled, taken out again."""

import http.client
import http.server
import json
import threading
import time
import urllib.parse

import pytest
from curating import Curators, curated, publish_market, write_keys
from served import served

from kg.jobs import JobShelf, safe_names

pytestmark = pytest.mark.slow

NOTE = """# AI factories in {name}

28 May 2026

Nebius will spend $5 billion on AI data centers in {name} in 2027, Omdia said.
"""
SENTENCE = "Nebius will spend ${number} billion on AI data centers in Finland in 20{year}, Omdia said. "
PAGE = """<html><head><title>Gulf</title></head><body><h1>Gulf</h1>
<p>G42 will build 1 GW of AI data centers in Abu Dhabi by 2027.</p></body></html>"""
STEPS = ["queued", "started", "reading", "read", "file", "published", "done"]
HOSTILE = ["../../../escape.md", "..\\..\\escape.md", "/etc/escape.md", ".escape.md", "a\u202efdp.md"]
FINAL = {"done", "failed", "cancelled", "interrupted"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with curated(tmp_path_factory.mktemp("jobs"), fetch_networks="127.0.0.0/8", upload_mib=1) as running:
        yield running


def form(*files):
    """A body of multipart/form-data and its type."""
    parts = b"".join(
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
        + content
        + b"\r\n"
        for name, content in files
    )
    return parts + b"--edge--\r\n", "multipart/form-data; boundary=edge"


def upload(service, *files, by="feeder"):
    body, media_type = form(*files)
    headers = {"Content-Type": media_type, **({"Authorization": f"Bearer {by}-key"} if by else {})}
    return service.service.ask("/api/reports", method="POST", data=body, headers=headers)


def note(name):
    return f"{name}.md", NOTE.format(name=name).encode()


def ended(service, reply, seconds=90):
    """The job once it is over."""
    assert reply.status == 202, reply.text
    path = reply.headers["location"]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = service.get(path).json
        if job["state"] in FINAL:
            return job
        time.sleep(0.1)
    raise TimeoutError(job)


def stream(service, path, **headers):
    """The events of a stream until it ends, as (number, name, data)."""
    place = urllib.parse.urlsplit(service.service.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=90)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in response.headers  # what is compressed is held back
    text = response.read().decode()
    connection.close()
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return events


def test_an_upload_becomes_claims_and_every_step_is_told(service):
    reply = upload(service, note("Finland"))
    assert reply.json["state"] in ("queued", "running")
    events = stream(service, reply.json["events_url"])
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    assert [name for _, name, _ in events] == [
        "queued",
        "started",
        "reading",
        "read",
        "file",
        "published",
        "done",
    ]
    job = service.get(reply.headers["location"]).json
    assert (job["state"], job["by"], job["stage"]) == ("done", "feeder", "done")
    (file,) = job["files"]
    assert (file["name"], file["outcome"]) == ("Finland.md", "added")
    assert file["claims"] >= 1
    report = service.get(f"/api/reports/{file['report']}").json
    assert report["version"] == job["version"]
    assert "Finland" in report["text"]
    assert report["report"]["source"] == "Finland.md"
    again = ended(service, upload(service, note("Finland")))
    assert (again["state"], again["files"][0]["outcome"]) == ("done", "unchanged")
    assert again["files"][0]["report"] == file["report"]


def test_a_client_that_lost_the_stream_goes_on_where_it_was(service):
    job = ended(service, upload(service, note("Finland")))
    whole = stream(service, job["events_url"])
    assert stream(service, job["events_url"], **{"Last-Event-ID": "2"}) == whole[2:]
    assert stream(service, job["events_url"], **{"Accept-Encoding": "zstd, gzip"}) == whole
    assert stream(service, f"{job['events_url']}?after=3") == whole[3:]
    assert stream(service, job["events_url"], **{"Last-Event-ID": str(len(whole))}) == []


def test_several_files_of_which_one_cannot_be_read(service):
    job = ended(
        service, upload(service, note("Norway"), ("broken.pdf", b"%PDF-1.7 nothing"), ("empty.md", b""))
    )
    outcomes = {file["name"]: file["outcome"] for file in job["files"]}
    assert job["state"] == "done"
    assert outcomes == {"Norway.md": "added", "broken.pdf": "failed", "empty.md": "failed"}
    assert all(file["reason"] for file in job["files"] if file["outcome"] == "failed")


def test_hostile_names_stay_in_the_jobs_folder(service):
    body = NOTE.format(name="Iceland").encode()
    job = ended(service, upload(service, *((name, body) for name in HOSTILE)))
    assert [file["name"] for file in job["files"]] == [
        "escape.md",
        "escape-2.md",
        "escape-3.md",
        "escape-4.md",
        "afdp.md",
    ]
    assert all(file["outcome"] in ("added", "updated", "unchanged") for file in job["files"])


def test_names_that_would_meet_are_told_apart():
    assert safe_names(["a.md", "x/a.md", "a.md"]) == ["a.md", "a-2.md", "a-3.md"]
    assert len(safe_names(["n" * 5000 + ".md"])[0]) < 140


def test_who_may_bring_reports_in(service):
    assert upload(service, note("Sweden"), by=None).json["code"] == "unauthorized"
    refused = upload(service, note("Sweden"), by="ann")
    assert (refused.status, refused.json["code"]) == (403, "missing-scope")
    assert "scope ingest" in refused.json["detail"]
    assert service.get("/api/jobs").status == 401
    assert service.get("/api/jobs", by="ann").status == 403
    states = [job["state"] for job in service.get("/api/jobs?state=done", by="feeder").json["jobs"]]
    assert set(states) <= {"done"}


def test_a_body_that_is_too_large_or_no_report_is_refused(service):
    large = upload(service, ("large.txt", b"x" * (2 << 20)))
    assert (large.status, large.json["code"]) == (413, "body-too-large")
    headers = {"Authorization": "Bearer feeder-key"}

    def post(data, media_type):
        return service.service.ask(
            "/api/reports", method="POST", data=data, headers={**headers, "Content-Type": media_type}
        )

    assert post(b"words", "text/plain").status == 415
    assert post(b"no form", "multipart/form-data; boundary=edge").status == 400
    assert post(b"no form", "multipart/form-data").status == 400
    assert post(form()[0], form()[1]).status == 400
    for url in (
        "file:///etc/passwd",
        "ftp://example.org/a",
        "https://user:secret@example.org/",
        "nonsense",
        "http://[",
        "",
    ):
        assert post(json.dumps({"url": url}).encode(), "application/json").status == 400, url
    assert post(b"{", "application/json").status == 400
    assert post(b'{"url": "http://example.org", "by": "boss"}', "application/json").status == 400


@pytest.fixture
def site():
    """A site on this machine that serves one page."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_url_is_fetched_and_read(service, site):
    job = ended(service, service.post("/api/reports", {"url": f"{site}/gulf"}, by="feeder"))
    assert (job["state"], job["url"]) == ("done", f"{site}/gulf")
    (file,) = job["files"]
    assert file["outcome"] == "added"
    assert service.get(f"/api/reports/{file['report']}").json["report"]["url"] == f"{site}/gulf"


def test_an_address_inside_is_not_fetched(tmp_path, site):
    with curated(tmp_path) as service:
        job = ended(service, service.post("/api/reports", {"url": f"{site}/gulf"}, by="feeder"))
        assert job["state"] == "failed"
        assert "127.0.0.1" in job["files"][0]["reason"]


def long_note():
    text = "".join(SENTENCE.format(number=number, year=27 + number % 20) for number in range(1, 4000))
    return f"# Long\n\n{text}".encode()


def reading(service, path):
    deadline = time.monotonic() + 60
    while service.get(path).json["stage"] != "reading":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_cancelled_job_ends_and_leaves_nothing(service):
    before = service.get("/api/versions").json["versions"][0]["version"]
    reply = upload(service, ("long.md", long_note()))
    waiting = upload(service, note("Estonia"))
    path = reply.headers["location"]
    reading(service, path)
    assert service.call("DELETE", path, by=None).status == 401
    assert service.call("DELETE", waiting.headers["location"], by="feeder").json["state"] == "cancelled"
    began = time.monotonic()
    cancelled = service.call("DELETE", path, by="feeder")
    assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
    assert time.monotonic() - began < 8
    assert stream(service, cancelled.json["events_url"])[-1][1] == "cancelled"
    assert service.call("DELETE", path, by="feeder").json["code"] == "bad-request"
    assert service.get("/api/versions").json["versions"][0]["version"] == before
    assert ended(service, upload(service, note("Latvia")))["state"] == "done"  # the next one runs
    sources = {report["source"] for report in service.get("/api/reports").json["reports"]}
    assert sources.isdisjoint({"long.md", "Estonia.md"})


def test_jobs_of_a_service_that_stopped_are_interrupted(tmp_path):
    publish_market(tmp_path / "store")
    keys = write_keys(tmp_path / "keys")
    with served(tmp_path / "store", keys=keys) as running:
        service = Curators(running)
        path = upload(service, ("long.md", long_note())).headers["location"]
        waiting = upload(service, note("Estonia")).headers["location"]
        reading(service, path)
    with served(tmp_path / "store", keys=keys) as running:
        service = Curators(running)
        for one in (path, waiting):
            job = service.get(one).json
            assert (job["state"], job["reason"]) == (
                "interrupted",
                "the service was stopped before it was done",
            )
        assert stream(service, f"{path}/events")[-1][1] == "interrupted"
        assert ended(service, upload(service, note("Estonia")))["state"] == "done"


def test_a_service_that_is_killed_takes_its_job_along(tmp_path):
    publish_market(tmp_path / "store")
    keys = write_keys(tmp_path / "keys")
    with served(tmp_path / "store", keys=keys) as running:
        service = Curators(running)
        path = upload(service, ("long.md", long_note())).headers["location"]
        reading(service, path)
        running.process.kill()
        running.process.wait()
    with served(tmp_path / "store", keys=keys) as running:
        assert Curators(running).get(path).json["state"] == "interrupted"


def test_curators_write_while_a_report_is_read(service):
    path = upload(service, ("long.md", long_note())).headers["location"]
    reading(service, path)
    entry = service.does("accept", claim=service.claim("$1.9 trillion")["id"])
    assert entry["state"] == "in-force"
    assert service.get(path).json["stage"] == "reading"
    service.call("DELETE", path, by="feeder")


def test_a_job_that_nobody_knows(service):
    assert service.get("/api/jobs/" + "0" * 32).json["code"] == "unknown-iri"
    assert service.get("/api/jobs/..%2F..%2Fcurrent").status in (404, 422)
    assert service.get("/api/jobs/" + "0" * 32 + "/events").status == 404


def test_a_report_is_taken_out_after_a_look_at_what_goes_with_it(tmp_path):
    with curated(tmp_path) as service:
        claim = service.claim("full-stack drop-in")
        path = f"/api/reports/{claim['report']['id']}"
        assert service.call("DELETE", path, by="ann").status == 403
        shown = service.call("DELETE", f"{path}?dry_run=true", by="feeder").json
        assert (shown["version"], shown["claims"]) == (None, 4)
        assert [(fact["subject"]["id"], fact["object"]["label"]) for fact in shown["facts"]] == [
            ("aws", "full-stack drop-in")
        ]
        assert service.get(path).status == 200
        gone = service.call("DELETE", f"{path}?reason=a+hoax", by="feeder").json
        assert gone["facts"] == shown["facts"]
        assert service.get(path).json["code"] == "unknown-report"
        assert service.get("/api/stats").json["version"] == gone["version"]
        assert service.call("DELETE", path, by="feeder").status == 404


def test_of_two_services_over_one_store_one_runs_the_jobs(tmp_path):
    store = tmp_path / "store"
    publish_market(store)
    keys = write_keys(tmp_path / "keys")
    with served(store, keys=keys) as first, served(store, keys=keys) as second:
        job = ended(Curators(first), upload(Curators(first), note("Finland")))
        refused = upload(Curators(second), note("Norway"))
        assert (refused.status, refused.json["code"]) == (503, "store-unavailable")
        assert Curators(second).get(f"/api/jobs/{job['id']}").json["state"] == "done"


def test_a_line_that_a_crash_cut_short_is_left_out(tmp_path):
    shelf = JobShelf(tmp_path)
    id, _ = shelf.new(by="ann", names=["a.md"])
    shelf.add(id, "queued")
    with (shelf.folder(id) / "events.jsonl").open("a") as file:
        file.write('{"id": 2, "eve')
    assert [event.event for event in shelf.events(id)] == ["queued"]
    assert shelf.get(id).state == "queued"
