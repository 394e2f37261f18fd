"""Where large answers lie until they are sent: gone with the service, and when it is killed with the next."""

import fcntl
import os
import signal
import tempfile
from pathlib import Path

import pytest
from served import publish_trig, served

from kg.spools import PREFIX, SpoolFolder, clear_abandoned

pytestmark = pytest.mark.slow

# An answer of some MiB, which goes through a file.
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, of this process and of the services that it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(scope="module")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spools") / "store"
    publish_trig(path, "<urn:g> { " + " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(200)) + " }")
    return path


def folders_in(temporary: Path) -> list[Path]:
    return sorted(temporary.glob(f"{PREFIX}*"))


def test_a_service_that_starts_clears_what_a_killed_one_left_and_nothing_of_a_living_one(
    temporary: Path, store_path: Path
) -> None:
    with served(store_path) as living:
        (kept,) = folders_in(temporary)
        with served(store_path) as killed:
            (left,) = set(folders_in(temporary)) - {kept}
            (left / "1").write_text("half an answer")
            killed.process.send_signal(signal.SIGKILL)
            killed.process.wait(10)
        assert folders_in(temporary) == sorted([kept, left])
        with served(store_path):
            now = folders_in(temporary)
            assert kept in now
            assert left not in now
            assert len(now) == 2
        assert folders_in(temporary) == [kept]
        reply = living.query(LARGE, accept="text/csv")
        assert (reply.status, len(reply.body) > 1 << 20) == (200, True)
    assert folders_in(temporary) == []


def test_a_folder_is_kept_while_its_lock_is_held(temporary: Path) -> None:
    mine = SpoolFolder()
    clear_abandoned()
    assert mine.path.is_dir()
    mine.delete()
    assert folders_in(temporary) == []


def test_folders_without_a_lock_and_files_of_that_name_are_left_alone(temporary: Path) -> None:
    (temporary / f"{PREFIX}bare").mkdir()
    (temporary / f"{PREFIX}file").write_text("no folder")
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    clear_abandoned()
    assert len(folders_in(temporary)) == 3
    assert elsewhere.is_dir()


def test_a_folder_that_is_taken_for_abandoned_while_it_is_made_is_made_again(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp
    rivals: list[int] = []

    def slow(prefix: str) -> str:
        made = make(prefix=prefix)
        if not rivals:  # another process looks at the first folder in the worst moment
            rivals.append(os.open(Path(made) / "lock", os.O_CREAT | os.O_RDWR))
            fcntl.flock(rivals[0], fcntl.LOCK_EX)
        return made

    monkeypatch.setattr(tempfile, "mkdtemp", slow)
    mine = SpoolFolder()
    assert (mine.path / "lock").exists()
    os.close(rivals[0])
    mine.delete()
