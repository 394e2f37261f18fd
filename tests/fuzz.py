"""`make fuzz`: what OpenAPI promises against what a real service does, with thousands of generated requests.

Schemathesis makes them from /openapi.json, valid and broken ones, and chains them. One seed makes the same.
The key may curate and no more: uploads and webhooks would have the service call addresses that were made up.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from curating import curated

HERE = Path(__file__).parent
# Each of these asks for what is not so here; the first five have a narrower one in fuzz_checks.py.
EXCLUDED = (
    "response_schema_conformance",
    "not_a_server_error",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "positive_data_acceptance",  # a well-formed id or query need not name anything: 404 and 400 are right
    "use_after_free",  # an entry that was undone stays readable: nothing is taken out of the log
)


def fuzz(folder, *, examples, seed, only=(), described=lambda document: document):
    """Fuzz a service over the two small reports; the exit code, what was printed, the number of requests."""
    with curated(folder, writes_per_minute=10**6) as running:
        url = running.service.url
        document = folder / "openapi.json"
        document.write_text(json.dumps(described(running.get("/openapi.json").json)))
        command = [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            str(document),
            f"--url={url}",
            "--checks=all",
            f"--exclude-checks={','.join(EXCLUDED)}",
            f"--max-examples={examples}",
            f"--seed={seed}",
            *(f"--include-path={path}" for path in only),
            "--generation-database=none",
            "--suppress-health-check=all",
            "--request-timeout=60",
            "--header=Authorization: Bearer ann-key",
            "--no-color",
            "--warnings=off",
            "--continue-on-failure",
        ]
        environment = {**os.environ, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "fuzz_checks"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    counted = re.search(r"([\d,]+) generated", done.stdout)
    return done.returncode, done.stdout + done.stderr, int(counted[1].replace(",", "")) if counted else 0


def main():
    """Print what was found; the exit code says whether anything was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=20, help="most generated requests of one operation")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        code, printed, _ = fuzz(Path(folder), examples=options.examples, seed=options.seed)
    sys.stdout.write(printed)
    return code


if __name__ == "__main__":
    sys.exit(main())
