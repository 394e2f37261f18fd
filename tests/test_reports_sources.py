"""URLs as sources: fetched from a server that runs here, and refused wherever they should not lead."""

import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hostile_files import BILLION_LAUGHS
from written_reports import read

from ingest.addresses import forbidden_among
from ingest.feeds import entry_links
from ingest.fetching import fetch
from ingest.formats.http_message import http_message
from ingest.reports import read_report
from ingest.sources import is_url, reports_at, save
from kg.errors import UnreadableReport

LOOPBACK = (ip_network("127.0.0.0/8"),)
TEXT = "The eight providers plan to spend more than $600 billion in 2026, says Acme."
PAGE = (
    f"<!doctype html><html><head>%s</head><body><article><h1>Capex</h1><p>{TEXT}</p></article></body></html>"
)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://example.org/</link>
<item><title>One</title><link>/page</link></item><item><link>/missing</link></item><item><link>/page</link></item>
<item><title>No link</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="/self"/><entry><link rel="self" href="/no"/>
<link href="/page"/></entry></feed>"""


ANSWERS = {
    "/page": (200, {"Content-Type": "text/html"}, (PAGE % "").encode()),
    "/claims-other-site": (
        200,
        {},
        (PAGE % '<link rel=canonical href="https://example.org/a">').encode(),
    ),
    "/latin": (
        200,
        {"Content-Type": "text/html; charset=iso-8859-2"},
        (PAGE % "").replace("Acme", "Łódź").encode("iso-8859-2"),
    ),
    "/note.md": (200, {"Content-Type": "text/plain"}, f"# Note\n\n{TEXT}\n".encode()),
    "/download": (200, {"Content-Type": "text/csv"}, b"Firm,Capex\nAWS,200\nMeta,72\n"),
    "/large": (200, {}, b"a" * 3_000_000),
    "/away": (302, {"Location": "/page"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/metadata": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
    "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/rss": (200, {"Content-Type": "application/rss+xml"}, RSS.encode()),
}


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self):
        if self.path == "/drip":
            return self.drip()
        status, headers, content = ANSWERS.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b"a")
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def only(url):
    (found,) = reports_at(url, trusted=LOOPBACK)
    return found


def test_a_page_is_a_report_with_its_url(site):
    report = only(f"{site}/page")
    assert (report.title, report.url, report.source) == ("Capex", f"{site}/page", f"{site}/page")
    assert TEXT in report.text


def test_a_redirect_is_followed_and_the_last_url_counts(site):
    assert only(f"{site}/away").iri == only(f"{site}/page").iri


def test_a_page_cannot_pass_for_one_of_another_site(site):
    report = only(f"{site}/claims-other-site")
    assert report.url == f"{site}/claims-other-site"


@pytest.mark.parametrize(("path", "media_type"), [("/note.md", "text/markdown"), ("/download", "text/csv")])
def test_the_format_is_told_by_the_answer_or_the_path(site, path, media_type):
    assert only(site + path).media_type == media_type


def test_the_encoding_may_stand_in_the_answer_alone(site):
    assert "says Łódź." in only(f"{site}/latin").text


def test_a_feed_gives_a_report_per_entry_and_goes_on_after_a_failure(site):
    found = list(reports_at(f"{site}/rss", trusted=LOOPBACK))
    assert [type(each).__name__ for each in found] == ["Report", "UnreadableReport"]
    assert "404" in str(found[1])


def test_no_more_entries_of_a_feed_are_read_than_asked_for(site):
    assert len(list(reports_at(f"{site}/rss", trusted=LOOPBACK, most=1))) == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/missing", "answers 404 Not Found"),
        ("/loop", "redirected more than 5 times"),
        ("/metadata", "has the address 169.254.169.254, which is not public"),
        ("/file", "only these are fetched"),
    ],
)
def test_what_cannot_or_must_not_be_fetched_is_one_clear_error(site, path, reason):
    failure = only(site + path)
    assert isinstance(failure, UnreadableReport)
    assert failure.source == site + path
    assert reason in failure.reason


def test_the_size_is_limited(site):
    with pytest.raises(UnreadableReport, match="larger than 1 MB"):
        fetch(f"{site}/large", trusted=LOOPBACK, largest=1_000_000)


def test_a_server_that_drips_is_given_up(site):
    started = time.monotonic()
    with pytest.raises(UnreadableReport, match=r"took longer than 0\.5 s"):
        fetch(f"{site}/drip", trusted=LOOPBACK, longest_s=0.5)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"],  # noqa: S104
)
def test_this_machine_is_not_fetched_from_by_default_however_it_is_spelled(site, host):
    port = site.rpartition(":")[2]
    with pytest.raises(UnreadableReport, match=r"which is not public|not known"):
        fetch(f"http://{host}:{port}/page")


@pytest.mark.parametrize(
    "address",
    [
        *("10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),  # noqa: S104
        *(
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
        ),
        *("2002:7f00:1::", "2001:db8::1", "192.0.2.1", "198.18.0.1"),
    ],
)
def test_an_address_that_is_not_public_is_forbidden(address):
    assert forbidden_among([ip_address(address)], ()) == ip_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"])
def test_a_public_address_is_allowed(address):
    assert forbidden_among([ip_address(address)], ()) is None


def test_one_private_address_among_public_ones_forbids_the_host():
    mixed = [ip_address("8.8.8.8"), ip_address("10.0.0.1")]
    assert forbidden_among(mixed, ()) == mixed[1]
    assert forbidden_among(mixed, (ip_network("10.0.0.0/8"),)) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.org/a", "only these are fetched"),
        ("http://", "only these are fetched"),
        ("http://user:word@example.org/", "without it"),
        ("http://example.org:99999/", "no URL"),
        ("http://[::1/", "no URL"),
        (f"http://{'a' * 70}.example/", "no URL"),
        ("http://does-not-exist.invalid/", "is not known"),
    ],
)
def test_a_url_that_is_none_is_refused(url, reason):
    with pytest.raises(UnreadableReport, match=reason):
        fetch(url)


def test_a_server_that_is_not_there_is_named(site):
    with pytest.raises(UnreadableReport, match="cannot be reached"):
        fetch("http://127.0.0.1:1/", trusted=LOOPBACK)


def test_a_certificate_that_nobody_signed_is_refused(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(UnreadableReport, match="certificate is not valid"):
        fetch(f"https://127.0.0.1:{server.server_port}/page", trusted=LOOPBACK)
    server.shutdown()
    server.server_close()


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("content", "links"),
    [
        (RSS, ["https://example.org/page", "https://example.org/missing"]),
        (ATOM, ["https://example.org/page"]),
        ("<rss><channel><item><link>https://example.com/a</link></item>", ["https://example.com/a"]),
        (PAGE, None),
        ("<?xml version='1.0'?><html><link href='/x'/></html>", None),
        ("<?xml", None),
        ("text", None),
        (f"{BILLION_LAUGHS}<rss><item><link>&lol9;</link></item></rss>", []),
        (
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><item><link>&x;</link></item></rss>',
            None,
        ),
    ],
)
def test_the_links_of_a_feed_s_entries(content, links):
    assert entry_links(content.encode(), "https://example.org/feed") == links


def test_a_page_that_was_kept_gives_the_same_report_as_when_it_was_fetched(site, tmp_path):
    fetched = fetch(f"{site}/page", trusted=LOOPBACK)
    path = save(fetched, tmp_path / "new" / "folder")
    again, report = read_report(path), only(f"{site}/page")
    assert (again.iri, again.text, again.url) == (report.iri, report.text, report.url)
    assert save(fetched, path.parent) == path
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("path", ["/latin", "/note.md", "/download"])
def test_a_kept_file_remembers_its_type_and_encoding(site, tmp_path, path):
    kept = read_report(save(fetch(site + path, trusted=LOOPBACK), tmp_path))
    assert kept.text == only(site + path).text


INNER = http_message("https://example.com/", "", b"text")


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\n\r\ntext",
        b"no head at all",
        b"HTTP/1.1 200 OK\r\nContent-Location: file:///a\r\n\r\ntext",
        http_message("https://example.org/", "message/http", INNER),
    ],
)
def test_a_file_that_only_looks_like_a_kept_page_is_refused(tmp_path, content):
    with pytest.raises(UnreadableReport, match=r"^a\.http: "):
        read(tmp_path, "a.http", content)


def test_the_command_fetches_into_files_and_tells_what_failed(site, tmp_path):
    command = [sys.executable, "-m", "aifkg", "fetch", f"{site}/rss", "--into", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "which is not public" in refused.stderr
    done = subprocess.run([*command, "--allow-network", "127.0.0.0/8"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "404 Not Found" in done.stderr
    (path,) = tmp_path.iterdir()
    assert done.stdout.split() == [str(path)]


def test_paths_are_no_urls():
    assert [is_url(each) for each in ("https://a.b/c", "HTTP://a.b", "a.md", "/http://a", "C:/a")] == [
        True,
        True,
    ] + [False] * 3
