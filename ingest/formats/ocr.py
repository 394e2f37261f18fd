"""A scanned page's picture -> its words, by the Tesseract program if it is installed.

A word that Tesseract is not sure of becomes a replacement mark, so that no misread figure is taken for one.
"""

import csv
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO, StringIO
from statistics import median

from PIL.Image import Image

from ingest.formats.pdf_lines import Word

RESOLUTION = 300  # dots per inch, which Tesseract is trained for
_POINTS = 72 / RESOLUTION
_LONGEST_S = 30.0
_LEAST_SURE = 60.0  # per cent
_UNSURE = "\N{REPLACEMENT CHARACTER}"
_LINE, _WORD = "4", "5"  # levels of Tesseract's table
_LARGER = 1.4  # times the usual height of a line


def is_available() -> bool:
    """Whether Tesseract is installed."""
    return shutil.which("tesseract") is not None


def words_in(picture: Image) -> list[Word]:
    """The picture's words in points from its left and top edge; empty when Tesseract finds none or fails."""
    program = shutil.which("tesseract")
    if program is None:
        return []
    image = BytesIO()
    picture.convert("L").save(image, "PNG")
    command = [program, "stdin", "stdout", "--dpi", str(RESOLUTION), "-l", "eng", "tsv"]
    try:
        done = subprocess.run(  # noqa: S603 - the installed program with fixed words
            command, input=image.getvalue(), capture_output=True, timeout=_LONGEST_S, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return []
    return list(_words(done.stdout.decode("utf-8", errors="replace")))


def _words(table: str) -> Iterator[Word]:
    rows = list(csv.DictReader(StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE))
    heights = [float(row["height"]) for row in rows if row["level"] == _LINE]
    usual = median(heights) if heights else 0.0
    bottom = height = 0.0
    for row in rows:
        if row["level"] == _LINE:
            # Lines are higher or lower by their letters; only clearly larger print is another size.
            own = float(row["height"])
            height = usual if own < _LARGER * usual else own
            bottom = float(row["top"]) + own
        text = (row.get("text") or "").strip()
        if row["level"] == _WORD and text:
            left, width = float(row["left"]), float(row["width"])
            x0, x1, top, foot, size = (
                point * _POINTS for point in (left, left + width, bottom - height, bottom, height)
            )
            sure = float(row["conf"]) >= _LEAST_SURE
            yield Word(text if sure else _UNSURE, x0, x1, top, foot, size, bold=False)
