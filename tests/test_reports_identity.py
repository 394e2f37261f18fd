"""The IRI of a report: the same for every version and copy of a publication, different for different ones."""

import pytest
from written_reports import read

TEXT = "Capex of the eight providers rose in 2026."


def iri(folder, head, text=TEXT):
    return read(folder, "a.md", f"---\n{head}\n---\n{text}\n").iri


def test_a_new_version_under_the_same_url_keeps_the_iri(tmp_path):
    head = "url: https://example.org/a\ntitle: T"
    assert iri(tmp_path, head) == iri(tmp_path, head.replace("T", "Other"), "Another text of the same page.")


@pytest.mark.parametrize(
    "url",
    [
        "https://EXAMPLE.org/a",
        "https://example.org:443/a",
        "https://example.org/a#part",
        "https://example.org/a?utm_source=mail&fbclid=1",
    ],
)
def test_spellings_of_one_url_are_one_publication(tmp_path, url):
    assert iri(tmp_path, f"url: {url}") == iri(tmp_path, "url: https://example.org/a")


@pytest.mark.parametrize(
    "url", ["https://example.org/b", "https://example.org/a?id=1", "http://example.org/a"]
)
def test_other_urls_are_other_publications(tmp_path, url):
    assert iri(tmp_path, f"url: {url}") != iri(tmp_path, "url: https://example.org/a")


def test_without_a_url_title_and_publisher_are_the_key(tmp_path):
    first = iri(tmp_path, "title: Power is scarce\npublisher: Acme")
    assert first == iri(tmp_path, "title: power is  SCARCE\npublisher: ACME", "A corrected text.")
    assert first != iri(tmp_path, "title: Power is scarce\npublisher: Other")
    assert first != iri(tmp_path, "title: Power is scarce\npublisher: Acme\ndate: 2026-05-28")


def test_a_title_alone_is_no_key_so_the_text_is(tmp_path):
    assert iri(tmp_path, "title: Report") != iri(tmp_path, "title: Report", "Another text.")
    assert iri(tmp_path, "title: Report") == iri(tmp_path, "title: Other")


@pytest.mark.parametrize(
    "url", ["not a url", "/relative", "ftp://example.org/a", "https://", "https://[x/", "javascript:1"]
)
def test_what_is_no_url_of_the_web_is_left_out(tmp_path, url):
    report = read(tmp_path, "a.md", f"---\nurl: '{url}'\n---\n{TEXT}\n")
    assert report.url is None


def test_the_same_text_under_another_file_name_is_the_same_report(tmp_path):
    first, second = read(tmp_path, "a.txt", TEXT), read(tmp_path, "b.txt", TEXT)
    assert (first.iri, first.text_sha256, first.bytes_sha256) == (
        second.iri,
        second.text_sha256,
        second.bytes_sha256,
    )
    assert first.iri.startswith("https://w3id.org/ai-factory/doc/")
