"""Write the two sample reports that are no text files: a PDF in two columns and a Word document.

Run as `.venv/bin/python scripts/make_samples.py [folder]`; the same bytes come out every time.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

SAMPLES = Path(__file__).parent.parent / "ingest" / "samples"
PDF_NAME = "06-power-and-density.pdf"
DOCX_NAME = "08-sovereignty-rules.docx"

WIDTH, HEIGHT = A5
MARGIN, GUTTER = 40, 18
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
BODY, LEADING = 9, 12
TOP, FOOT = HEIGHT - 125, 140

PDF_TITLE = "Power is the new scarce good of the AI factory"
# A "|" marks where a word may be cut at a line's end, "#" a heading.
PDF_TEXT = """\
# Racks grow denser

Rack power den|sity has risen from 10–15 kW in 2024 to 40–250 kW in 2026. Two years ago a rack of that kind
was an experi|ment; now it is what buyers of training clus|ters order.

NVIDIA plans to go further. Its Rubin Ultra NVL576 system, announced for the sec|ond half of 2027, puts 576
GPUs into one rack that draws 600 kW. AWS already builds racks of 134 kW for its AI Fac|tories, and one such
instal|lation begins at about 3,000 GPUs.

Most opera|tors are not there yet. The Uptime Insti|tute esti|mates that the average power usage
effec|tiveness (PUE) of the industry was 1.54 in 2025, and finds racks above 30 kW still uncom|mon.

# Gigawatts, not megawatts

McKin|sey puts cumu|lative global data center invest|ment at $6.7 tril|lion by 2030, of which $5.2 tril|lion
is for AI. The firm expects global demand for data center capac|ity to reach 219 GW by 2030.

Gartner fore|casts that data centers will con|sume 565 TWh of elec|tricity in 2026. BloombergNEF expects
power demand of US data centers to reach 106 GW by 2035.

The largest sites are planned in giga|watts. Khazna Data Centers builds Stargate UAE in Abu Dhabi with 1 GW,
and the first 200 MW are to run in 2026. Crusoe builds the Abi|lene campus in Texas, which Oracle leases and
OpenAI uses. The cam|pus is planned for 1.2 GW.

# Cooling follows power

Air can|not carry away the heat of such racks, so new halls are built for liquid cool|ing from the first
day. Schneider Elec|tric, Vertiv and Eaton sell the equip|ment. Eaton has agreed to acquire Boyd Thermal for
$9.5 bil|lion to enter the market.

In our view an opera|tor should sign for power before it signs for GPUs. A grid connec|tion takes four to
seven years in Northern Vir|ginia or Frank|furt, and no chip stays new for as long as that.

# What could go wrong

Fore|casts of power demand have been wrong before, mostly on the high side. Chips become more effi|cient
with every genera|tion, and a part of the pipe|line is counted twice because devel|opers ask several
util|ities for the same site. Banks look at these risks more closely than they did a year ago.

Owners of older halls face the opposite prob|lem. Their build|ings were made for racks of 5 to 10 kW, and a
refit for liquid cool|ing often costs more than a new hall. Some of them will not be used for AI at all, and
will serve ordi|nary cloud work|loads until they close.
"""
PDF_TABLE = [
    ("Site", "Operator", "Planned capacity", "Place"),
    ("Stargate UAE", "Khazna Data Centers", "1 GW", "Abu Dhabi"),
    ("Abilene campus", "Crusoe", "1.2 GW", "Texas"),
    ("Hyperion", "Meta", "2 GW", "Louisiana"),
]

COMPANY = b"<Company>Sovereign Compute Monitor</Company>"
DOCX_STYLES = {"#": "Heading 1", "-": "List Bullet", "": "Normal"}
DOCX_TITLE = "Sovereignty has a price list"
DOCX_TEXT = """\
BRUSSELS, 11 May 2026 – Europe pays for independence from foreign clouds, and the bill can now be added up.
The European Commission has awarded contracts for sovereign cloud services worth up to €180 million over six
years to four groups of providers.

# What the rules ask for

The EU AI Act imposes fines of up to €35 million, or 7% of worldwide turnover, for prohibited practices.
DORA has applied to banks and insurers since January 2025 and obliges them to manage the risk of their cloud
providers. The GDPR still caps fines at 4% of turnover.

The US CLOUD Act reaches data that American companies store in Europe. Microsoft cannot guarantee that such
data stays out of reach of US authorities, the company told the French Senate in June 2025.

# What the providers offer

- Amazon Web Services has opened the AWS European Sovereign Cloud in Brandenburg, Germany. Amazon plans to
invest more than €7.8 billion in it by 2040.

- OVHcloud, a French company, competes with Scaleway and sells bare metal and public cloud services. Its
revenue passed €1 billion in fiscal 2025.

- S3NS, a joint venture of Thales and Google Cloud, runs Google's technology under French control.

# Who pays what
"""
DOCX_TABLE = [
    ("Programme", "Payer", "Amount", "Until"),
    ("Sovereign cloud tender", "European Commission", "€180 million", "2032"),
    ("AWS European Sovereign Cloud", "Amazon", "€7.8 billion", "2040"),
    ("AI gigafactories", "InvestAI facility", "€20 billion", "open"),
]
DOCX_END = (
    "Prices will fall once several certified providers compete, we believe. Until then a buyer should put "
    "only those workloads into a sovereign cloud whose data the law protects."
)


def pdf_bytes() -> bytes:
    """The PDF: a title over two columns, running heads and feet, words cut at line ends, one ruled table."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A5, invariant=1)
    canvas.setTitle(PDF_TITLE)
    _frame(canvas, 1)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(MARGIN, HEIGHT - 78, PDF_TITLE)
    canvas.setFont("Helvetica", BODY)
    canvas.drawString(MARGIN, HEIGHT - 96, "Published: 27 March 2026")
    page, column, y = 1, 0, TOP
    for heading, line in _set(PDF_TEXT):
        if y - (3 if heading else 1) * LEADING < FOOT:
            column, y = column + 1, TOP
        if column == 2:
            canvas.showPage()
            page, column = page + 1, 0
            _frame(canvas, page)
        canvas.setFont("Helvetica-Bold" if heading else "Helvetica", 11 if heading else BODY)
        canvas.drawString(MARGIN + column * (COLUMN + GUTTER), y, line)
        y -= LEADING if line else LEADING / 2
    _draw_table(canvas, y=FOOT + 40)
    canvas.save()
    return out.getvalue()


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """Each paragraph with the mark that opens it: "#", "-" or none."""
    for paragraph in text.strip().split("\n\n"):
        mark = paragraph[0] if paragraph[0] in "#-" else ""
        yield mark, " ".join(paragraph.removeprefix(mark).split())


def _set(text: str) -> Iterator[tuple[bool, str]]:
    """The lines of all paragraphs, broken at the column's width, headings marked; an empty one parts them."""
    for mark, paragraph in _paragraphs(text):
        if mark == "#":
            yield True, paragraph
            continue
        line = ""
        for word in paragraph.split():
            line, *full = _with_word(line, word)
            yield from ((False, each) for each in full)
        yield False, line
        yield False, ""


def _with_word(line: str, word: str) -> tuple[str, ...]:
    """The line with the word, or a new line and the full one before it, the word cut where it may be."""
    plain = word.replace("|", "")
    whole = f"{line} {plain}".strip()
    if stringWidth(whole, "Helvetica", BODY) <= COLUMN:
        return (whole,)
    parts = word.split("|")
    for count in range(len(parts) - 1, 0, -1):
        head = f"{line} {''.join(parts[:count])}-"
        if stringWidth(head, "Helvetica", BODY) <= COLUMN:
            return "".join(parts[count:]), head
    return plain, line


def _frame(canvas: Canvas, page: int) -> None:
    canvas.setFont("Helvetica", 7)
    canvas.drawString(MARGIN, HEIGHT - 40, "Grid & Rack Review   Quarterly on power")
    canvas.drawRightString(WIDTH - MARGIN, 40, f"Page {page}")


def _draw_table(canvas: Canvas, y: float) -> None:
    width, height = (WIDTH - 2 * MARGIN) / len(PDF_TABLE[0]), 18
    canvas.setFont("Helvetica", 7.5)
    for row, cells in enumerate(PDF_TABLE):
        for column, text in enumerate(cells):
            x, base = MARGIN + column * width, y - row * height
            canvas.rect(x, base - 5, width, height)
            canvas.drawString(x + 4, base + 1, text)


def docx_bytes() -> bytes:
    """The Word document: title, headings, a list, a table, its title and company as properties."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.category, properties.author = DOCX_TITLE, "analyst", ""
    properties.created = properties.modified = datetime(2026, 5, 11, tzinfo=UTC)
    document.add_paragraph(DOCX_TITLE, style="Title")
    for mark, text in _paragraphs(DOCX_TEXT):
        document.add_paragraph(text, style=DOCX_STYLES[mark])
    table = document.add_table(rows=0, cols=len(DOCX_TABLE[0]))
    for row in DOCX_TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph(DOCX_END)
    written = BytesIO()
    document.save(written)
    return _packed(written)


def _packed(written: BytesIO) -> bytes:
    """The same archive with a fixed time in every entry and with a company."""
    out = BytesIO()
    with ZipFile(written) as archive, ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "docProps/app.xml":
                content = content.replace(b"<Company/>", b"<Company>Sovereign Compute Monitor</Company>")
            packed.writestr(ZipInfo(name, (2026, 5, 11, 0, 0, 0)), content, ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    (folder / PDF_NAME).write_bytes(pdf_bytes())
    (folder / DOCX_NAME).write_bytes(docx_bytes())
