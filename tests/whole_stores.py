"""Whole stores as text, to compare them byte for byte."""

from pathlib import Path

from kg.store import EmbeddedStore


def everything_in(store_path: Path) -> str:
    """Every quad of the writer's database, one a line, in the order of their text."""
    store = EmbeddedStore(store_path / "live")
    try:
        return "\n".join(sorted(str(quad) for quad in store.match()))
    finally:
        store.close()
