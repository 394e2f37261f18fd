// Decisions go to the JSON API with the key of this tab. No cookie is involved, so no other page can send one.

export interface Part { label?: string; id?: string }
export interface Entry { id: string; action: string; target: { label: string } }
export interface Done { version: number; entries: Entry[] }
export interface Diff {
  claims: { claim: { statement: string }; changes: { field: string; before: (Part | string)[]; after: (Part | string)[] }[] }[];
  facts_added: Fact[];
  facts_removed: Fact[];
  conflicts_opened: Conflict[];
  conflicts_closed: Conflict[];
}
interface Fact { subject: Part; predicate: Part; object: Part }
interface Conflict { kind: string; claims: Part[] }
export type Action = Record<string, unknown> & { action: string };

const KEY = "aifkg-key";

export const keyOf = (): string => sessionStorage.getItem(KEY) ?? "";
export function keepKey(key: string): void {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string) { super(message); }
}

export async function send<T>(path: string, body?: unknown, method = "POST"): Promise<T> {
  const reply = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${keyOf()}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = reply.status === 204 ? {} : await reply.json() as { title?: string; detail?: string; code?: string };
  if (!reply.ok) throw new Refused(reply.status, answer.code ?? "", `${answer.title ?? reply.status}. ${answer.detail ?? ""}`);
  return answer as T;
}

export const decide = (action: Action): Promise<Done> => send<Done>("/api/curation", action);
export const preview = (action: Action): Promise<Diff> => send<Diff>("/api/curation/preview", { actions: [action] });
export const undo = (entry: string): Promise<Done> => send<Done>(`/api/curation/${encodeURIComponent(entry)}/undo`, {});

const named = (one: Part | string): string => typeof one === "string" ? one : one.label ?? one.id ?? "";
const fact = (one: Fact): string => [one.subject, one.predicate, one.object].map(named).join(" ");

/** What a decision would change, a line each. */
export function linesOf(diff: Diff): string[] {
  return [
    ...diff.claims.flatMap(({ claim, changes }) => changes.map((one) =>
      `${claim.statement}: ${one.field} from ${one.before.map(named).join(", ") || "nothing"} to ${one.after.map(named).join(", ") || "nothing"}`)),
    ...diff.facts_added.map((one) => `becomes a plain fact: ${fact(one)}`),
    ...diff.facts_removed.map((one) => `is no plain fact any more: ${fact(one)}`),
    ...diff.conflicts_opened.map((one) => `opens a conflict of ${one.kind}: ${one.claims.map(named).join(" ≠ ")}`),
    ...diff.conflicts_closed.map((one) => `closes a conflict of ${one.kind}: ${one.claims.map(named).join(" ≠ ")}`),
  ];
}
