// Uses a SPARQL service through two clients of others, as they are: node clients.mjs URL KEY
// out: what each of them read, and what was there after each of them wrote
import { Readable } from "node:stream";
import { QueryEngine } from "@comunica/query-sparql";
import ParsingClient from "sparql-http-client/ParsingClient.js";
import StreamClient from "sparql-http-client/StreamClient.js";

const [url, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };
const SELECT = "SELECT ?o WHERE { ?s <urn:p> ?o } ORDER BY ?o";
const ASK = 'ASK { ?s <urn:p> "two"@en }';
const CONSTRUCT = "CONSTRUCT { ?s <urn:made> ?o } WHERE { ?s <urn:p> ?o }";

const places = { endpointUrl: `${url}/sparql`, updateUrl: `${url}/sparql`, storeUrl: `${url}/store`, headers };

async function parsing() {
  const client = new ParsingClient(places);
  const found = {};
  for (const operation of ["get", "postUrlencoded", "postDirect"]) {
    const rows = await client.query.select(SELECT, { operation });
    found[operation] = rows.map(({ o }) => [o.value, o.language, o.datatype.value]);
  }
  found.ask = await client.query.ask(ASK);
  found.construct = [...(await client.query.construct(CONSTRUCT))].length;
  await client.query.update("INSERT DATA { GRAPH <urn:js> { <urn:js> <urn:wrote> 1 } }");
  found.updated = await client.query.ask("ASK { <urn:js> <urn:wrote> 1 }");
  return found;
}

async function streaming() {
  const client = new StreamClient(places);
  const factory = client.factory;
  const rows = [];
  for await (const { o } of client.query.select(SELECT)) rows.push([o.value, o.language, o.datatype.value]);
  const graph = factory.namedNode("urn:streamed");
  const written = factory.quad(factory.namedNode("urn:js"), factory.namedNode("urn:put"), factory.literal("2"));
  await client.store.put(Readable.from([written]), { graph });
  const read = [];
  for await (const { object } of client.store.get(graph)) read.push(object.value);
  return { select: rows, store: read };
}

async function comunica() {
  const engine = new QueryEngine();
  const sources = [{ type: "sparql", value: `${url}/sparql` }];
  const bindings = await (await engine.queryBindings(SELECT, { sources })).toArray();
  const quads = await (await engine.queryQuads(CONSTRUCT, { sources })).toArray();
  const joined = "SELECT ?o ?q { ?s <urn:p> ?o . OPTIONAL { ?s <urn:q> ?q } FILTER(isNumeric(?o)) }";
  // A source that is only a URL is looked at first: the service description says what it is.
  const guessed = await (await engine.queryBindings(joined, { sources: [`${url}/sparql`] })).toArray();
  return {
    select: bindings.map((row) => [row.get("o").value, row.get("o").language, row.get("o").datatype.value]),
    ask: await engine.queryBoolean(ASK, { sources }),
    construct: quads.length,
    guessed: guessed.map((row) => row.get("o").value),
  };
}

const found = { parsing: await parsing(), streaming: await streaming(), comunica: await comunica() };
process.stdout.write(JSON.stringify(found));
