"""What reports tell besides figures: each frame with a sentence that it must read and a near miss."""

from pathlib import Path

import pytest
from marked_documents import marked_document

from ingest.narrative_claims import narrative_claims
from kg.model import Claim
from ontology import terms

MARKET = "The AI Factory market is young. "


def claims(folder: Path, marked: str, **more: str) -> list[Claim]:
    return narrative_claims(marked_document(folder, marked, **more))._.claims


def told(folder: Path, marked: str, predicate: str) -> set[tuple[str, str, str]]:
    return {
        (claim.subject.label, claim.object.label, claim.polarity)
        for claim in claims(folder, marked)
        if claim.predicate == predicate and claim.object
    }


def changes(folder: Path, marked: str) -> set[tuple[str, str, str, str]]:
    return {
        (claim.subject.label, claim.aspect.label, claim.from_state.label, claim.to_state.label)
        for claim in claims(folder, marked)
        if claim.kind == "transition" and claim.aspect and claim.from_state and claim.to_state
    }


# -- what is given up


@pytest.mark.parametrize(
    "sentence",
    [
        "[Nebius](Organization) has given up selling bare metal leasing.",
        "[Nebius](Organization) has abandoned bare metal leasing.",
        "[Nebius](Organization) no longer offers bare metal leasing.",
    ],
)
def test_a_business_model_that_is_given_up_is_denied(tmp_path: Path, sentence: str) -> None:
    assert told(tmp_path, sentence, f"{terms.NS}hasBusinessModel") == {
        ("Nebius", "bare metal leasing", "negated")
    }


def test_a_business_model_that_others_give_up_is_not_denied(tmp_path: Path) -> None:
    sentence = "[Nebius](Organization) gave up its plan. Bare metal leasing is for others."
    assert not told(tmp_path, sentence, f"{terms.NS}hasBusinessModel")


# -- transitions


@pytest.mark.parametrize(
    "sentence",
    [
        "[Nebius](Organization) has changed its business model from bare metal leasing to MaaS.",
        "[Nebius](Organization), which is based in [Oslo](Place), moved from bare metal to MaaS.",
        "[Nebius](Organization) is switching from bare-metal leasing into MaaS.",
        "[Nebius](Organization) has left bare metal leasing behind for MaaS.",
    ],
)
def test_a_change_of_business_model_has_both_states(tmp_path: Path, sentence: str) -> None:
    assert changes(tmp_path, sentence) == {
        ("Nebius", "business model", "bare metal leasing", "model as a service")
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "[Nebius](Organization) offers bare metal leasing and Model as a Service.",
        "[Nebius](Organization) ships from bare metal shelves. Model as a Service is new.",
        "Bare metal leasing differs from Model as a Service.",
    ],
)
def test_two_models_side_by_side_are_no_change(tmp_path: Path, sentence: str) -> None:
    assert changes(tmp_path, sentence) == set()


def test_two_organizations_change_together(tmp_path: Path) -> None:
    sentence = (
        "[Nebius](Organization) from [Europe](Place) and [CoreWeave](Organization) from [Japan](Place) have "
        "already changed their business model from bare metal leasing to Model as a Service."
    )
    assert {subject for subject, *_ in changes(tmp_path, sentence)} == {"Nebius", "CoreWeave"}


def test_a_change_comes_with_the_new_state_affirmed_and_the_old_one_denied(tmp_path: Path) -> None:
    sentence = "[Nebius](Organization) moved from bare metal leasing to MaaS."
    assert told(tmp_path, sentence, terms.HAS_BUSINESS_MODEL) == {
        ("Nebius", "model as a service", "affirmed"),
        ("Nebius", "bare metal leasing", "negated"),
    }


def test_the_new_state_rests_on_the_same_words_as_the_change(tmp_path: Path) -> None:
    found = claims(tmp_path, "[Nebius](Organization) moved from bare metal leasing to MaaS.")
    assert len({(claim.evidence.start, claim.evidence.end) for claim in found}) == 1


def test_an_operator_is_lifted_from_one_role_to_another(tmp_path: Path) -> None:
    sentence = (
        "The rule is turning regional operators such as [G42](Organization) from cabinet landlords into "
        "physical gatekeepers."
    )
    assert changes(tmp_path, sentence) == {
        ("G42", "market role", "cabinet landlord", "physical gatekeeper of national-level data")
    }


def test_a_heading_gives_the_old_state_that_the_sentence_leaves_out(tmp_path: Path) -> None:
    text = MARKET + "\n\n## From FLOPS to TTFT\n\nEvaluation metrics are shifting to Time-to-First-Token."
    assert changes(tmp_path, text) == {
        ("AI Factory market", "evaluation metric", "floating-point performance", "time to first token")
    }


def test_without_such_a_heading_there_is_no_old_state_and_no_change(tmp_path: Path) -> None:
    text = MARKET + "\n\n## What buyers want\n\nEvaluation metrics are shifting to Time-to-First-Token."
    assert changes(tmp_path, text) == set()


# -- causes, roles, layers


def test_an_effect_does_not_drive_itself(tmp_path: Path) -> None:
    sentence = "The Zombie GPU effect leads to zombie GPUs."
    assert told(tmp_path, sentence, terms.DRIVES) == set()


def test_a_rule_drives_a_requirement(tmp_path: Path) -> None:
    sentence = (
        "[EU AI Act](Regulation) and [DORA](Regulation) drive demand for physically isolated facilities."
    )
    assert told(tmp_path, sentence, terms.DRIVES) == {
        ("EU AI Act", "physically isolated facilities for sensitive data", "affirmed"),
        ("DORA", "physically isolated facilities for sensitive data", "affirmed"),
    }


def test_a_rule_and_a_requirement_in_two_sentences_drive_nothing(tmp_path: Path) -> None:
    text = "[DORA](Regulation) is old. Banks like physically isolated facilities."
    assert told(tmp_path, text, terms.DRIVES) == set()


def test_what_will_not_define_competition_is_denied(tmp_path: Path) -> None:
    sentence = "Future competition will no longer be decided by GPU counts, but by energy and chips."
    assert told(tmp_path, sentence, terms.DRIVES) == {
        ("GPU count", "future competition", "negated"),
        ("energy", "future competition", "affirmed"),
        ("chips", "future competition", "affirmed"),
    }


def test_factors_without_competition_drive_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, "Sites are limited by energy, not by chips.", terms.DRIVES) == set()


def test_who_captures_a_layer_does_so_by_practices(tmp_path: Path) -> None:
    sentence = "ISVs and domain operators are capturing the final value layer through legacy integration."
    found = [claim for claim in claims(tmp_path, sentence) if claim.predicate == terms.CAPTURES]
    assert {claim.subject.label for claim in found} == {"independent software vendor", "domain operator"}
    assert {entity.label for claim in found for entity in claim.by_means_of} == {"legacy integration"}


def test_a_window_is_dated_by_its_years(tmp_path: Path) -> None:
    text = MARKET + "[Omdia](Organization) expects 2027 and 2028 to be the critical window."
    (claim,) = (claim for claim in claims(tmp_path, text) if claim.predicate == terms.PLAYS_ROLE)
    assert claim.subject.label == "AI Factory market"
    assert claim.period is not None
    assert claim.period.label == "2027/2028"
    assert claim.modality == "forecast"


def test_years_ahead_count_from_the_date_of_the_report(tmp_path: Path) -> None:
    text = (
        "Regional operators are emerging as the highest-certainty growth segment over the next three years."
    )
    (claim,) = claims(tmp_path, text, issued="2027-03-01")
    assert claim.period is not None
    assert (str(claim.period.start), str(claim.period.end)) == ("2027-01-01", "2031-01-01")


def test_origin_in_passing_is_a_place_of_business(tmp_path: Path) -> None:
    sentence = "[Acme](Organization) from [Japan](Place) grows."
    assert told(tmp_path, sentence, terms.OPERATES_IN) == {("Acme", "Japan", "affirmed")}


def test_goods_from_a_place_are_no_origin(tmp_path: Path) -> None:
    sentence = "[Acme](Organization) buys chips from [Japan](Place)."
    assert told(tmp_path, sentence, terms.OPERATES_IN) == set()


def test_examples_in_brackets_use_what_stands_before(tmp_path: Path) -> None:
    sentence = "One is called full-stack drop-in ([AWS](Organization), [Huawei](Organization)); it is new."
    assert told(tmp_path, sentence, terms.USES_DELIVERY_PARADIGM) == {
        ("Amazon Web Services", "full-stack drop-in", "affirmed"),
        ("Huawei", "full-stack drop-in", "affirmed"),
    }


# -- markets, surveys, strategies, advice


def test_the_market_spans_the_paradigms_of_a_list(tmp_path: Path) -> None:
    text = MARKET + "The ecosystem spans two paradigms: hyperscalers and neoclouds."
    assert told(tmp_path, text, terms.SPANS) == {
        ("AI Factory market", "full-stack public AI cloud hyperscaler", "affirmed"),
        ("AI Factory market", "compute-native AI cloud specialist", "affirmed"),
    }


def test_without_a_market_nothing_spans(tmp_path: Path) -> None:
    assert told(tmp_path, "The ecosystem spans hyperscalers and neoclouds.", terms.SPANS) == set()


@pytest.mark.parametrize(
    "text",
    [
        "[Omdia](Organization)'s survey of over 300 companies names digital sovereignty and AI talent gaps.",
        "A survey of 300 firms by [Omdia](Organization) reveals digital sovereignty and AI talent gaps.",
        "[Omdia](Organization) asked 300 companies. Two stood out: digital sovereignty, AI talent gaps.",
    ],
)
def test_a_survey_is_known_by_firm_and_size(tmp_path: Path, text: str) -> None:
    found = [claim for claim in claims(tmp_path, text) if claim.predicate == terms.IDENTIFIES]
    assert {claim.subject.iri for claim in found} == {terms.ID + "survey-omdia-300"}
    assert {claim.object.label for claim in found if claim.object} == {
        "digital sovereignty",
        "AI talent gaps",
    }


def test_challenges_far_from_a_survey_are_not_its_findings(tmp_path: Path) -> None:
    text = (
        "[Omdia](Organization) asked 300 companies. They answered. Digital sovereignty is named in the press."
    )
    assert told(tmp_path, text, terms.IDENTIFIES) == set()


def test_a_strategy_combines_its_parts(tmp_path: Path) -> None:
    sentence = "[SenseTime](Organization) is following an integrated framework of IaaS + MaaS."
    assert {label for _, label, _ in told(tmp_path, sentence, terms.COMBINES)} == {
        "infrastructure as a service",
        "model as a service",
    }


def test_models_that_are_only_sold_are_no_strategy(tmp_path: Path) -> None:
    assert told(tmp_path, "[SenseTime](Organization) sells IaaS and MaaS.", terms.COMBINES) == set()


def test_advice_is_kept_as_a_sentence_with_its_topics(tmp_path: Path) -> None:
    sentence = "Enterprise clients should fit their choice to actual business scale."
    (claim,) = claims(tmp_path, sentence)
    assert (claim.kind, claim.modality, claim.subject.label) == (
        "proposition",
        "recommendation",
        "enterprise client",
    )
    assert [entity.label for entity in claim.about] == ["tailoring to business scale"]
    assert claim.statement == sentence


def test_a_sentence_with_should_and_no_known_topic_is_left_alone(tmp_path: Path) -> None:
    assert claims(tmp_path, "Revenue should reach $5 billion.") == []


def test_quotes_are_the_words_of_the_report(tmp_path: Path) -> None:
    doc = marked_document(tmp_path, "[Nebius](Organization) moved from bare metal leasing to MaaS.")
    for claim in narrative_claims(doc)._.claims:
        assert doc.text[claim.evidence.start : claim.evidence.end] == claim.evidence.quote
