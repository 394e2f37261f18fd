"""What may stand at the ends of a relation: lists, headings, and what a sentence means without a word."""

from marked_documents import marked_document

from ingest.relation_ends import sentence_ends
from ingest.relation_readings import find_pairs


def test_a_list_is_one_place_with_several_members(tmp_path):
    doc = marked_document(
        tmp_path, "[Acme](Organization), [Norvex](Organization) and [Orbis](Organization) grew."
    )
    sentence = _sentence(doc, "Acme")
    assert len({(end.list_start, end.list_end) for end in sentence.ends}) == 1
    assert [end.entity.label for end in sentence.ends] == ["Acme", "Norvex", "Orbis"]


def test_a_town_with_its_state_is_no_list(tmp_path):
    doc = marked_document(tmp_path, "[Acme](Organization) left [Dallas](Place), [Texas](Place).")
    places = [end for end in _sentence(doc, "Acme").ends if end.entity.type == "Place"]
    assert len({end.list_start for end in places}) == 2


def test_the_organization_named_last_may_be_meant_in_the_next_sentence(tmp_path):
    doc = marked_document(
        tmp_path, "[Acme](Organization) grew. Its chief executive [Ada Moe](Person) agreed."
    )
    assert [end.entity.label for end in _sentence(doc, "Ada Moe").lent] == ["Acme"]


def test_what_a_sentence_names_is_not_lent_to_it(tmp_path):
    doc = marked_document(
        tmp_path, "[Acme](Organization) grew. [Ada Moe](Person) of [Acme](Organization) agreed."
    )
    assert _sentence(doc, "Ada Moe").lent == ()


def test_only_pairs_that_a_predicate_allows_are_looked_at(tmp_path):
    doc = marked_document(tmp_path, "[Ada Moe](Person) of [Acme](Organization) flew to [Ribe](Place).")
    pairs = {(pair.subject.entity.label, pair.object.entity.label) for pair in find_pairs(sentence_ends(doc))}
    assert pairs == {("Ada Moe", "Acme"), ("Acme", "Ribe")}


def test_features_do_not_depend_on_names(tmp_path):
    first = marked_document(tmp_path, "[Acme](Organization) rents chips from [Norvex](Organization).")
    one = list(find_pairs(sentence_ends(first)))
    second = marked_document(tmp_path, "[Orbis](Organization) rents chips from [Halden](Organization).")
    two = list(find_pairs(sentence_ends(second)))
    assert [pair.features for pair in one] == [pair.features for pair in two]


def _sentence(doc, words):
    return next(sentence for sentence in sentence_ends(doc) if words in sentence.span.text)
