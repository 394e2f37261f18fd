"""What rules demand and whom they bind: each form with a sentence that holds it and a near miss."""

import pytest

from ingest.duties import find_duties
from ingest.duty_addressees import find_addressees, name_of
from ingest.duty_claims import duty_claims
from ingest.pipeline import load_language
from ingest.reports import read_report
from kg.settings import Settings

DEMANDED = [
    ("Under the Grid Act operators must publish a safety plan.", "publication of safety plan"),
    ("Providers have to keep model documentation.", "model documentation"),
    ("Incidents must be reported within 24 hours.", "reporting of Incidents"),
    ("The Grid Act requires incident reports within 24 hours.", "incident reports within 24 hours"),
    ("The Grid Act requires operators to report incidents.", "report incidents"),
    (
        "The Grid Act obliges operators to register and to appoint a local agent.",
        "appointment of local agent",
    ),
    ("An impact assessment is mandatory under the Grid Act.", "impact assessment"),
    ("Deceptive deepfakes are prohibited.", "ban on Deceptive deepfakes"),
    ("Operators are barred from burning gas on site.", "burning gas on site"),
    ("The conditions include a local audit and third-party testing.", "third-party testing"),
    ("The Grid Act puts a 25% duty on advanced chips.", "25% duty on advanced chips"),
    ("The Grid Act calls for an annual audit.", "annual audit"),
    ("The Grid Act makes operators publish a safety plan.", "publication of safety plan"),
    ("The Grid Act makes an impact assessment compulsory.", "impact assessment"),
    ("The Grid Act limits contracts to 15 years.", "limit of contracts to 15 years"),
    ("Transfers are subject to a security review.", "security review"),
    ("No operator may burn gas on site.", "ban on burning of gas"),
    ("Bundling is no longer permitted.", "ban on Bundling"),
    ("Operators are under an obligation to report incidents.", "reporting of incidents"),
    ("The company was fined for failing to report incidents.", "reporting of incidents"),
]
NOT_DEMANDED = [
    "The operator may publish a safety plan.",
    "Operators published a safety plan.",
    "The operator has published a safety plan.",
    "Compliance becomes mandatory.",
    "The conditions were hard.",
    "The portfolio includes a local audit.",
    "The operator puts a server on the table.",
    "Analysts call the audit a success.",
    "The Grid Act makes operators happy.",
    "The operator may burn gas on site.",
    "Bundling is permitted.",
    "Operators have a plan to report incidents.",
    "The company failed in Ohio.",
]
BOUND = [
    ("The Grid Act applies to operators of large data centers.", "operators of large data centers", False),
    ("Cloud providers must keep records.", "Cloud providers", False),
    ("Foreign companies fall under the Grid Act.", "Foreign companies", False),
    ("The Grid Act requires banks to report incidents.", "banks", False),
    ("Small firms are exempt from the Grid Act.", "Small firms", True),
    ("The fine went to firms that had broken the law.", "firms", False),
    ("The Grid Act puts a duty on advanced chips.", "advanced chips", False),
    ("The Grid Act applies to large platforms such as Meta.", "Meta", False),
    ("Firms that have to report incidents met in May.", "Firms", False),
]
LAW = (
    "# The Ratepayer Fairness Act\n\nThe Ratepayer Fairness Act binds data-centre operators in Ohio. "
    "Under the Ratepayer Fairness Act operators must publish a safety plan. It was signed in May.\n"
)


@pytest.fixture(scope="module")
def nlp():
    return load_language(str(Settings.model_fields["spacy_model"].default), until="references")


@pytest.mark.parametrize(("sentence", "name"), DEMANDED)
def test_a_duty_is_found_by_one_of_its_names(nlp, sentence, name):
    assert name in {name for duty in find_duties(_sentence(nlp, sentence)) for name in duty.names}


@pytest.mark.parametrize("sentence", NOT_DEMANDED)
def test_what_nobody_demands_is_no_duty(nlp, sentence):
    assert not list(find_duties(_sentence(nlp, sentence)))


@pytest.mark.parametrize(("sentence", "who", "is_free"), BOUND)
def test_an_addressee_is_named_by_its_phrase(nlp, sentence, who, is_free):
    found = {(name_of(one.head), one.negated) for one in find_addressees(_sentence(nlp, sentence))}
    assert (who, is_free) in found


def test_a_pronoun_is_no_addressee(nlp):
    assert not list(find_addressees(_sentence(nlp, "They must keep records.")))


def test_a_named_law_imposes_its_duties_with_verbatim_evidence(nlp, tmp_path):
    doc = _document(nlp, tmp_path, LAW)
    claims = [claim for claim in duty_claims(doc) if claim.predicate.endswith("#imposes")]
    assert {(claim.subject.label, claim.object.label) for claim in claims} == {
        ("Ratepayer Fairness Act", "publication of safety plan")
    }
    assert all(claim.evidence.quote in doc.text for claim in claims)


def test_without_a_law_nothing_is_imposed(nlp, tmp_path):
    assert not list(
        duty_claims(_document(nlp, tmp_path, "# Plans\n\nOperators must publish a safety plan.\n"))
    )


def _sentence(nlp, text):
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if name in ("sentences", "gated_parser"):
            doc = component(doc)
    return next(doc.sents)


def _document(nlp, folder, body):
    path = folder / "report.md"
    path.write_text(f"---\ntitle: A report\npublished: 2026-03-01\n---\n\n{body}", encoding="utf-8")
    report = read_report(path)
    doc = nlp.make_doc(report.text)
    doc._.report = report
    for _, component in nlp.pipeline:
        doc = component(doc)
    return doc
