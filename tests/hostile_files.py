"""Files made to harm their reader: they swell, nest, loop or lie."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx

_LOLS = "".join(f'<!ENTITY lol{n} "{(f"&lol{n - 1};" if n > 1 else "lol") * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE lolz [{_LOLS}]>'
_WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>{}</w:p>'
    "</w:body></w:document>"
)


def pdf(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects, of which number 1 is the root."""
    out = BytesIO(b"%PDF-1.7\n")
    out.seek(0, 2)
    places = {}
    for number, content in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    size = max(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    out.writelines(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, size))
    out.write(b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, table))
    return out.getvalue()


def pdf_with_pages(count: int) -> bytes:
    """A PDF of so many empty pages."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    pages = {number + 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>" for number in range(count)}
    tree = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: tree, **pages})


def pdf_whose_pages_are_their_own_children() -> bytes:
    """A PDF whose page tree is a ring."""
    node = b"<</Type/Pages/Count 1/Kids[%d 0 R 2 0 R]/Parent %d 0 R>>"
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: node % (3, 3), 3: node % (3, 2)})


def pdf_that_draws_itself() -> bytes:
    """A PDF with a drawing that contains itself twice."""
    names = b"/Resources<</XObject<</F 5 0 R>>>>"
    return _one_page(
        b"/F Do", names, {5: _stream(b"/F Do /F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + names)}
    )


def pdf_that_swells(megabytes: int) -> bytes:
    """A PDF whose one page unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
    return _one_page(packed, b"", {}, b"/Filter/FlateDecode")


def docx_with(document_xml: str | bytes) -> bytes:
    """A Word document whose main part is this."""
    template, out = BytesIO(), BytesIO()
    docx.Document().save(template)
    with ZipFile(template) as archive, ZipFile(out, "w", ZIP_DEFLATED) as written:
        for name in archive.namelist():
            written.writestr(name, document_xml if name == "word/document.xml" else archive.read(name))
    return out.getvalue()


def docx_that_laughs() -> bytes:
    """A Word document with a billion laughs in it."""
    return docx_with(BILLION_LAUGHS + _WORD.format("<w:r><w:t>&lol9;</w:t></w:r>"))


def docx_that_reads_a_file(path: str) -> bytes:
    """A Word document with the file in it, for readers who resolve its entity."""
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{path}">]>'
    return docx_with(entity + _WORD.format("<w:r><w:t>before &x; after</w:t></w:r>"))


def docx_that_nests(levels: int) -> bytes:
    """A Word document with a word so many elements deep."""
    return docx_with(
        _WORD.format("<w:smartTag>" * levels + "<w:r><w:t>word</w:t></w:r>" + "</w:smartTag>" * levels)
    )


def zip_with_entries(count: int) -> bytes:
    """An archive of so many empty files."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"word/{number}", b"")
    return out.getvalue()


def _one_page(content: bytes, names: bytes, others: dict[int, bytes], filters: bytes = b"") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R%s>>" % names
    tree = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    root = b"<</Type/Catalog/Pages 2 0 R>>"
    return pdf({1: root, 2: tree, 3: page, 4: _stream(content, filters), **others})


def _stream(content: bytes, entries: bytes) -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)
