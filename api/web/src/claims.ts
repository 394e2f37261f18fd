// Statements as the JSON API gives them, and the words that pages use for them.

export interface Thing { iri: string; id: string; label: string }
export interface Evidence { quote: string; prefix: string; suffix: string; page: number | null; section: string | null }
export interface Claim {
  iri: string;
  id: string;
  statement: string;
  status: string;
  modality: string;
  confidence: number;
  subject: Thing;
  metric: Thing | null;
  predicate: Thing | null;
  period: { label: string | null } | null;
  attributed_to: Thing[];
  relayed_by: Thing[];
  evidence: Evidence[];
  report: Thing;
  asserted_at: string | null;
}

const MARKS: Record<string, string> = {
  reported: "●", estimate: "◐", forecast: "○", planned: "◇", "vendor-claim": "▷", opinion: "❞", recommendation: "→",
};
const BASE = "https://w3id.org/ai-factory/";

export const markOf = (modality: string): string => MARKS[modality] ?? "●";
export const pathOf = (iri: string): string => iri.startsWith(BASE) ? "/" + iri.slice(BASE.length) : iri;
export const whoSays = (claim: Claim): string =>
  [...claim.attributed_to, ...claim.relayed_by].map((one) => one.label).join(", ") || "nobody named";

export async function readClaim(id: string): Promise<Claim> {
  const reply = await fetch(`/api/claims/${encodeURIComponent(id)}`);
  if (!reply.ok) throw new Error(`the statement could not be read (${reply.status})`);
  return await reply.json() as Claim;
}
