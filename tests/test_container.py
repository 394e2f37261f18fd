"""What the Dockerfile and the compose file promise, read from them; `python tests/image.py` tries more."""

import re
from pathlib import Path

import pytest
import yaml
from image import ROOT, environment_of, sources_of, steps

from kg.settings import Settings

FILE = steps((ROOT / "Dockerfile").read_text("utf-8"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
LAST = [step for step in FILE if step.stage == FILE[-1].stage]


def last(verb: str) -> str:
    """The one instruction of that kind in the stage that runs."""
    (text,) = [step.text for step in LAST if step.verb == verb]
    return text


def test_the_image_runs_as_nobody_special_and_says_whether_it_lives() -> None:
    uid, gid = map(int, last("USER").split(":"))
    assert min(uid, gid) > 1000
    assert "/healthz" in last("HEALTHCHECK")
    assert last("STOPSIGNAL") == "SIGTERM"


def test_both_stages_start_from_one_named_version_of_python() -> None:
    bases = {step.text.split()[0] for step in FILE if step.verb == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", bases.pop())


def test_only_what_was_built_reaches_the_image_that_runs() -> None:
    copies = [step.text for step in LAST if step.verb == "COPY"]
    assert copies == ["--from=build /opt/aifkg /opt/aifkg"]


def test_every_install_of_packages_checks_hashes_or_asks_no_index() -> None:
    lines = [
        step.text for step in FILE if step.verb == "RUN" and re.search(r"-m pip (install|wheel)", step.text)
    ]
    assert len(lines) == 4
    assert all("--require-hashes" in line or "--no-index" in line for line in lines)


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    for source in sources_of(FILE):
        assert (ROOT / source).exists(), source
        assert Path(source).parts[0] in allowed, source


def test_every_package_of_the_project_is_copied() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= set(sources_of(FILE))


def test_every_setting_that_is_given_is_one() -> None:
    given = {name for name in environment_of(FILE) if name.startswith("AIFKG_")}
    for service in COMPOSE["services"].values():
        given |= {name for name in service.get("environment", {}) if name.startswith("AIFKG_")}
    known = {f"AIFKG_{name.upper()}" for name in Settings.model_fields}
    assert given
    assert given <= known


def test_settings_of_the_containers_can_be_used() -> None:
    for service in COMPOSE["services"].values():
        environment = service.get("environment", {})
        options = {name.removeprefix("AIFKG_").lower(): value for name, value in environment.items()}
        assert Settings(**options)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    (volume,) = service["volumes"]
    assert volume.split(":")[0] in COMPOSE["volumes"]


def test_the_store_of_the_remote_profile_is_the_one_that_is_asked() -> None:
    service, store = COMPOSE["services"]["graph-over-remote"], COMPOSE["services"]["store"]
    assert service["profiles"] == store["profiles"] == ["remote"]
    port = service["environment"]["AIFKG_STORE"].rpartition(":")[2]
    assert f"0.0.0.0:{port}" in store["command"]
    assert service["depends_on"] == ["store"]


def test_a_container_has_time_to_answer_what_is_in_flight() -> None:
    longest = Settings().query_timeout_s
    for service in COMPOSE["services"].values():
        assert int(service["stop_grace_period"].removesuffix("s")) >= longest + 5
