"""Contracts of the project as a whole: entry points load, files name no registry, the docs tell the truth."""

import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from kg.errors import AifkgError
from kg.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def tracked_files() -> list[Path]:
    if not (shutil.which("git") and (ROOT / ".git").exists()) and not os.environ.get(
        "AIFKG_REQUIRE_OPTIONAL"
    ):
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name and (ROOT / name).is_file()]


def all_errors(base: type[AifkgError] = AifkgError) -> list[type[AifkgError]]:
    return [base, *(each for child in base.__subclasses__() for each in all_errors(child))]


def test_every_entry_point_of_the_distribution_loads() -> None:
    ours = [point for point in entry_points(group="console_scripts") if point.name == "aifkg"]
    assert ours
    for point in ours:
        assert callable(point.load())


def test_no_tracked_file_names_a_package_registry() -> None:
    # A class of one letter each, so that this file does not name them either.
    hosts = re.compile(rb'py[p]i\.org|python[h]osted|registry\.npm[j]s|"[r]esolved"')
    assert [str(path) for path in tracked_files() if hosts.search(path.read_bytes())] == []


def test_the_locks_pin_every_requirement_by_hash() -> None:
    for lock in ("run.lock", "dev.lock"):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        pins = re.findall(r"^([\w.-]+)==(\S+)", text, re.M)
        assert len(pins) > 40
        assert text.count("--hash=sha256:") >= len(pins)
        assert "--index" not in text


def test_the_lock_of_ray_agrees_with_the_others() -> None:
    pins = [
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements" / lock).read_text("utf-8"), re.M))
        for lock in ("ray.lock", "dev.lock")
    ]
    assert "ray" in pins[0]
    assert {name for name in pins[0].keys() & pins[1].keys() if pins[0][name] != pins[1][name]} == set()


def test_every_error_has_its_own_code_and_a_client_or_server_status() -> None:
    errors = all_errors()
    assert len({error.code for error in errors}) == len(errors)
    assert all(400 <= error.status < 600 for error in errors)


def test_every_error_is_drawn_in_the_tree() -> None:
    import kg.errors

    drawn = kg.errors.__doc__ or ""
    assert [error.__name__ for error in all_errors() if error.__name__ not in drawn] == []


def test_every_setting_has_a_description_and_stands_in_the_docs() -> None:
    docs = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"AIFKG_{name.upper()}" in docs


def test_every_make_target_named_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))
    assert named
    assert named <= targets


def test_the_version_stands_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
