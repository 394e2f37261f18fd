"""Hostile files, built for real: each ends in bounded time and memory with a clear reason."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from hostile_files import (
    BILLION_LAUGHS,
    docx_that_laughs,
    docx_that_nests,
    docx_that_reads_a_file,
    docx_with,
    pdf_that_draws_itself,
    pdf_that_swells,
    pdf_whose_pages_are_their_own_children,
    pdf_with_pages,
    zip_with_entries,
)
from written_reports import drawn, read, written

from ingest.formats.isolation import _reader, read_apart
from ingest.formats.reading_process import MEMORY, Request
from ingest.reports import report_of
from kg.errors import UnreadableReport

MB = 1_000_000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", lambda: docx_with(bytes(250 * MB)), "would unpack to far more"),
        ("a.docx", lambda: docx_that_laughs(), "damaged Word document"),
        ("a.docx", lambda: docx_that_nests(2_000), "damaged Word document"),
        ("a.docx", lambda: zip_with_entries(30_000), "would unpack to far more"),
        ("a.pdf", lambda: pdf_whose_pages_are_their_own_children(), "may be damaged"),
        ("a.pdf", lambda: pdf_that_draws_itself(), "holds no text"),
        ("a.html", lambda: b"<html><body>" + b"<div>" * 200_000 + b"text", "holds no article text"),
        ("a.html", lambda: b"<html><body><p>" + b"<b>a</b>" * 60_000, "more than 50,000 elements"),
        ("a.html", lambda: b"<html><body>" + b"word " * 10 * MB, "larger than 10 MB"),
        ("a.txt", lambda: b"word " * 10 * MB, "more than 1,000,000 characters"),
        ("a.md", lambda: b"a" * 50 * MB, "more than 1,000,000 characters"),
        ("a.md", lambda: b"text\x00" * 100, "NUL bytes"),
    ],
)
def test_a_hostile_file_is_refused_soon_and_with_a_reason(name, content, reason):
    made = content()
    started = time.monotonic()
    with pytest.raises(UnreadableReport, match=reason):
        report_of(made, name)
    assert time.monotonic() - started < 30


_READ = """
import resource, sys
from pathlib import Path
from ingest.reports import read_report
from kg.errors import UnreadableReport
try:
    read_report(Path(sys.argv[1]))
except UnreadableReport as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, end="")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: pdf_with_pages(100_000), "more than 1,000 pages"),
        (lambda: pdf_that_swells(800), "more than 1.5 GB of memory"),
    ],
)
def test_a_pdf_that_swells_ends_at_the_limit_of_memory(content, reason, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(content())
    # In a process of its own: the peak of children is that of all that a process ever had.
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, timeout=120
    )
    said, _, peak = done.stdout.rpartition("\n")
    assert reason in said, done.stderr
    assert int(peak) * 1024 < 1.1 * MEMORY


@pytest.mark.parametrize(
    "content",
    [
        "[" * 900_000,
        "> " * 400_000,
        "*a_ " * 200_000,
        "|" * 300_000 + "\n" + "-|" * 150_000,
        "<div>\n" * 150_000,
        "---\n" + "[" * 20_000 + "\n---\ntext",
        "---\n" + "a: " * 20_000 + "\n---\ntext",
        "- a\n" * 40_000,
    ],
    ids=lambda content: content[:8],
)
def test_markdown_that_nests_or_repeats_is_read_soon(content):
    started = time.process_time()
    report = report_of(content.encode(), "a.md")
    assert report.text
    assert time.process_time() - started < 10


def test_entities_are_not_resolved(tmp_path):
    secret = written(tmp_path, "secret.txt", "the secret")
    assert "secret" not in read(tmp_path, "a.docx", docx_that_reads_a_file(str(secret))).text
    page = f"{BILLION_LAUGHS}<html><body><article><p>&lol9; and the text</p></article></body></html>"
    assert len(read(tmp_path, "a.html", page).text) < 100


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read():
    slow = Request("PDF", pdf_with_pages(20_000), "slow.pdf")
    with pytest.raises(UnreadableReport, match=r"took longer than 0\.1 s"):
        read_apart(slow, longest_s=0.1)
    assert report_of(drawn((60, 400, "The next one.")), "next.pdf").text == "The next one."


def test_a_reading_process_that_was_ended_between_two_files_costs_neither():
    report_of(drawn((60, 400, "It runs.")), "first.pdf")
    process = _reader(os.getpid())._process
    process.kill()
    process.wait()
    assert report_of(drawn((60, 400, "The next one.")), "next.pdf").text == "The next one."


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 on forks beside threads
def test_a_fork_has_a_reading_process_of_its_own():
    report_of(drawn((60, 400, "It runs.")), "first.pdf")
    ours = _reader(os.getpid())._process.pid
    with multiprocessing.get_context("fork").Pool(1) as pool:
        theirs = pool.apply(_read_and_tell, (drawn((60, 400, "In the fork.")),))
    assert theirs[0] == "In the fork."
    assert theirs[1] != ours
    assert report_of(drawn((60, 400, "The next one.")), "next.pdf").text == "The next one."
    assert _reader(os.getpid())._process.pid == ours


def _read_and_tell(content):
    return report_of(content, "fork.pdf").text, _reader(os.getpid())._process.pid


def test_a_crash_of_the_reading_process_is_one_file_s_failure():
    report_of(drawn((60, 400, "It runs.")), "first.pdf")
    process, slow = _reader(os.getpid())._process, pdf_with_pages(60_000)
    threading.Timer(0.5, os.kill, (process.pid, signal.SIGKILL)).start()
    with pytest.raises(UnreadableReport, match="crashed the program that reads it"):
        report_of(slow, "slow.pdf")
    assert report_of(drawn((60, 400, "The next one.")), "next.pdf").text == "The next one."
