"""Office files are zip archives: open one only after looking at what it would unpack to."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

from kg.errors import UnreadableReport

_MOST_ENTRIES = 10_000
_LARGEST_UNPACKED = 200_000_000  # bytes, all entries together
_LARGEST_RATIO = 200  # of an entry; text of office files packs to a tenth, a bomb to a thousandth
_SMALL = 1_000_000  # bytes; below it the ratio does no harm
_LARGEST_DIRECTORY = 2_000_000  # bytes; zipfile reads the whole list of entries at once
_DIRECTORY_END = b"PK\x05\x06"
_ENCRYPTED_FLAG = 0x1
_SWOLLEN = "would unpack to far more than a document holds; it was not opened"


def open_archive(content: bytes, source: str) -> ZipFile:
    """The archive, not yet unpacked; raises UnreadableReport when it is damaged, locked or would swell up."""
    if _directory_size(content) > _LARGEST_DIRECTORY:
        raise UnreadableReport(source, _SWOLLEN)
    try:
        archive = ZipFile(BytesIO(content))
    except (BadZipFile, ValueError, NotImplementedError, EOFError) as fault:
        raise UnreadableReport(source, "is a damaged or cut-off archive; get the file anew") from fault
    entries = archive.infolist()
    # The sizes may lie, but zipfile reads no further than they say.
    swollen = any(e.file_size > max(_SMALL, _LARGEST_RATIO * e.compress_size) for e in entries)
    if len(entries) > _MOST_ENTRIES or swollen or sum(e.file_size for e in entries) > _LARGEST_UNPACKED:
        raise UnreadableReport(source, _SWOLLEN)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise UnreadableReport(source, "is encrypted; remove its password and try again")
    return archive


def _directory_size(content: bytes) -> int:
    """The size of the list of entries as the archive's last record gives it; 0 without such a record."""
    at = content.rfind(_DIRECTORY_END)
    record = content[at + 12 : at + 16] if at >= 0 else b""
    return int.from_bytes(record, "little")
