import pytest
from markup import Marked, parse


def test_marks_become_spans_of_the_plain_text():
    assert parse("[Acme](Organization) is in [Oslo](Place=Oslo).") == (
        "Acme is in Oslo.",
        [Marked(0, 4, "Organization"), Marked(11, 15, "Place", "Oslo")],
    )


@pytest.mark.parametrize(
    "slip", ["[Acme]Organization", "[Acme(Organization)", "Acme](Organization)", "[](Place)", "[A]()"]
)
def test_a_malformed_mark_is_an_error(slip):
    with pytest.raises(ValueError, match="bracket"):
        parse(slip)
