"""Office files are zip archives: open one only after looking at what it would unpack to."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

from kg.errors import UnreadableReport

_MOST_ENTRIES = 10_000
_LARGEST_UNPACKED = 200_000_000  # bytes, all entries together
_LARGEST_RATIO = 200  # of an entry; text of office files packs to a tenth, a bomb to a thousandth
_SMALL = 1_000_000  # bytes; below it the ratio does no harm
_ENCRYPTED_FLAG = 0x1


def open_archive(content: bytes, source: str) -> ZipFile:
    """The archive, not yet unpacked; raises UnreadableReport when it is damaged, locked or would swell up."""
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, EOFError) as fault:
        raise UnreadableReport(source, "is a damaged or cut-off archive; get the file anew") from fault
    entries = archive.infolist()
    # The sizes may lie, but zipfile reads no further than they say.
    swollen = any(e.file_size > max(_SMALL, _LARGEST_RATIO * e.compress_size) for e in entries)
    if len(entries) > _MOST_ENTRIES or swollen or sum(e.file_size for e in entries) > _LARGEST_UNPACKED:
        raise UnreadableReport(source, "would unpack to far more than a document holds; it was not opened")
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise UnreadableReport(source, "is encrypted; remove its password and try again")
    return archive
