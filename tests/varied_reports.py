"""Many reports out of a few: other firms, other figures, and what repeats in real life repeats here.

Of each source there are many variants, in each of which
- every firm is another one: known firms, a few of them named much more often than the rest, firms that no
  reference data knows but that other variants name too, and firms that no other variant names;
- most figures have other digits and a quarter are restated as they were, so variants agree and contradict;
- years, quarters and the names of products stay, dates are other dates of the same year.
A few reports are copies of an earlier one on another site, and a few are its next version.
"""

import random
import re
from pathlib import Path

from ontology.labels import load_labels

_SHARED = Path(__file__).parent.parent.parent / "shared" / "corpus" / "dev"
_SHIPPED = Path(__file__).parent.parent / "ingest" / "training" / "reports"
_SYLLABLES = (
    "nor",
    "vel",
    "tra",
    "kin",
    "sol",
    "mar",
    "dex",
    "lum",
    "ora",
    "bex",
    "tal",
    "rim",
    "cas",
    "pel",
)
_KINDS = ("Cloud", "Compute", "Systems", "Data", "Networks", "Capital", "Power", "Labs")
_KNOWN, _RECURRING = 0.5, 0.3  # shares of the firms; the rest is named once
_RECURRING_FIRMS = 400
_RESTATED = 0.25
_COPIES, _VERSIONS = 0.04, 0.03
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_VARYING = re.compile(
    r"(?P<kept>\b(?:Q[1-4]|[1-4]Q\d*|FY\d+|H[12]|[12]H\d*)\b|(?<![\w,.])(?:19|20)\d\d(?!\d|[,.]\d|-\d\d-))"
    r"|(?P<date>(?P<year>\b20\d\d)-\d\d-\d\d\b)"
    rf"|(?P<day>(?P<month>\b(?:{_MONTHS})\.? )\d{{1,2}}\b)"
    r"|(?P<figure>(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d)"
)


def sources() -> list[str]:
    """The texts of the development corpus where it is, else of the reports that ship for training."""
    folder = _SHARED if _SHARED.is_dir() else _SHIPPED
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]


def write_variants(folder: Path, count: int, *, seed: int = 1) -> None:
    """Write `count` reports; the same ones for the same seed."""
    texts = sources()
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:05d}.md").write_text(a_report(texts, number, seed=seed), encoding="utf-8")


def a_report(texts: list[str], number: int, *, seed: int = 1) -> str:
    """The variant with this number, or a copy or next version of one of the hundred before it."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - test data
    drawn, earlier = chance.random(), number - chance.randrange(5, 100)
    if earlier < 0 or drawn > _COPIES + _VERSIONS:
        return with_identity(vary(texts[number % len(texts)], chance), number)
    original = vary(texts[earlier % len(texts)], random.Random(f"{seed} {earlier}"))  # noqa: S311
    if drawn < _COPIES:
        return with_identity(original, number) + "\nThis text first appeared elsewhere.\n"
    return with_identity(_VARYING.sub(lambda found: other_number(found, chance), original), earlier)


def vary(text: str, chance: random.Random) -> str:
    """The text with other firms and other figures."""
    return _VARYING.sub(lambda found: other_number(found, chance), _with_other_firms(text, chance))


def other_number(found: re.Match[str], chance: random.Random) -> str:
    """A number of the same shape, or the same one."""
    if found["kept"]:
        return found["kept"]
    if found["date"]:
        return f"{found['year']}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    if found["day"]:
        return f"{found['month']}{chance.randint(1, 28)}"
    if chance.random() < _RESTATED:
        return found["figure"]
    return re.sub(r"\d", lambda _: str(chance.randint(1, 9)), found["figure"])


def _with_other_firms(text: str, chance: random.Random) -> str:
    """All names of a firm become the name of one other."""
    firms = [entry for entry in load_labels().named.values() if entry.type == "Organization"]
    other: dict[str, str] = {}
    for entry in firms:
        names = [name for name in entry.names if name not in entry.everyday and name in text]
        if names:
            other |= dict.fromkeys(names, _another([firm.label for firm in firms], chance))
    if not other:
        return text
    names = "|".join(re.escape(name) for name in sorted(other, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda found: other[found.group()], text)


def _another(known: list[str], chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < _KNOWN:
        return known[
            int(len(known) * chance.random() ** 3)
        ]  # half of the mentions are of an eighth of the firms
    if drawn < _KNOWN + _RECURRING:
        return _invented(random.Random(chance.randrange(_RECURRING_FIRMS)))  # noqa: S311
    return _invented(chance)


def _invented(chance: random.Random) -> str:
    """A name that no reference data knows."""
    return "".join(chance.choices(_SYLLABLES, k=4)).capitalize() + " " + chance.choice(_KINDS)


def with_identity(text: str, number: int) -> str:
    """The text as the publication with this number."""
    front = f"url: https://example.org/varied/{number}\n"
    if text.startswith("---\n"):
        head, _, body = text[4:].partition("\n---\n")
        kept = "\n".join(line for line in head.splitlines() if not line.startswith("url:"))
        return f"---\n{kept}\n{front}---\n{body}"
    return f"---\ntitle: Varied report {number}\n{front}---\n\n{text}"
