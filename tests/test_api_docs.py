"""docs/api.md tells the truth: its calls run, and it names every route and every error."""

import json
import os
import re
import shutil
import subprocess

import pytest
from curating import publish_market, write_keys
from served import ROOT, served

from kg.errors import AifkgError

pytestmark = pytest.mark.slow

TEXT = (ROOT / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.S)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    publish_market(folder / "store")
    with served(folder / "store", keys=write_keys(folder / "keys")) as running:
        yield running


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_a_block_can_be_pasted(service, block, tmp_path):
    script = block.replace("http://127.0.0.1:8000", service.url)
    done = subprocess.run(
        ["bash", "-c", f"set -e; {script}"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "KEY": "boss-key"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    if "nobody" not in block and "?s ?p }" not in block:
        assert "problem/" not in done.stdout


def test_there_are_blocks():
    assert len(BLOCKS) >= 8


def test_every_route_is_named(service):
    paths = service.ask("/openapi.json").json["paths"]
    assert [path for path in paths if f"`{path}" not in TEXT] == []


def errors(base=AifkgError):
    return [one for child in base.__subclasses__() for one in (child, *errors(child))]


def test_every_error_is_named_with_its_status():
    assert [one.code for one in errors() if f"| `{one.code}` | {one.status} |" not in TEXT] == []


def refers(schema):
    return re.findall(r"#/components/schemas/([\w-]+)", json.dumps(schema))


def has_example(schema, schemas, seen):
    if '"example' in json.dumps(schema):
        return True
    new = [name for name in refers(schema) if name not in seen]
    return any(has_example(schemas[name], schemas, seen | {*new}) for name in new)


def contents(operation):
    """What an operation takes, and what it answers with when all is well."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for status, told in operation["responses"].items():
        if status.startswith("2"):
            yield from told.get("content", {}).values()


def test_what_curators_and_jobs_send_and_get_has_examples(service):
    description = service.ask("/openapi.json").json
    schemas = description["components"]["schemas"]
    ours = ("/api/curation", "/api/jobs", "/api/webhooks", "/api/reports")
    bare = [
        (method, path)
        for path, methods in description["paths"].items()
        if path.startswith(ours)
        for method, operation in methods.items()
        for content in contents(operation)
        if not has_example(content, schemas, frozenset())
    ]
    assert bare == []
