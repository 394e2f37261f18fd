"""Files that are no reports: one clear line each, with the file's name and what to do."""

import os
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from written_reports import read

from ingest.reports import LONGEST_TEXT, read_report
from kg.errors import UnreadableReport

GERMAN = "Der Markt für Rechenzentren ist stark gewachsen, und die Nachfrage wird auf dem Niveau bleiben."
FRENCH = (
    "Le marché des centres de données est en forte croissance dans le monde et les prix sont au plus haut."
)
CHINESE = "华为云与阿里云在2026年的数据中心投资大幅增长，人工智能工厂市场进入新的阶段。"
ENGLISH = "The market grew in 2026 and the demand for power will stay where it is."


def zipped(**entries):
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", "", "is empty"),
        ("a.pdf", "", "is empty"),
        ("a.txt", " \n\t\n", "is empty"),
        ("a.md", "---\ntitle: T\n---\n", "holds no text"),
        ("a.pdf", "no PDF at all", "holds no PDF document"),
        ("a.docx", "no Word file", "holds no Word document"),
        ("a.pdf", b"%PDF-1.7\n", "may be damaged or cut off"),
        ("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", "PNG image"),
        ("a.txt", b"\x7fELF\x02\x01", "a program"),
        ("a.md", b"%PDF-1.7\n1 0 obj", "is called .md but holds PDF; rename it to end in .pdf"),
        ("a.txt", "<!DOCTYPE html><p>Text</p>", "is called .txt but holds HTML"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1", "save it anew as .docx or PDF"),
        ("a.rtf", rb"{\rtf1 text}", "Rich Text"),
        ("a.epub", b"PK\x03\x04cut", "damaged or cut-off archive"),
        ("a.zip", zipped(readme="text"), "zip archive; unpack it"),
        ("a.xyz", "some text", r"ends in \.xyz, which is not read here; readable are"),
        ("a.txt", b"text\x00text", "NUL bytes"),
        ("a.md", b"text\x01\x02\x03", "control characters"),
        ("a.txt", "华为云".encode("gb18030") * 9, "breaks UTF-8 at byte 0; save it as UTF-8"),
        ("a.txt", "Рынок вырос".encode("cp1251"), "save it as UTF-8"),
        ("a.txt", b"\xff\xfea", "UTF-16"),
        ("a.txt", GERMAN, r"not in English \(German\)"),
        ("a.txt", "Le marché des usines à IA croît très vite cette année. ", r"\(French\)"),
        ("a.txt", "Die Nachfrage nach Strom ist groß und sie wächst.", r"\(German\)"),
        ("a.txt", "El mercado de los centros de datos es muy grande.", r"\(Spanish\)"),
        ("a.md", FRENCH, r"not in English \(French\)"),
        ("a.txt", CHINESE, "not in English"),
        ("a.txt", "The x. " * (LONGEST_TEXT // 7 + 1), "more than 1,000,000 characters"),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_its_reason(tmp_path, name, content, reason):
    with pytest.raises(UnreadableReport, match=reason) as caught:
        read(tmp_path, name, content)
    assert caught.value.source == name
    assert "\n" not in str(caught.value)


def test_a_url_is_told_from_a_missing_file():
    with pytest.raises(UnreadableReport, match="is a URL; `aifkg fetch`"):
        read_report(Path("https://example.org/report"))


def test_a_missing_file_and_a_directory_are_named(tmp_path):
    with pytest.raises(UnreadableReport, match="no such file"):
        read_report(tmp_path / "missing.md")
    with pytest.raises(UnreadableReport, match="is a directory"):
        read_report(tmp_path)


def test_a_pipe_and_an_impossible_name_are_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(UnreadableReport, match="not a file"):
        read_report(tmp_path / "pipe.md")
    with pytest.raises(UnreadableReport, match="cannot be opened: file name too long"):
        read_report(tmp_path / ("a" * 300))


@pytest.mark.parametrize(
    "text",
    [
        "AWS: $200 billion.",
        "Capex 2026",
        "| Firm | 2025 |\n|---|---|\n| AWS | $131 bn |\n| Société Générale | €3 bn |",
        "Nebius, CoreWeave, Crusoe, Lambda, Nscale.",
        f"{ENGLISH} {ENGLISH} In German: {GERMAN}",
        f"{ENGLISH} {CHINESE[:10]}",
    ],
)
def test_short_reports_tables_and_foreign_names_count_as_english(tmp_path, text):
    assert read(tmp_path, "a.md", text).text == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_usual_encodings_are_read(tmp_path, encoding):
    text = "Société Générale invests – “at last” – €5 billion. " + ENGLISH
    assert read(tmp_path, "a.txt", text.encode(encoding)).text == text


def test_a_file_without_an_ending_is_read_by_what_it_holds(tmp_path):
    assert read(tmp_path, "report", ENGLISH).media_type == "text/plain"
    assert read(tmp_path, "page", f"<!doctype html><p>{ENGLISH}").media_type == "text/html"


def test_marks_that_turn_a_name_around_are_taken_out_of_it(tmp_path):
    assert read(tmp_path, "evil\u202efdp.md", ENGLISH).source == "evilfdp.md"
