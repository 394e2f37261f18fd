"""Mint stable IRIs from content, and check those that others give.

Hash IRIs are the first 16 hex digits of a SHA-256 (ontology guide 1.1), so the same input gives the same
IRI in every process.
"""

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.model import Claim, Report

if TYPE_CHECKING:
    from kg.keys import Keys

BASE = "https://w3id.org/ai-factory/"
NS = BASE + "ns#"
VOCAB = BASE + "vocab/"
ID = BASE + "id/"
CLAIM = BASE + "claim/"
DOC = BASE + "doc/"
GRAPH = BASE + "graph/"

# RFC 3987 allows more, but these characters can never stand in an IRI written between angle brackets.
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def digest(*parts: str) -> str:
    """16 hex digits that depend on every part and on where one part ends and the next begins.

    >>> digest("a", "bc") == digest("ab", "c")
    False
    """
    joined = "\x1f".join(parts)
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()[:16]


def check_iri(text: str) -> str:
    """The text unchanged if it is an absolute IRI; ValueError with the reason if not.

    >>> check_iri("https://w3id.org/ai-factory/id/aws")
    'https://w3id.org/ai-factory/id/aws'
    """
    if _FORBIDDEN.search(text):
        raise ValueError("an IRI holds no spaces, quotes or angle brackets")
    if not urlsplit(text).scheme:
        raise ValueError("an IRI starts with a scheme such as https:")
    return text


def entity_iri(entity_type: str, name: str) -> str:
    """The IRI of a candidate entity, from its type and its folded name, so spellings of one name meet."""
    folded = re.sub(r"[\W_]+", " ", name.casefold()).strip()
    return f"{ID}{digest(entity_type, folded)}"


def claim_iri(report: Report, claim: Claim, keys: "Keys", ordinal: int = 0) -> str:
    """The IRI of a claim: from the report, what is said, who says it and the quoted words; no text offset.

    So a new rendering or version of the report keeps the IRIs of its unchanged claims. `ordinal` counts equal
    claims on equal words, in text order.
    """
    claimants = " ".join(sorted(entity.iri for entity in claim.attributed_to))
    quote = re.sub(r"\s+", " ", claim.evidence.quote).strip()
    return f"{CLAIM}{digest(report.iri, keys.proposition, claimants, quote, str(ordinal))}"
