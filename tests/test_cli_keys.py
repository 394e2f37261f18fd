"""aifkg keys: made, listed and revoked, and what the file and a running service know of it."""

import pytest
from curating import publish_market
from served import served
from typer.testing import CliRunner

from aifkg.__main__ import make_app
from api.keys import SCOPES, Keys, read_keys
from kg.errors import BadSetting, Forbidden, MissingScope, TooManyRequests, Unauthorized


@pytest.fixture
def run(tmp_path):
    def call(*words):
        return CliRunner().invoke(make_app(), ["keys", *words, "--file", str(tmp_path / "keys")])

    return call


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys"


def test_a_key_is_shown_once_and_only_its_hash_is_kept(run, file):
    made = run("add", "ann", "--scopes", "curate,ingest")
    key = made.stdout.strip()
    assert made.exit_code == 0
    assert len(key) > 40
    assert key not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert run("list").stdout == "ann  ingest,curate\n"
    assert Keys(file, per_minute=9).allow(f"Bearer {key}", "curate") == "ann"


def test_a_key_is_revoked_and_the_others_stay(run, file):
    first, second = (run("add", name).stdout.strip() for name in ("ann", "bob"))
    keys = Keys(file, per_minute=9)
    assert keys.allow(f"Bearer {first}", "curate") == "ann"
    assert run("revoke", "ann").exit_code == 0
    with pytest.raises(Unauthorized):
        keys.allow(f"Bearer {first}", "curate")
    assert keys.allow(f"Bearer {second}", "curate") == "bob"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("add", "a b"), "no name"),
        (("add", "ann", "--scopes", "fly"), "fly"),
        (("revoke", "carl"), "no key carl"),
        (("add", "bob"), "already"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, file, words, reason):
    run("add", "bob")
    before = file.read_text()
    done = run(*words)
    assert done.exit_code == 2
    assert reason in done.stderr
    assert file.read_text() == before


def test_a_key_may_do_what_its_scopes_say(run, file):
    key = run("add", "ann", "--scopes", "curate").stdout.strip()
    keys = Keys(file, per_minute=9)
    with pytest.raises(MissingScope, match="scope ingest"):
        keys.allow(f"Bearer {key}", "ingest")
    with pytest.raises(MissingScope):
        keys.writer(f"Bearer {key}")
    admin = run("add", "boss", "--scopes", "admin").stdout.strip()
    assert {keys.allow(f"Bearer {admin}", scope) for scope in SCOPES} == {"boss"}


def test_each_key_has_its_own_pace(run, file):
    first, second = (f"Bearer {run('add', name).stdout.strip()}" for name in ("ann", "bob"))
    keys = Keys(file, per_minute=2)
    for _ in range(2):
        keys.allow(first, "curate")
    with pytest.raises(TooManyRequests) as refused:
        keys.allow(first, "curate")
    assert 0 < refused.value.retry_after_s <= 30
    assert keys.allow(second, "curate") == "bob"


def test_a_file_that_breaks_while_the_service_runs_lets_nobody_in(run, file):
    key = run("add", "ann").stdout.strip()
    keys = Keys(file, per_minute=9)
    file.write_text("ann not-a-hash\n")
    with pytest.raises(Forbidden):
        keys.allow(f"Bearer {key}", "curate")
    with pytest.raises(BadSetting, match="line 1"):
        read_keys(file)


@pytest.mark.slow
def test_a_running_service_refuses_a_revoked_key(run, file, tmp_path):
    publish_market(tmp_path / "store")
    key = run("add", "ann", "--scopes", "curate").stdout.strip()
    headers = {"Authorization": f"Bearer {key}"}
    with served(tmp_path / "store", keys=file) as service:
        assert service.ask("/api/curation/drafts", headers=headers).status == 200
        run("revoke", "ann")
        assert service.ask("/api/curation/drafts", headers=headers).status in (401, 403)
