"""Who finds the store taken is told by which process, also in the moment in which that one takes it."""

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kg.errors import StoreUnavailable
from kg.writer_lock import take_writer_lock


@pytest.mark.parametrize("before", ["", "ended"])
def test_a_holder_that_has_not_yet_written_its_id_is_waited_for(tmp_path: Path, before: str) -> None:
    path = tmp_path / "writer.lock"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    path.write_text(str(gone.pid) if before else "")
    with path.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writing = threading.Timer(0.15, path.write_text, [str(os.getpid())])
        writing.start()
        with pytest.raises(StoreUnavailable, match=f"process {os.getpid()} is writing"):
            take_writer_lock(path)
        writing.join()


def test_a_lock_can_be_had_again_after_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    take_writer_lock(path).close()
    with take_writer_lock(path):
        assert path.read_text() == str(os.getpid())
