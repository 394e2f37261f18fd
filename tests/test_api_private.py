"""A private service: who has a key may read, whatever its scopes; nobody else sees a thing."""

import base64
import subprocess
import sys

import pytest
from curating import curated
from served import ROOT

pytestmark = pytest.mark.slow

PATHS = ["/", "/sparql?query=ASK%20%7B%7D", "/api/stats", "/api/claims.csv", "/store?default", "/api/nothing"]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with curated(tmp_path_factory.mktemp("private"), private="true") as running:
        yield running


@pytest.mark.parametrize("path", PATHS)
def test_without_a_key_nothing_is_read(service, path):
    reply = service.get(path)
    assert (reply.status, reply.json["code"]) == (401, "unauthorized")
    assert "Basic" in reply.headers["www-authenticate"]
    assert service.get(path, by="stranger").status == 401


@pytest.mark.parametrize("name", ["reader", "feeder", "ann", "boss", "old"])
def test_every_key_may_read(service, name):
    assert service.get("/api/stats", by=name).status == 200
    assert service.get("/sparql?query=ASK%20%7B%7D", by=name).status == 200


def test_a_browser_may_read_with_the_key_as_password(service):
    given = base64.b64encode(b"me:reader-key").decode()
    assert service.service.ask("/", headers={"Authorization": f"Basic {given}"}).status == 200


def test_an_answer_to_one_who_may_is_not_given_to_one_who_may_not(service):
    assert service.get("/api/claims", by="reader").status == 200
    assert service.get("/api/claims").status == 401


def test_probes_need_no_key(service):
    assert service.get("/healthz").status == 200


def test_a_private_service_without_keys_does_not_start(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "aifkg", "serve", "--store", str(tmp_path), "--port", "0"],
        env={"AIFKG_PRIVATE": "true", "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "AIFKG_PRIVATE needs keys" in done.stderr
