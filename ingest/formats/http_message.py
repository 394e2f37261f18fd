"""A page as it was fetched, kept in a file (message/http, RFC 9112): its URL and type, then its bytes.

So what was fetched once can be read again later, gives the same report, and still knows where it came from.
"""

import re
from email import message_from_bytes
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ingest.formats.detection import FORMATS, format_of
from ingest.formats.rendering import Rendering
from ingest.publications import at_its_own_site, usable_url
from kg.errors import UnreadableReport

_START = b"HTTP/1.1 200 OK\r\n"
_HEAD_END = b"\r\n\r\n"
_CHARSET = re.compile(r"charset=[\"']?([\w-]{2,20})", re.IGNORECASE)
_HTML = "application/xhtml+xml"


def http_message(url: str, content_type: str, content: bytes) -> bytes:
    """The file for what was fetched; the same arguments give the same bytes."""
    safe_type = re.sub(r"[^\x20-\x7e]", "", content_type)
    head = f"Content-Location: {usable_url(url)}\r\nContent-Type: {safe_type}".encode("ascii", "ignore")
    return _START + head + _HEAD_END + content


def read_http(content: bytes, source: str) -> Rendering:
    """What the file's page or document gives, with the URL as its publication's; raises UnreadableReport."""
    head, _, body = content.partition(_HEAD_END)
    fields = message_from_bytes(head.partition(b"\r\n")[2])
    url = usable_url(fields.get("Content-Location"))
    if url is None or not head.startswith(b"HTTP/"):
        raise UnreadableReport(source, "is no page that was fetched; give the page itself")
    content_type = fields.get("Content-Type", "")
    file_format = format_of(body, f"page{suffix_for(url, content_type)}")
    if file_format.media_type == "message/http":
        raise UnreadableReport(source, "holds a page that was fetched in another one; give the inner one")
    rendering = file_format.read(in_utf8(body, content_type), source)
    return Rendering(
        rendering.text, rendering.blocks, at_its_own_site(rendering.declared, url), rendering.printed
    )


def suffix_for(url: str, content_type: str) -> str:
    """The file ending for what the server says that it sent, or else for what the URL is called."""
    called = PurePosixPath(urlsplit(url).path).suffix.lower()
    media_type = content_type.partition(";")[0].strip().lower()
    said = next((each.suffixes for each in FORMATS if each.media_type == media_type), ())
    known = any(called in each.suffixes for each in FORMATS)
    # Servers call all sorts of files plain text or just bytes.
    if known and (not said or media_type == "text/plain"):
        return called
    return said[0] if said else ".html" if media_type == _HTML else ""


def in_utf8(content: bytes, content_type: str) -> bytes:
    """The content, in UTF-8 if only the server's answer says which encoding it has."""
    charset = _CHARSET.search(content_type)
    if charset is None or b"charset" in content[:4096].lower():
        return content
    try:
        return content.decode(charset.group(1)).encode()
    except (LookupError, UnicodeError):
        return content
