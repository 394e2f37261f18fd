"""The server for agents, asked by the SDK's own client over stdio and over HTTP."""

import asyncio
import json
import re
import subprocess
import sys

import pytest
from mcp import Client, MCPError, StdioServerParameters
from sampled import SAMPLES, read_samples

from ingest.reports import read_report

pytestmark = pytest.mark.slow

TOOLS = {"ask", "search", "entity", "claims", "series", "conflicts", "compare", "sparql"}


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    return read_samples(tmp_path_factory.mktemp("mcp") / "store")


@pytest.fixture(scope="module")
def target(store_path):
    command = [
        sys.executable,
        "-m",
        "aifkg",
        "mcp",
        "--transport",
        "http",
        "--port",
        "0",
        "--store",
        store_path,
    ]
    with subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True) as process:
        yield re.search(r"http://\S+", process.stderr.readline())[0]
        process.terminate()


def talk(target, conversation):
    """Run one conversation with the server."""

    async def connected():
        async with Client(target) as client:
            return await conversation(client)

    return asyncio.run(connected())


def call(target, tool, **arguments):
    """The structured result of one tool."""
    result = talk(target, lambda client: client.call_tool(tool, arguments))
    assert not result.is_error, result.content
    return result.structured_content


def test_an_agent_can_start_the_server_itself_and_talk_over_stdio(store_path):
    arguments = ["-m", "aifkg", "mcp", "--store", str(store_path)]

    async def conversation(client):
        listed = await client.list_tools()
        found = await client.call_tool("ask", {"question": "Who acquired Ampere?"})
        return {tool.name for tool in listed.tools}, found.structured_content

    names, found = talk(StdioServerParameters(command=sys.executable, args=arguments), conversation)
    assert names == TOOLS
    assert "SoftBank" in found["text"]


def test_a_store_that_cannot_be_read_is_told_at_once(tmp_path):
    command = [sys.executable, "-m", "aifkg", "mcp", "--store", str(tmp_path / "none")]
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert ended.returncode == 3
    assert "aifkg ingest" in ended.stderr
    assert ended.stdout == ""


def test_all_tools_are_offered_as_reading_only(target):
    listed = talk(target, lambda client: client.list_tools()).tools
    assert {tool.name for tool in listed} == TOOLS
    assert all(tool.annotations.read_only_hint and tool.description for tool in listed)


def test_a_question_is_answered_with_citations(target):
    found = call(target, "ask", question="What is AWS's market share in Q4 2025?")
    assert found["outcome"] == "answered"
    citations = found["readings"][0]["citations"]
    assert {one["said_by"][0] for one in citations} == {"Omdia", "Synergy Research Group"}
    texts = [read_report(path).text for path in sorted(SAMPLES.iterdir())]
    for one in citations:
        assert any(text[one["start"] : one["end"]] == one["quote"] for text in texts)


def test_a_refusal_is_no_error_and_says_what_is_missing(target):
    found = call(target, "ask", question="Who founded NVIDIA?")
    assert found["outcome"] == "not-understood"
    assert "founded" in found["missing"]
    assert found["nearest"]


def test_search_entity_and_claims_lead_from_words_to_quotes(target):
    async def conversation(client):
        hits = (await client.call_tool("search", {"words": "Nebius"})).structured_content["hits"]
        id = next(hit["id"] for hit in hits if hit["kind"] == "entity")
        entity = (await client.call_tool("entity", {"id": id})).structured_content
        claims = (await client.call_tool("claims", {"subject": id})).structured_content
        return id, entity, claims

    id, entity, claims = talk(target, conversation)
    assert (id, entity["label"]) == ("nebius", "Nebius")
    assert claims["citations"]
    assert all(one["quote"] and one["report_title"] for one in claims["citations"])


def test_figures_disputes_and_comparisons_are_cited(target):
    figures = call(target, "series", metric="market-share", subject="aws")
    assert {one["figure"] for one in figures["citations"]} >= {"28%", "32%"}
    conflicts = call(target, "conflicts", about="aws")["conflicts"]
    assert any({side["figure"] for side in one["sides"]} >= {"28%", "32%"} for one in conflicts)
    compared = call(target, "compare", ids=["aws", "google-cloud"])
    row = next(row for row in compared["rows"] if row["what"] == "market share")
    assert all(row["cells"])


def test_sparql_reads_only_and_within_limits(target):
    found = call(target, "sparql", query="SELECT ?s WHERE { ?s ?p ?o } LIMIT 300")
    assert (len(found["rows"]), found["more"]) == (200, 100)
    for query in ("DELETE WHERE { ?s ?p ?o }", "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"):
        refused = talk(target, lambda client, query=query: client.call_tool("sparql", {"query": query}))
        assert refused.is_error


def test_errors_are_sentences(target):
    refused = talk(target, lambda client: client.call_tool("entity", {"id": "nobody-at-all"}))
    assert refused.is_error
    assert "nothing is known about nobody-at-all" in refused.content[0].text


def test_the_ontology_and_the_reports_can_be_read(target):
    async def conversation(client):
        turtle = (await client.read_resource("aifkg://ontology")).contents[0].text
        reports = json.loads((await client.read_resource("aifkg://reports")).contents[0].text)
        text = (await client.read_resource(reports[0]["uri"])).contents[0].text
        with pytest.raises(MCPError, match="no report 0000000000000000"):
            await client.read_resource("aifkg://reports/0000000000000000")
        return turtle, reports, text

    turtle, reports, text = talk(target, conversation)
    assert "aif:Claim" in turtle
    assert len(reports) == len(list(SAMPLES.iterdir()))
    assert len(text) > 500
