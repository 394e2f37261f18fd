/**
 * A typed client of the service. The types are generated from its OpenAPI document (src/schema.d.ts, by `make clients`);
 * paths, parameters and answers are checked by the compiler.
 */
import createClient, { type Client as Fetcher, type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];
export type Claim = Schemas["Claim"];

/** An answer that is a problem; `code` is stable (docs/api.md lists them). */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "Refused";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

export interface Options {
  /** Key of who may write or curate. */
  key?: string;
  /** How often a read is sent again after a 503 that says when to come back. */
  retries?: number;
  /** How many answers are kept, to be used again when the service says that they still hold. */
  remembered?: number;
}

/** Paths, parameters and bodies as in OpenAPI; whatever is no success is thrown as `Refused`. */
export type Client = Fetcher<paths>;

/** A client of the service at an address: `client.GET("/api/claims", { params: { query: { metric: "capex" } } })`. */
export function connect(url: string, { key, retries = 3, remembered = 200 }: Options = {}): Client {
  const client = createClient<paths>({
    baseUrl: url.replace(/\/+$/, ""),
    headers: key ? { Authorization: `Bearer ${key}` } : {},
    fetch: keeping(remembered, retrying(retries)),
  });
  client.use(refusing);
  return client;
}

type Fetch = (request: Request) => Promise<Response>;

const refusing: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const type = response.headers.get("Content-Type") ?? "";
    if (!type.startsWith("application/problem+json")) throw new Error(`HTTP status ${response.status}`);
    throw new Refused((await response.json()) as Problem);
  },
};

/** Only reads are sent again: a write may have been made. */
function retrying(retries: number): Fetch {
  return async (request) => {
    for (let left = retries; ; left--) {
      const response = await fetch(request.clone());
      const pause = response.headers.get("Retry-After");
      if (response.status !== 503 || request.method !== "GET" || pause === null || left === 0) return response;
      await new Promise((resolve) => setTimeout(resolve, Math.min(Number(pause) || 0, 30) * 1000));
    }
  };
}

/** Asks with the tag of the answer that is kept, and gives that one again on a 304; the longest unused go first. */
function keeping(most: number, next: Fetch): Fetch {
  const kept = new Map<string, Response>();
  return async (request) => {
    if (request.method !== "GET") return next(request);
    const place = `${request.headers.get("Accept")} ${request.url}`;
    const known = kept.get(place);
    const asked = new Request(request);
    if (known) asked.headers.set("If-None-Match", known.headers.get("ETag") ?? "");
    const response = await next(asked);
    const answer = known && response.status === 304 ? known : response;
    if (answer.ok && answer.headers.has("ETag") && most > 0) {
      kept.delete(place);
      kept.set(place, answer.clone());
      for (const oldest of kept.keys()) if (kept.size > most) kept.delete(oldest);
    }
    return answer;
  };
}

export type ClaimFilters = NonNullable<paths["/api/claims"]["get"]["parameters"]["query"]>;

/** All claims that fit, page by page, all from one version. */
export async function* claims(client: Client, filters: ClaimFilters = {}): AsyncGenerator<Claim> {
  let query = filters;
  for (;;) {
    const { data } = await client.GET("/api/claims", { params: { query } });
    if (!data) return;
    yield* data.claims;
    if (data.next === null) return;
    query = { ...filters, version: data.version, cursor: data.next };
  }
}
