"""HTML pages: the article and nothing around it, and what the page declares of its publication."""

from datetime import date

import pytest
from written_reports import cells, read, texts

from kg.errors import UnreadableReport

PARAGRAPH = "Capital expenditure of the eight providers rose to $600 billion in 2026, and more is to come. "
NAVIGATION = '<nav><a href="/">Home</a> <a href="/prices">Prices from $9</a></nav>'


def page(body, head=""):
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


@pytest.fixture
def report(tmp_path):
    article = f"""
        <h1>Providers spend more</h1><p>{PARAGRAPH * 2}</p>
        <h2>By firm</h2><p>{PARAGRAPH}<b>Bold</b> and <a href=/x>linked</a> words.</p>
        <ul><li>AWS grows by 20%.<li>Meta grows by 30%.</ul>
        <blockquote><p>We will grow, said the head of Acme in London.</p></blockquote>
        <table><tr><th>Firm<th>2025<th>2026<tr><td>AWS<td>$131 bn<td>$200 bn<tr><td>Meta<td>$72 bn<td></table>
        <p>{PARAGRAPH}</p>"""
    related = "<aside><p>Chip maker loses $5 billion in a day, and nobody knows why that is so.</p></aside>"
    body = f"{NAVIGATION}<article>{article}</article>{related}<footer>Copyright 2026</footer>"
    return read(tmp_path, "a.html", page(body))


def test_the_article_is_read_in_its_blocks(report):
    kinds = [block.kind for block in report.blocks]
    assert kinds[:4] == ["title", "paragraph", "heading", "paragraph"]
    assert texts(report, "list-item") == ["AWS grows by 20%.", "Meta grows by 30%."]
    assert texts(report, "quote") == ["We will grow, said the head of Acme in London."]
    assert cells(report) == [["Firm", "2025", "2026"], ["AWS", "$131 bn", "$200 bn"], ["Meta", "$72 bn", ""]]


def test_inline_elements_belong_to_their_paragraph(report):
    assert texts(report, "paragraph")[1] == f"{PARAGRAPH}Bold and linked words."


def test_navigation_related_articles_and_footers_are_left_out(report):
    assert all(word not in report.text for word in ("Home", "Prices", "Chip maker", "Copyright"))


def test_header_cells_are_marked(report):
    table = next(block for block in report.blocks if block.kind == "table")
    assert [[cell.header for cell in row] for row in table.rows] == [[True] * 3, [False] * 3, [False] * 3]


def test_headings_have_the_level_of_their_tag(report):
    assert [(b.kind, b.level) for b in report.blocks if b.level] == [("title", 1), ("heading", 2)]


JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org",
 "@graph": [{"@type": "WebPage"},
 {"@type": ["NewsArticle"], "headline": "Providers spend", "datePublished": "2026-05-28T01:00:00+02:00",
 "publisher": {"name": "Acme Press"}, "url": "https://example.org/a"}]}</script>"""


META_TAGS = """<title>Providers spend | Acme</title><meta property=og:site_name content=Acme>
 <meta property="article:published_time" content="2026-05-28"><link rel=canonical href="https://example.org/a">"""
DUBLIN_CORE = """<meta name="DC.title" content="Providers spend"><meta name="DC.publisher" content="Acme">
 <meta name="DC.date.issued" content="28 May 2026">"""


NEWS_PAGE = """
<div id="cookie-banner" class="cookie-consent"><p>We use cookies of 120
partners.</p><button>OK</button></div>
<div class="site-header"><ul class="menu"><li><a href="/cloud">Cloud</a></ul><div class="ticker">NVDA
+2%</div></div>
<div class="wrap has-sidebar"><div class="post hentry"><h1 class="entry-title">Nebius expands in
Finland</h1>
<div class="entry-meta"><span class="author">Jane Doe</span> <span>March 3, 2026</span> <span>3 min
read</span></div>
<div class="share"><a href="#">Share on X</a> <a href="#">LinkedIn</a></div><div class="entry-content">
<p>Nebius will triple the capacity of its data center in Mäntsälä to 75 MW in 2026, the company said on
Tuesday.</p>
<p>The expansion costs about $500 million and adds up to 60,000 GPUs, said Arkady Volozh, its founder.</p>
<div class="newsletter-box"><h3>Get our newsletter</h3><p>Join 50,000 readers.</p></div>
<h2>Heat for the town</h2><p>Waste heat warms 2,500 homes in the town, which has 20,000 people.</p>
<table><tr><th>Site<th>MW<tr><td>Mäntsälä<td>75<tr><td>Vineland<td>300</table><p>Short line of 12%.</p>
<ul><li>First point: 25 MW by June.</li><li>Second point: 50 MW by December.</li></ul></div>
<div class="author-bio"><p>Jane Doe has covered data centers for 12 years.</p></div></div>
<div class="related-posts"><h3>Related</h3><div><a href="/1"><h4>CoreWeave borrows $2.6
billion</h4></a></div></div>
<div id="comments"><h3>2 Comments</h3><ol><li><p>No way they get there.</p></li></ol></div></div>
<div class="site-footer"><p>© 2026 Data Wire. 1 Main Street.</p></div>"""


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("", ""), ('<div class="post hentry">', "<article>"), ("<div class=wrap", "<main class=wrap")],
)
def test_a_news_page_gives_its_article_and_nothing_around_it(tmp_path, opening, closing):
    report = read(tmp_path, "a.html", page(NEWS_PAGE.replace(opening, closing) if opening else NEWS_PAGE))
    assert "triple the capacity of its data center in Mäntsälä to 75 MW" in report.text
    assert "Short line of 12%." in report.text
    assert texts(report, "list-item") == ["First point: 25 MW by June.", "Second point: 50 MW by December."]
    assert cells(report) == [["Site", "MW"], ["Mäntsälä", "75"], ["Vineland", "300"]]
    around = (
        "cookies",
        "NVDA",
        "Share",
        "newsletter",
        "12 years",
        "CoreWeave",
        "No way",
        "Main Street",
        "Cloud",
    )
    assert [word for word in around if word in report.text] == []


def test_lines_that_are_only_a_link_are_left_out(tmp_path):
    listed = "<ul><li><a href=/a>Chip maker loses $5 billion</a></li></ul>"
    more = "<p>Read more: <a href=/b>Prices fall by 9%, says a firm</a></p>"
    last = "<p><a href=/c>Acme</a> grew by 3%.</p>"
    body = f"<article><h1>Title</h1><p>{PARAGRAPH * 4}</p>{listed}{more}{last}</article>"
    report = read(tmp_path, "a.html", page(body))
    assert "$5 billion" not in report.text
    assert "9%" not in report.text
    assert report.text.endswith("Acme grew by 3%.")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (JSON_LD, ("Providers spend", "Acme Press", date(2026, 5, 28), "https://example.org/a")),
        (META_TAGS, ("Own heading", "Acme", date(2026, 5, 28), "https://example.org/a")),
        (DUBLIN_CORE, ("Providers spend", "Acme", date(2026, 5, 28), None)),
        ('<script type="application/ld+json">{broken</script>', ("Own heading", None, None, None)),
        ('<script type="application/ld+json">[[[[1]]]]</script>', ("Own heading", None, None, None)),
        ("", ("Own heading", None, None, None)),
    ],
)
def test_metadata_are_read_from_what_is_written_for_machines(tmp_path, head, expected):
    report = read(
        tmp_path, "a.html", page(f"<article><h1>Own heading</h1><p>{PARAGRAPH}</p></article>", head)
    )
    assert (report.title, report.publisher, report.issued, report.url) == expected


@pytest.mark.parametrize("front", ["https://example.org", "https://example.org/", "/"])
def test_a_front_page_is_not_the_url_of_a_report(tmp_path, front):
    head = f'<link rel=canonical href="{front}"><meta property="og:url" content="https://example.org/a">'
    assert read(tmp_path, "a.html", page(f"<p>{PARAGRAPH}", head)).url == "https://example.org/a"


def test_a_title_without_heading_loses_the_site_s_name(tmp_path):
    report = read(tmp_path, "a.html", page(f"<article><p>{PARAGRAPH}</p></article>", META_TAGS))
    assert report.title == "Providers spend"


def test_the_kind_of_article_is_the_kind_of_report(tmp_path):
    assert read(tmp_path, "a.html", page(f"<article><p>{PARAGRAPH}</p></article>", JSON_LD)).kind == "news"


def test_one_time_element_gives_the_date_but_many_do_not(tmp_path):
    time = "<time datetime=2026-05-28>May 28</time>"
    one = page(f"<article><h1>Title</h1>{time}<p>{PARAGRAPH * 3}</p></article>")
    many = page(f"<article><h1>Title</h1>{time * 2}<p>{PARAGRAPH * 3}</p></article>")
    assert read(tmp_path, "a.html", one).issued == date(2026, 5, 28)
    assert read(tmp_path, "a.html", many).issued is None


def test_a_dateline_gives_the_date_where_no_metadata_do(tmp_path):
    body = f"<article><h1>Title</h1><p>LONDON, 28 May 2026 — {PARAGRAPH}</p></article>"
    assert read(tmp_path, "a.html", page(body)).issued == date(2026, 5, 28)


@pytest.mark.parametrize(
    "line", ["By Jane Doe | May 28, 2026", "Published: May 28, 2026", "May 28, 2026 at 10:00"]
)
def test_a_line_of_author_and_date_is_no_text_but_gives_the_date(tmp_path, line):
    report = read(
        tmp_path, "a.html", page(f"<article><h1>Title</h1><p>{line}</p><p>{PARAGRAPH}</p></article>")
    )
    assert report.issued == date(2026, 5, 28)
    assert report.text == f"Title\n\n{PARAGRAPH.strip()}"


def test_a_title_that_only_the_metadata_have_leads_the_text(tmp_path):
    report = read(
        tmp_path, "a.html", page(f"<article><p>{PARAGRAPH}</p></article>", "<title>The title</title>")
    )
    assert report.text.startswith("The title\n\nCapital expenditure")
    assert report.blocks[0].kind == "title"


@pytest.mark.parametrize("tag", ["article", "main", "div"])
def test_a_short_page_is_read_whole(tmp_path, tag):
    report = read(tmp_path, "a.html", page(f"{NAVIGATION}<{tag}><p>AWS spends $200 billion.</p></{tag}>"))
    assert report.text == "AWS spends $200 billion."


def test_cells_that_span_rows_and_columns_keep_the_others_in_their_columns(tmp_path):
    table = (
        "<table><tr><th rowspan=2>Firm<th colspan=2>Capex<tr><th>2025<th>2026"
        "<tr><td>AWS<td>$131 bn<td>$200 bn</table>"
    )
    report = read(
        tmp_path, "a.html", page(f"<article><p>{PARAGRAPH * 3}</p>{table}<p>{PARAGRAPH}</p></article>")
    )
    assert cells(report) == [["Firm", "Capex", ""], ["", "2025", "2026"], ["AWS", "$131 bn", "$200 bn"]]


def test_a_term_and_its_definition_are_one_item(tmp_path):
    terms = "<dt>AWS:</dt><dd>$200 billion</dd><dt>Meta</dt><dt>FB</dt><dd>$72 billion</dd><dd>or more</dd>"
    body = f"<article><p>{PARAGRAPH * 3}</p><dl>{terms}</dl><p>{PARAGRAPH}</p></article>"
    report = read(tmp_path, "a.html", page(body))
    assert texts(report, "list-item") == ["AWS: $200 billion", "Meta", "FB: $72 billion", "or more"]


def test_a_table_that_only_lays_out_the_page_is_no_table(tmp_path):
    report = read(
        tmp_path, "a.html", page(f"<table><tr><td><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></td></tr></table>")
    )
    assert [block.kind for block in report.blocks] == ["paragraph", "paragraph"]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-15", "utf-16"])
def test_the_declared_encoding_is_used(tmp_path, encoding):
    text = page(f"<article><p>Société Générale invests €5 billion. {PARAGRAPH}</p></article>")
    content = text.replace("charset=utf-8", f"charset={encoding}").encode(encoding)
    assert "Société Générale invests €5 billion." in read(tmp_path, "a.html", content).text


def test_a_wrong_declaration_of_the_encoding_does_no_harm(tmp_path):
    text = page(f"<article><p>Société Générale invests €5 billion. {PARAGRAPH}</p></article>")
    content = text.replace("charset=utf-8", "charset=ascii").encode()
    assert "Société Générale" in read(tmp_path, "a.html", content).text


def test_a_page_with_a_stray_byte_is_read_but_one_in_another_encoding_is_not(tmp_path):
    content = page(f"<article><p>{PARAGRAPH * 20}</p></article>").encode()
    assert PARAGRAPH.strip() in read(tmp_path, "a.html", content.replace(b"more", b"mo\xfe\x02re", 1)).text
    with pytest.raises(UnreadableReport, match="UTF-8"):
        read(tmp_path, "b.html", content.replace(b"e", b"\xfe"))


@pytest.mark.parametrize("body", ["", NAVIGATION, "<script>document.write('text')</script>", "<p> </p>"])
def test_a_page_without_article_is_refused_with_advice(tmp_path, body):
    with pytest.raises(UnreadableReport, match="no article text"):
        read(tmp_path, "a.html", page(body))
