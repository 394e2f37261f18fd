"""A saved mail -> rendering: its text, the subject as title, the sender as publisher, the date as issued.

Of a mail's plain and HTML versions the plain one is read if it says about as much. Attachments are not read:
save them and give them as files of their own.
"""

import re
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

from ingest.formats.html import parse_page, pieces_of
from ingest.formats.plain import blocks_of
from ingest.formats.rendering import Declared, Rendering, render, squeeze, titled
from ingest.written_dates import parse_date
from kg.errors import UnreadableReport

_PREFIX = re.compile(r"(?:(?:re|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)
_LEAST_SHARE = 0.5  # of the HTML version's length that the plain one must have


def read_eml(content: bytes, source: str) -> Rendering:
    """The mail's text and what its head declares; raises UnreadableReport."""
    message = message_from_bytes(content, policy=policy.default)
    if not message.get("From") and not message.get("Subject"):
        raise UnreadableReport(source, "is no mail: it has neither sender nor subject; save it anew as .eml")
    declared = _declared(message)
    plain, html = _part(message, "plain"), _part(message, "html")
    pieces = pieces_of(parse_page(html.encode(), source)) if html.strip() else []
    rendering = render(titled(pieces, declared.title), declared)
    if pieces and len(plain) < _LEAST_SHARE * len(rendering.text):
        return rendering
    text = plain.replace("\r\n", "\n")
    return Rendering(text, tuple(blocks_of(text)), declared)


def _declared(message: EmailMessage) -> Declared:
    subject = _PREFIX.sub("", squeeze(str(message.get("Subject", ""))), count=1)
    name, address = parseaddr(str(message.get("From", "")))
    return Declared(
        title=subject or None,
        publisher=squeeze(name) or address.partition("@")[2] or None,
        issued=_date(message),
        kind="mail",
    )


def _date(message: EmailMessage) -> date | None:
    return parse_date(str(message.get("Date", "")))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    content = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""
