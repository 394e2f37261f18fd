"""claim IRIs -> claims put together from their triples: evidence, names and report."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from pyoxigraph import Store

from kg.names import id_of, refs_for
from kg.queries import rows
from kg.records import ClaimRecord, EvidenceRecord, FigureRecord, PeriodRecord, Ref
from ontology import terms

Statements = Mapping[str, Sequence[str]]
_KINDS = {
    terms.C_RELATION_CLAIM: "relation",
    terms.C_METRIC_CLAIM: "metric",
    terms.C_TRANSITION_CLAIM: "transition",
    terms.C_PROPOSITION_CLAIM: "proposition",
}
_THINGS = (
    terms.SUBJECT,
    terms.PREDICATE,
    terms.OBJECT,
    terms.METRIC,
    terms.UNIT,
    terms.ASPECT,
    terms.FROM_STATE,
    terms.TO_STATE,
    terms.ATTRIBUTED_TO,
    terms.RELAYED_BY,
    terms.ABOUT,
    terms.SCOPE,
    terms.BY_MEANS_OF,
    terms.REPORTED_IN,
)


def read_claims(store: Store, iris: Iterable[str]) -> list[ClaimRecord]:
    """The claims, in the order of the IRIs; an IRI that is no claim is left out."""
    wanted = list(dict.fromkeys(iris))
    if not wanted:
        return []
    statements = _statements(store, wanted)
    evidence = _evidence(store, wanted)
    refs = refs_for(
        store, (value for said in statements.values() for name in _THINGS for value in said.get(name, ()))
    )
    return [
        _Reading(statements[iri], refs).claim(iri, evidence.get(iri, ()))
        for iri in wanted
        if terms.SUBJECT in statements.get(iri, {})
    ]


def _statements(store: Store, iris: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    by_subject: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store, "statements", many={"subject": iris}):
        by_subject[row["subject"]][row["predicate"]].append(row["value"])
    return by_subject


def _evidence(store: Store, iris: Iterable[str]) -> dict[str, tuple[EvidenceRecord, ...]]:
    by_claim: dict[str, list[EvidenceRecord]] = defaultdict(list)
    for row in rows(store, "evidence", many={"claim": iris}):
        by_claim[row["claim"]].append(
            EvidenceRecord(
                row["evidence"],
                row["quote"],
                row["prefix"],
                row["suffix"],
                int(row["start"]),
                int(row["end"]),
                int(row["page"]) if "page" in row else None,
                row.get("section"),
            )
        )
    return {iri: tuple(sorted(found, key=lambda evidence: evidence.start)) for iri, found in by_claim.items()}


class _Reading:
    """Reads one claim off its statements."""

    def __init__(self, said: Statements, refs: Mapping[str, Ref]) -> None:
        self._said = said
        self._refs = refs

    def claim(self, iri: str, evidence: tuple[EvidenceRecord, ...]) -> ClaimRecord:
        return ClaimRecord(
            iri=iri,
            id=id_of(iri),
            kind=next(
                (_KINDS[name] for name in self._said.get(terms.RDF_TYPE, ()) if name in _KINDS), "claim"
            ),
            statement=self._text(terms.STATEMENT) or "",
            subject=self._refs[self._said[terms.SUBJECT][0]],
            predicate=self._ref(terms.PREDICATE),
            object=self._ref(terms.OBJECT),
            role=self._text(terms.ROLE),
            metric=self._ref(terms.METRIC),
            figure=self._figure(),
            aspect=self._ref(terms.ASPECT),
            from_state=self._ref(terms.FROM_STATE),
            to_state=self._ref(terms.TO_STATE),
            period=self._period(),
            modality=self._concept(terms.MODALITY),
            polarity=self._concept(terms.POLARITY),
            status=self._concept(terms.STATUS),
            attributed_to=self._many(terms.ATTRIBUTED_TO),
            relayed_by=self._many(terms.RELAYED_BY),
            about=self._many(terms.ABOUT),
            scope=self._many(terms.SCOPE),
            by_means_of=self._many(terms.BY_MEANS_OF),
            evidence=evidence,
            report=self._refs[self._said[terms.REPORTED_IN][0]],
            confidence=Decimal(self._text(terms.CONFIDENCE) or "0"),
            asserted_at=self._text(terms.ASSERTED_AT),
            recorded_at=self._text(terms.RECORDED_AT),
            retired_at=self._text(terms.RETIRED_AT),
            slot=self._text(terms.SLOT_KEY),
            proposition=self._text(terms.PROPOSITION_KEY),
        )

    def _text(self, predicate: str) -> str | None:
        return next(iter(self._said.get(predicate, ())), None)

    def _ref(self, predicate: str) -> Ref | None:
        iri = self._text(predicate)
        return None if iri is None else self._refs[iri]

    def _many(self, predicate: str) -> tuple[Ref, ...]:
        found = (self._refs[iri] for iri in self._said.get(predicate, ()))
        return tuple(sorted(found, key=lambda ref: ref.label))

    def _number(self, predicate: str) -> Decimal | None:
        text = self._text(predicate)
        return None if text is None else Decimal(text)

    def _concept(self, predicate: str) -> str:
        """The name of a concept inside its scheme: `planned` of `…/vocab/modality-planned`."""
        return id_of(self._text(predicate) or "").partition("-")[2]

    def _figure(self) -> FigureRecord | None:
        unit = self._ref(terms.UNIT)
        if unit is None:
            return None
        return FigureRecord(
            self._number(terms.VALUE),
            self._number(terms.LOW),
            self._number(terms.HIGH),
            unit,
            self._concept(terms.VALUE_QUALIFIER),
            self._text(terms.VALUE_TEXT) or "",
        )

    def _period(self) -> PeriodRecord | None:
        label, year = self._text(terms.PERIOD_LABEL), self._text(terms.REFERENCE_YEAR)
        start, end = self._text(terms.PERIOD_START), self._text(terms.PERIOD_END)
        if label is None and start is None and end is None:
            return None
        return PeriodRecord(label, start, end, int(year) if year else None)
