/** Against the service at AIFKG_URL, with a key that may curate in AIFKG_KEY; tests/test_client_typescript.py starts both. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { claims, connect, Refused } from "../src/client.ts";

async function all<T>(found: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of found) list.push(one);
  return list;
}

const url = process.env["AIFKG_URL"] ?? "";
const client = connect(url);
const curator = connect(url, { key: process.env["AIFKG_KEY"] ?? "" });

test("an entity has its facts", async () => {
  const { data } = await client.GET("/api/entities/{id}", { params: { path: { id: "aws" } } });
  assert.equal(data?.label, "Amazon Web Services");
  assert.ok(data.facts.length > 0);
});

test("claims come page by page as one iterator", async () => {
  const whole = await all(claims(client));
  const singly = await all(claims(client, { limit: 1 }));
  assert.ok(whole.length > 3);
  assert.deepEqual(singly.map((claim) => claim.id), whole.map((claim) => claim.id));
});

test("a claim has its words and its number", async () => {
  const [claim] = await all(claims(client, { subject: "nebius", metric: "it-capacity" }));
  assert.equal(claim?.figure?.value, 100);
  assert.equal(claim.evidence[0]?.quote, "Nebius plans 100 MW of IT capacity in 2027.");
});

test("a question is answered with its query", async () => {
  const { data } = await client.POST("/api/ask", { body: { question: "How much IT capacity does Nebius plan?" } });
  assert.ok(data?.readings[0]?.query.includes("SELECT"));
});

test("a refusal has the code of its problem", async () => {
  await assert.rejects(
    client.GET("/api/entities/{id}", { params: { path: { id: "nobody" } } }),
    (error) => error instanceof Refused && error.code === "unknown-iri" && error.status === 404,
  );
});

test("a curator rejects and undoes; without a key nothing is done", async () => {
  const [claim] = await all(claims(client, { kind: "transition" }));
  assert.ok(claim);
  const body = { action: "reject", claim: claim.id, reason: "for the test" } as const;
  await assert.rejects(client.POST("/api/curation", { body }), (error) => error instanceof Refused && error.code === "unauthorized");
  const { data } = await curator.POST("/api/curation", { body });
  const path = { id: data?.entries[0]?.id ?? "" };
  const [rejected] = await all(claims(client, { kind: "transition" }));
  assert.equal(rejected?.status, "rejected");
  await curator.POST("/api/curation/{id}/undo", { params: { path } });
});

test("an unchanged answer is not sent twice, and a busy service is asked again", async () => {
  const seen: (string | undefined)[] = [];
  let busy = true;
  const server = createServer((request, response) => {
    seen.push(request.headers["if-none-match"]);
    if (busy) response.writeHead(503, { "Retry-After": "0" }).end();
    else if (request.headers["if-none-match"]) response.writeHead(304, { ETag: '"1"' }).end();
    else response.writeHead(200, { ETag: '"1"', "Content-Type": "application/json" }).end('{"version": 7}');
    busy = false;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stub = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (let round = 0; round < 3; round++) assert.equal((await stub.GET("/api/stats")).data?.version, 7);
  server.closeAllConnections();
  server.close();
  assert.deepEqual(seen, [undefined, undefined, '"1"', '"1"']);
});
