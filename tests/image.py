"""The Dockerfile without Docker: parsed, and its RUN lines executed in a folder that stands for the image.

    python tests/image.py       builds as the image does, then serves from it; prints what was not executed

What only an image can show stays open: the base image, its packages, users, and limits of the container.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# They change the system, so they run in an image alone.
OF_THE_SYSTEM = ("apt-get", "useradd")


@dataclass(frozen=True)
class Step:
    """One instruction; `stage` is the name of its stage, or its number."""

    stage: str
    verb: str
    text: str

    def listed(self) -> list[str]:
        """The words of an instruction in JSON form."""
        return json.loads(self.text[self.text.index("[") :])


def steps(text: str) -> list[Step]:
    """The instructions of a Dockerfile in order."""
    joined = re.sub(
        r"\\\n\s*", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    )
    found: list[Step] = []
    stage, number = "", 0
    for line in filter(None, map(str.strip, joined.splitlines())):
        verb, _, rest = line.partition(" ")
        if verb == "FROM":
            named = re.search(r" AS (\S+)$", rest)
            stage = named[1] if named else str(number)
            number += 1
        found.append(Step(stage, verb, rest.strip()))
    return found


def environment_of(found: list[Step]) -> dict[str, str]:
    """What ENV sets in the last stage."""
    last = found[-1].stage
    return {
        name: value
        for step in found
        if step.verb == "ENV" and step.stage == last
        for name, value in re.findall(r"(\w+)=(\S+)", step.text)
    }


def sources_of(found: list[Step]) -> list[str]:
    """What is copied out of the project."""
    return [
        source
        for step in found
        if step.verb == "COPY" and not step.text.startswith("--from")
        for source in step.text.split()[:-1]
    ]


def build(folder: Path) -> list[str]:
    """Copy and run what the build stage says, with /src and /opt in the folder; the lines left out."""
    left_out = []
    (folder / "src").mkdir()
    for step in steps((ROOT / "Dockerfile").read_text("utf-8")):
        if step.verb == "COPY" and not step.text.startswith("--from"):
            *sources, target = step.text.split()
            for source in sources:
                _copy(ROOT / source, folder / "src" / target, to_folder=target.endswith("/"))
        elif step.verb == "RUN" and any(word in step.text for word in OF_THE_SYSTEM):
            left_out.append(step.text)
        elif step.verb == "RUN":
            line = re.sub(r"^python ", f"{sys.executable} ", step.text.replace("/opt/", f"{folder}/opt/"))
            print("RUN", step.text, flush=True)  # noqa: T201
            subprocess.run(["bash", "-ec", line], cwd=folder / "src", check=True)
    return left_out


def _copy(source: Path, target: Path, *, to_folder: bool) -> None:
    if source.is_dir():
        left = shutil.ignore_patterns("__pycache__", "training", "built", "node_modules")
        shutil.copytree(source, target, ignore=left)
    else:
        target = target / source.name if to_folder else target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def serve_from(folder: Path) -> None:
    """Run the entry point with the image's environment until it is healthy; then end it as Docker does."""
    found = steps((ROOT / "Dockerfile").read_text("utf-8"))
    last = {step.verb: step for step in found if step.stage == found[-1].stage}
    data, port = folder / "data", "8799"
    data.mkdir()
    environment = {
        name: value.replace("/opt/", f"{folder}/opt/")
        .replace("/data", str(data))
        .replace("$PATH", os.environ["PATH"])
        for name, value in environment_of(found).items()
    } | {"AIFKG_PORT": port, "AIFKG_HOST": "127.0.0.1"}

    def command(words: list[str]) -> list[str]:
        return [word.replace("/opt/", f"{folder}/opt/").replace(":8000/", f":{port}/") for word in words]

    entry = command(last["ENTRYPOINT"].listed())
    ingest = [*entry, "ingest", str(next((ROOT / "ingest" / "samples").glob("*.md")))]
    subprocess.run(ingest, cwd=data, env=environment, check=True)
    service = subprocess.Popen([*entry, *last["CMD"].listed()], cwd=data, env=environment)
    try:
        check = command(last["HEALTHCHECK"].listed())
        deadline = time.monotonic() + 30
        while subprocess.run(check, env=environment, stderr=subprocess.DEVNULL, check=False).returncode:
            if time.monotonic() > deadline:
                raise SystemExit("the health check never passed")
            time.sleep(0.3)
        for path in ("/", "/readyz", "/static/style.css", "/sparql?query=ASK%7B%7D", "/docs"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as reply:
                print(reply.status, path)  # noqa: T201
    finally:
        service.terminate()
    if code := service.wait(15):
        raise SystemExit(f"the service ended with {code} on SIGTERM")


def main() -> None:
    """Build and serve in a folder that goes away again."""
    with tempfile.TemporaryDirectory(prefix="aifkg-image-") as name:
        left_out = build(Path(name))
        serve_from(Path(name))
    for line in left_out:
        print("NOT EXECUTED:", line)  # noqa: T201
    print("the image's build and its service work, as far as they can be tried without a container")  # noqa: T201


if __name__ == "__main__":
    main()
