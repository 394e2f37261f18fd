"""A Ray cluster of two nodes on the loopback, in a process of its own that is told a word a line.

(start)  prints the cluster's address
kill     waits until the second node reads a report, then kills it with SIGKILL, and prints what it did
(end)    shuts the cluster down
"""

# ruff: noqa: T201 - its output is how it is spoken to

import os
import signal
import sys
import time
from pathlib import Path

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # everything on 127.0.0.1

from ray.cluster_utils import Cluster

_SMALL = 80 * 2**20
_PATIENCE_S = 60


def main() -> None:
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": _SMALL, "include_dashboard": False},
    )
    second = cluster.add_node(num_cpus=1, object_store_memory=_SMALL)
    print(cluster.address, flush=True)
    for line in sys.stdin:
        if line.strip() == "kill":
            raylet = second.all_processes["raylet"][0].process.pid
            reading = _await_reading(raylet)
            for pid in [raylet, *reading]:
                os.kill(pid, signal.SIGKILL)
            cluster.remove_node(second, allow_graceful=False)
            print("killed", len(reading), flush=True)
    cluster.shutdown()


def _await_reading(raylet: int) -> list[int]:
    """The processes of the node that have a report in hand."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        listed = Path(f"/proc/{raylet}/task/{raylet}/children").read_text("ascii").split()
        reading = [pid for pid in listed if b"read_bytes" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if reading:
            return [int(pid) for pid in reading]
        time.sleep(0.01)
    return []


if __name__ == "__main__":
    main()
