"""Two small hand-made reports that disagree, for the tests of what is built on the graph."""

import hashlib
from datetime import date
from decimal import Decimal

from kg.model import Claim, Entity, Evidence, Extraction, Period, Quantity, Report
from ontology import terms

FIRST_TEXT = (
    "AI factories 2026\n\n"
    "Cumulative data-centre investment will approach $1.6 trillion by 2030, according to Omdia. "
    "AWS uses full-stack drop-in delivery. Nebius moved from bare metal to MaaS. "
    "Nebius plans 100 MW of IT capacity in 2027."
)
SECOND_TEXT = (
    "A second look\n\nGartner expects cumulative data-centre investment of $1.9 trillion by 2030. "
    "Smallcloud offers GPU rental \U0001f600 for \u20ac2 an hour."
)

AWS = Entity(terms.ID + "aws", "AWS", "Organization")
NEBIUS = Entity(terms.ID + "nebius", "Nebius", "Organization")
OMDIA = Entity(terms.ID + "omdia", "Omdia", "Organization")
GARTNER = Entity(terms.ID + "gartner", "Gartner", "Organization")
MARKET = Entity(terms.ID + "market-data-centre", "global data-centre market", "Market")
SMALLCLOUD = Entity(
    terms.ID + "0123456789abcdef", "Smallcloud", "Organization", ("Small Cloud",), known=False
)
DROP_IN = Entity(terms.VOCAB + "delivery-full-stack-drop-in", "full-stack drop-in", "Term")
BARE_METAL = Entity(terms.VOCAB + "model-bare-metal", "bare metal leasing", "Term")
MAAS = Entity(terms.VOCAB + "model-maas", "model as a service", "Term")
GPUAAS = Entity(terms.VOCAB + "model-gpuaas", "GPU as a service", "Term")
ASPECT = Entity(terms.VOCAB + "aspect-business-model", "business model", "Term")

BY_2030 = Period("/2030", None, date(2031, 1, 1))
IN_2027 = Period("2027", date(2027, 1, 1), date(2028, 1, 1))


def report(name: str, text: str, title: str, issued: date, publisher: str) -> Report:
    sha = hashlib.sha256(text.encode()).hexdigest()
    iri = terms.DOC + hashlib.sha256(name.encode()).hexdigest()[:16]
    return Report(
        iri=iri,
        source=name,
        media_type="text/markdown",
        text=text,
        text_sha256=sha,
        bytes_sha256=sha,
        blocks=(),
        title=title,
        publisher=publisher,
        issued=issued,
        kind="analyst note",
    )


def evidence(text: str, quote: str) -> Evidence:
    start = text.index(quote)
    end = start + len(quote)
    return Evidence(start, end, quote, text[max(0, start - 32) : start], text[end : end + 32], 1, "Outlook")


def investment(text: str, quote: str, amount: str, words: str, claimant: Entity) -> Claim:
    value = Decimal(amount)
    return Claim(
        kind="metric",
        subject=MARKET,
        modality="forecast",
        polarity="affirmed",
        evidence=evidence(text, quote),
        confidence=Decimal("0.95"),
        statement=f"Cumulative data-centre investment reaches {words} by 2030.",
        metric=terms.VOCAB + "metric-dc-investment-cumulative",
        quantity=Quantity(value, value, value, "CCY_USD", "exact", words),
        period=BY_2030,
        attributed_to=(claimant,),
    )


FIRST = Extraction(
    report("first.md", FIRST_TEXT, "AI factories 2026", date(2026, 5, 28), "Omdia"),
    (AWS, NEBIUS, OMDIA, MARKET, DROP_IN, BARE_METAL, MAAS),
    (
        investment(
            FIRST_TEXT,
            "Cumulative data-centre investment will approach $1.6 trillion by 2030",
            "1600000000000",
            "$1.6 trillion",
            OMDIA,
        ),
        Claim(
            kind="relation",
            subject=AWS,
            modality="reported",
            polarity="affirmed",
            evidence=evidence(FIRST_TEXT, "AWS uses full-stack drop-in delivery."),
            confidence=Decimal("0.9"),
            statement="Amazon Web Services uses full-stack drop-in delivery.",
            predicate=terms.USES_DELIVERY_PARADIGM,
            object=DROP_IN,
            attributed_to=(OMDIA,),
        ),
        Claim(
            kind="transition",
            subject=NEBIUS,
            modality="reported",
            polarity="affirmed",
            evidence=evidence(FIRST_TEXT, "Nebius moved from bare metal to MaaS."),
            confidence=Decimal("0.85"),
            statement="Nebius changed its business model from bare metal leasing to model as a service.",
            aspect=ASPECT,
            from_state=BARE_METAL,
            to_state=MAAS,
        ),
        Claim(
            kind="metric",
            subject=NEBIUS,
            modality="planned",
            polarity="affirmed",
            evidence=evidence(FIRST_TEXT, "Nebius plans 100 MW of IT capacity in 2027."),
            confidence=Decimal("0.8"),
            statement="Nebius plans 100 MW of IT capacity in 2027.",
            metric=terms.VOCAB + "metric-it-capacity",
            quantity=Quantity(Decimal(100), Decimal(100), Decimal(100), "MegaW", "exact", "100 MW"),
            period=IN_2027,
        ),
    ),
)
SECOND = Extraction(
    report("second.md", SECOND_TEXT, "A second look", date(2026, 10, 1), "Gartner"),
    (GARTNER, MARKET, SMALLCLOUD, GPUAAS),
    (
        investment(
            SECOND_TEXT,
            "cumulative data-centre investment of $1.9 trillion by 2030",
            "1900000000000",
            "$1.9 trillion",
            GARTNER,
        ),
        Claim(
            kind="relation",
            subject=SMALLCLOUD,
            modality="reported",
            polarity="affirmed",
            evidence=evidence(SECOND_TEXT, "Smallcloud offers GPU rental \U0001f600"),
            confidence=Decimal("0.75"),
            statement="Smallcloud runs GPU as a service.",
            predicate=terms.HAS_BUSINESS_MODEL,
            object=GPUAAS,
        ),
    ),
)
