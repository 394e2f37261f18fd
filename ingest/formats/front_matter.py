"""The YAML head of a Markdown file -> what it declares of the publication."""

import re
from datetime import date

import yaml

from ingest.formats.rendering import Declared, squeeze
from ingest.written_dates import as_date

_HEAD = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PAIR = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_LONGEST = 65_536

_TITLE = ("title", "headline")
_URL = ("url", "canonical_url", "canonical", "permalink", "link")
_PUBLISHER = ("publisher", "source", "site", "organization")
_ISSUED = ("published", "issued", "date", "publication_date", "published_at", "pubdate")
_KIND = ("kind", "type", "category")


class _Loader(yaml.SafeLoader):
    """Plain YAML without aliases: merged over and over, they make a small file a huge value."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[Declared, int]:
    """What the head declares and where the body starts; an empty `Declared` and 0 without a head."""
    match = _HEAD.match(text)
    if match is None or match.end() > _LONGEST:
        return Declared(), 0
    return _declared(_pairs(match.group(1))), match.end()


def _pairs(head: str) -> dict[str, object]:
    try:
        loaded = yaml.load(head, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError):
        # Mostly a title with a colon and no quotes; its lines are still plain "key: value" pairs.
        loaded = {key: value.strip("\"'") for key, value in _PAIR.findall(head)}
    if not isinstance(loaded, dict):
        return {}
    return {str(key).lower().replace("-", "_"): value for key, value in loaded.items()}


def _declared(pairs: dict[str, object]) -> Declared:
    return Declared(
        title=_text(pairs, _TITLE),
        url=_text(pairs, _URL),
        publisher=_text(pairs, _PUBLISHER),
        issued=_date(pairs, _ISSUED),
        kind=_text(pairs, _KIND),
    )


def _text(pairs: dict[str, object], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = pairs.get(key)
        if isinstance(value, str | int | float) and squeeze(str(value)):
            return squeeze(str(value))
    return None


def _date(pairs: dict[str, object], keys: tuple[str, ...]) -> date | None:
    return next((found for key in keys if (found := as_date(pairs.get(key)))), None)
