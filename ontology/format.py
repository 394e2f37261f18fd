"""Put the ontology's Turtle files into canonical order."""

from pathlib import Path

from ontology.canonical import canonical
from ontology.turtle import FOLDER


def format_files(root: Path = FOLDER) -> list[str]:
    """Rewrite the files that are not in order, and return their names; SyntaxError for a broken one."""
    changed = []
    for path in sorted(root.rglob("*.ttl")):
        text = path.read_text(encoding="utf-8")
        ordered = canonical(text)
        if ordered != text:
            path.write_text(ordered, encoding="utf-8")
            changed.append(path.relative_to(root).as_posix())
    return changed
