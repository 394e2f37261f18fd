"""Forms that leave no doubt: each rule with a sentence that it must read and a near miss that it must not."""

import pytest
from marked_documents import marked_document

from ingest.relation_ends import sentence_ends
from ingest.relation_rules import find_ruled, paradigm_in

READ = [
    ("[Ada Moe](Person), chief executive of [Acme](Organization), agreed.", ("worksFor", "Ada Moe", "Acme")),
    ("[Acme](Organization)'s finance chief [Ada Moe](Person) agreed.", ("worksFor", "Ada Moe", "Acme")),
    (
        "[Acme](Organization), a subsidiary of [Norvex](Organization), grew.",
        ("hasParentOrganization", "Acme", "Norvex"),
    ),
    ("[Acme](Organization) has acquired [Norvex](Organization).", ("acquires", "Acme", "Norvex")),
    ("[Norvex](Organization) was bought by [Acme](Organization).", ("acquires", "Acme", "Norvex")),
    (
        "[Acme](Organization) will invest up to $2 billion in [Norvex](Organization).",
        ("investsIn", "Acme", "Norvex"),
    ),
    ("[Acme](Organization), backed by [Norvex](Organization), grew.", ("investsIn", "Norvex", "Acme")),
    (
        "[Acme](Organization) has leased 200 MW from [Norvex](Organization).",
        ("isCustomerOf", "Acme", "Norvex"),
    ),
    (
        "[Acme](Organization) is working closely with [Norvex](Organization).",
        ("partnersWith", "Acme", "Norvex"),
    ),
    ("[Acme](Organization) competes with [Norvex](Organization).", ("competesWith", "Acme", "Norvex")),
    (
        "[Acme](Organization), [Norvex](Organization) and [Orbis](Organization) are all competing.",
        ("competesWith", "Acme", "Orbis"),
    ),
    (
        "[Acme](Organization) and [Norvex](Organization) will jointly build a campus.",
        ("partnersWith", "Acme", "Norvex"),
    ),
    (
        "[Acme](Organization), with its partner [Norvex](Organization), won.",
        ("partnersWith", "Acme", "Norvex"),
    ),
    ("[Acme](Organization)'s new [Vega X2](Offering) ships in May.", ("offers", "Acme", "Vega X2")),
    (
        "[Acme](Organization) has deployed about 2,000 [Vega X2](Offering) chips.",
        ("usesTechnology", "Acme", "Vega X2"),
    ),
    ("[Acme](Organization) is building [Elm Park](Facility).", ("operatesFacility", "Acme", "Elm Park")),
    ("[Elm Park](Facility) near [Ribe](Place) is full.", ("isLocatedIn", "Elm Park", "Ribe")),
    (
        "[Ribe Compute Park](Facility) is full. So is [Ribe](Place).",
        ("isLocatedIn", "Ribe Compute Park", "Ribe"),
    ),
    ("[Acme](Organization), based in [Ribe](Place), grew.", ("isHeadquarteredIn", "Acme", "Ribe")),
    ("[Ribe](Place)-based [Acme](Organization) grew.", ("isHeadquarteredIn", "Acme", "Ribe")),
    (
        "[Acme](Organization) must comply with the [Grid Code](Regulation).",
        ("isSubjectTo", "Acme", "Grid Code"),
    ),
]
NOT_READ = [
    "[Ada Moe](Person) praised [Acme](Organization).",
    "[Ada Moe](Person), chief executive of [Norvex](Organization), praised [Acme](Organization).",
    "[Acme](Organization) and [Norvex](Organization) grew.",
    "[Acme](Organization) overtook [Norvex](Organization).",
    "[Acme](Organization) and [Norvex](Organization) have partners in Asia.",
    "[Acme](Organization) told [Norvex](Organization) that it will invest $2 billion.",
    "[Acme](Organization) reviewed [Vega X2](Offering).",
    "[Acme](Organization) praised the [Grid Code](Regulation).",
    "[Elm Park](Facility) sells to [Ribe](Place).",
    "[Ribeira Compute Park](Facility) sells to [Ribe](Place).",
    "[Norvex](Organization), [Orbis](Organization) and 3 others saw [Acme](Organization)'s owner.",
]


@pytest.mark.parametrize(("sentence", "expected"), READ)
def test_a_form_that_leaves_no_doubt_is_read(tmp_path, sentence, expected):
    assert expected in _read(tmp_path, sentence)


@pytest.mark.parametrize("sentence", NOT_READ)
def test_a_near_miss_is_left_alone(tmp_path, sentence):
    read = _read(tmp_path, sentence)
    assert not {one for one in read if one[1:] != ("Ada Moe", "Norvex")}


def test_a_possessive_belongs_to_the_last_of_a_list_alone(tmp_path):
    read = _read(tmp_path, "[Acme](Organization), [Norvex](Organization)'s owner [Orbis](Organization) grew.")
    assert read == {("hasParentOrganization", "Norvex", "Orbis")}


def test_the_parents_of_a_joint_venture_are_partners(tmp_path):
    body = "[Acme](Organization), a joint venture of [Norvex](Organization) and [Orbis](Organization), grew."
    assert _read(tmp_path, body) == {
        ("hasParentOrganization", "Acme", "Norvex"),
        ("hasParentOrganization", "Acme", "Orbis"),
        ("partnersWith", "Norvex", "Orbis"),
    }


@pytest.mark.parametrize(
    "body",
    [
        "[Acme](Organization), a joint venture of [Norvex](Organization) and [Norvex](Organization), grew.",
        "[Acme](Organization), [Acme](Organization) and [Acme](Organization) are all competing.",
        "[Acme](Organization) competes with [Acme](Organization).",
    ],
)
def test_a_list_that_names_one_thing_twice_relates_nothing_to_itself(tmp_path, body):
    assert not {one for one in _read(tmp_path, body) if one[1] == one[2]}


def test_every_member_of_a_list_is_read(tmp_path):
    read = _read(
        tmp_path, "[Acme](Organization) competes with [Norvex](Organization) and [Orbis](Organization)."
    )
    assert read == {("competesWith", "Acme", "Norvex"), ("competesWith", "Acme", "Orbis")}


def test_a_heading_puts_the_players_listed_under_it_into_its_paradigm(tmp_path):
    body = "## Neoclouds on the move\n\n[Acme](Organization), [Norvex](Organization) are typical players."
    assert {one for one in _read(tmp_path, body) if one[0] == "followsParadigm"} == {
        ("followsParadigm", "Acme", "compute-native AI cloud specialist"),
        ("followsParadigm", "Norvex", "compute-native AI cloud specialist"),
    }


def test_a_firm_under_a_heading_that_is_no_player_is_left_alone(tmp_path):
    body = "## Neoclouds on the move\n\n[Acme](Organization) has asked 200 companies."
    assert not _read(tmp_path, body)


@pytest.mark.parametrize("heading", ["Hyperscalers and neoclouds", "Rise of the data factories"])
def test_a_heading_with_two_paradigms_or_none_says_nothing(heading):
    assert paradigm_in(heading) is None


def _read(folder, sentence):
    doc = marked_document(folder, sentence)
    return {
        (one.predicate, one.pair.subject.entity.label, one.pair.object.entity.label)
        for one in find_ruled(doc, sentence_ends(doc))
    }
