"""The pitfalls of OOPS!, the report of ROBOT, FIBO's hygiene, FOOPS!' metadata and SKOS integrity, as SPARQL.

Reads `checks/*.rq`. Each query finds what breaks one rule: `?term`, and `?detail` where it helps. The ids and
levels are those of the suites; the queries are ours, since the suites expect other annotation properties.
"""

from pathlib import Path
from typing import get_args

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions

from ontology.check.results import CheckResult, Finding, Level, result
from ontology.check.sources import Sources
from ontology.errors import OntologyError


def check_hygiene(sources: Sources) -> list[CheckResult]:
    """One result for each query file, in the order of their names; OntologyError for one without a head."""
    return [check_query(sources, path) for path in sorted((sources.root / "checks").glob("*.rq"))]


def check_query(sources: Sources, path: Path) -> CheckResult:
    """The result of one query file; OntologyError for one without a complete head."""
    head, _, query = path.read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.removeprefix("# ").split(": ", 1) for line in head.splitlines())
    solutions = sources.store.query(query)
    if not isinstance(solutions, QuerySolutions):
        raise OntologyError(f"{path.name}: is no SELECT query")
    findings = [_finding(sources, solution, fields["title"]) for solution in solutions]
    findings.sort(key=lambda finding: (finding.term, finding.message))
    return result(fields["suite"], fields["id"], fields["title"], findings, level=_level(path, fields))


def _level(path: Path, fields: dict[str, str]) -> Level:
    for level in get_args(Level):
        if fields.get("level") == level:
            known: Level = level
            return known
    raise OntologyError(f"{path.name}: the head has no known level")


def _finding(sources: Sources, solution: QuerySolution, rule: str) -> Finding:
    term, detail = solution["term"], _value(solution)
    name = term.value if isinstance(term, NamedNode | Literal) else str(term)
    return Finding(sources.file_of(name), name, f"{rule} ({detail})" if detail else rule)


def _value(solution: QuerySolution) -> str:
    try:
        detail = solution["detail"]
    except KeyError:
        return ""
    return detail.value if isinstance(detail, NamedNode | Literal) else ""
