"""Webhooks against a real receiver: signed, tried again, bounded, and never sent to an address inside."""

import contextlib
import hashlib
import hmac
import http.server
import json
import threading
import time

import pytest
from curating import Curators, curated
from served import served

from kg.webhooks import Webhooks, new_delivery

pytestmark = pytest.mark.slow
SECRET = "a secret of some length"  # noqa: S105


class Receiver:
    """A server that keeps what it gets, and answers as it is told."""

    def __init__(self):
        self.got = []
        self.answers = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers.items()), body))
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/other")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=b"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def wait(self, count, seconds=15):
        deadline = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < deadline, self.got
            time.sleep(0.05)
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver():
    with contextlib.closing(Receiver()) as running:
        yield running


@pytest.fixture
def service(tmp_path):
    with curated(tmp_path, webhook_networks="127.0.0.0/8", webhook_pause_s=0.1) as running:
        yield running


def subscribe(service, receiver):
    made = service.post("/api/webhooks", {"url": receiver.url, "secret": SECRET}, by="boss")
    assert made.status == 201, made.text
    return made.headers["location"]


def publish(service):
    """A decision publishes a version."""
    entry = service.does("reject", claim=service.claim("$1.9 trillion")["id"], reason="misread")
    return entry, service.get("/api/versions").json["versions"][0]["version"]


def delivered(service, path, count=1):
    deadline = time.monotonic() + 15
    while True:
        found = service.get(f"{path}/deliveries", by="boss").json["deliveries"]
        if len(found) >= count and found[0]["outcome"] != "retrying":
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def test_a_publication_is_told_and_signed(service, receiver):
    path = subscribe(service, receiver)
    before = service.get("/api/versions").json["versions"][0]["version"]
    _, version = publish(service)
    (told,) = receiver.wait(1)
    assert (told["event"], told["version"], told["since"]) == ("published", version, before)
    assert (told["added"], told["removed"], told["changed"]) == (0, 0, 2)
    assert service.get(told["changes_url"]).json["changed"] == 2
    headers, body = receiver.got[0]
    timestamp = headers["X-Aifkg-Timestamp"]
    wanted = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Aifkg-Signature"] == f"sha256={wanted}"
    assert abs(time.time() - int(timestamp)) < 60
    assert headers["X-Aifkg-Delivery"] == told["delivery"]
    (one,) = delivered(service, path)
    assert (one["outcome"], one["id"]) == ("delivered", told["delivery"])
    assert [attempt["status"] for attempt in one["attempts"]] == [204]
    time.sleep(1.2)
    assert len(receiver.got) == 1
    assert service.get(path, by="boss").json["told"] == version


def test_a_subscriber_in_trouble_is_tried_again(service, receiver):
    path = subscribe(service, receiver)
    receiver.answers = [500, 503]
    publish(service)
    told = receiver.wait(3)
    assert len({one["delivery"] for one in told}) == 1
    (one,) = delivered(service, path)
    assert [attempt["status"] for attempt in one["attempts"]] == [500, 503, 204]
    times = [attempt["at"] for attempt in one["attempts"]]
    assert times == sorted(times)


def test_trying_ends(tmp_path, receiver):
    with curated(tmp_path, webhook_networks="127.0.0.0/8", webhook_pause_s=0.001) as service:
        path = subscribe(service, receiver)
        receiver.answers = [500] * 50
        publish(service)
        (one,) = delivered(service, path)
        assert (one["outcome"], len(one["attempts"])) == ("failed", 6)
        time.sleep(1.2)
        assert len(receiver.got) == 6


def test_a_redirect_is_not_followed(service, receiver):
    path = subscribe(service, receiver)
    receiver.answers = [302]
    one = service.post(f"{path}/test", by="boss").json
    assert (one["event"], one["outcome"], one["attempts"][0]["status"]) == ("ping", "failed", 302)
    assert len(receiver.got) == 1


def test_what_was_missed_is_told_when_the_service_runs_again(tmp_path, receiver):
    settings = {"webhook_networks": "127.0.0.0/8", "webhook_pause_s": 30}
    with curated(tmp_path, **settings) as service:
        subscribe(service, receiver)
        receiver.answers = [500]
        entry, _ = publish(service)
        receiver.wait(1)
        service.post(f"/api/curation/{entry['id']}/undo")
        newest = service.get("/api/versions").json["versions"][0]["version"]
    with served(tmp_path / "store", keys=tmp_path / "keys", **settings) as running:
        told = receiver.wait(2)[1]
        assert (told["version"], told["changed"]) == (newest, 0)
        assert Curators(running).get("/api/webhooks", by="boss").json["webhooks"][0]["url"] == receiver.url


def test_an_address_inside_is_not_called(tmp_path, receiver):
    with curated(tmp_path) as service:
        urls = [
            receiver.url,
            "http://localhost:1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://0x7f000001/",
            "ftp://example.org/",
            "http://user:secret@example.org/",
            "file:///etc/passwd",
        ]
        for url in urls:
            reply = service.post("/api/webhooks", {"url": url}, by="boss")
            assert (reply.status, reply.json["code"]) in ((403, "forbidden"), (400, "bad-request")), url
        assert service.get("/api/webhooks", by="boss").json["webhooks"] == []
        # One that was allowed when it was made is looked at again with each call.
        hook = Webhooks(tmp_path / "store").add(url=receiver.url, by="boss", told=0)
        one = service.post(f"/api/webhooks/{hook.id}/test", by="boss").json
        assert "not a public address" in one["attempts"][0]["error"]
        assert receiver.got == []


def test_only_admins_see_and_make_webhooks(service, receiver):
    for name in ("ann", "feeder", "reader"):
        refused = service.post("/api/webhooks", {"url": receiver.url}, by=name)
        assert (refused.status, refused.json["code"]) == (403, "missing-scope")
    assert service.get("/api/webhooks").status == 401
    made = service.post("/api/webhooks", {"url": receiver.url}, by="boss")
    assert len(made.json["secret"]) > 20
    shown = service.get(made.headers["location"], by="boss").json
    assert "secret" not in shown
    assert shown["by"] == "boss"


def test_a_removed_webhook_is_told_no_more(service, receiver):
    path = subscribe(service, receiver)
    assert service.call("DELETE", path, by="boss").status == 204
    assert service.get(path, by="boss").status == 404
    publish(service)
    time.sleep(1.2)
    assert receiver.got == []


def test_the_secret_is_for_the_owner_of_the_store_alone(service, receiver, tmp_path):
    subscribe(service, receiver)
    files = list((tmp_path / "store" / "webhooks").glob("*.json"))
    assert [file.stat().st_mode & 0o077 for file in files] == [0]


def test_only_the_last_deliveries_are_kept(tmp_path):
    hooks = Webhooks(tmp_path)
    hook = hooks.add(url="https://example.org/", by="boss", told=1)
    for number in range(105):
        hooks.log(hook, new_delivery("published", number))
    assert [one.version for one in hooks.deliveries(hook.id)] == list(range(104, 4, -1))
