"""What the stages hang on a spaCy document: registered once, by `register`.

doc._.report        the kg.model.Report that the document was built over
doc._.claims        list of kg.model.Claim, filled by the claim stages
doc._.contexts      what each token means in its report: an array, a row per token; None before that stage
doc._.rejected      list of kg.model.Rejected: readings given up, with stage and reason
span._.entity       kg.model.Entity of a span in doc.spans["mentions"]
span._.how          how the mention was found: name, acronym, adjective, reference, candidate
span._.quantity     kg.model.Quantity of a span in doc.spans["quantities"]
span._.period       kg.model.Period of a span in doc.spans["periods"]
"""

from typing import Literal

from spacy.tokens import Doc, Span

How = Literal["name", "acronym", "adjective", "reference", "candidate"]

MENTIONS = "mentions"
QUANTITIES = "quantities"
PERIODS = "periods"

_SPAN_EXTENSIONS = ("entity", "how", "quantity", "period")


def text_of(doc: Doc) -> str:
    """The document's text, put together once; `doc.text` joins all tokens each time."""
    text: str | None = doc.user_data.get("text")
    if text is None:
        text = doc.user_data["text"] = doc.text
    return text


def register() -> None:
    """Make the extensions known to spaCy; calling it again changes nothing."""
    for name in ("report", "contexts"):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)
    # spaCy gives each document its own copy of a list that is the default.
    for name in ("claims", "rejected"):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=[])
    for name in _SPAN_EXTENSIONS:
        if not Span.has_extension(name):
            Span.set_extension(name, default=None)


register()
