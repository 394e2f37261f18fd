// Reports become a job; its events come as they happen, also to a page that was loaded again.
import { keepKey, keyOf, Refused, send } from "./curation.js";
import { byId, made } from "./dom.js";

interface JobFile { name: string; outcome: string | null; report: string | null; claims: number; rejected: number; reason: string | null }
interface Job { id: string; state: string; files: JobFile[]; version: number | null; reason: string | null; events_url: string }

const FINAL = ["done", "failed", "cancelled", "interrupted"];
const STEPS: Record<string, string> = {
  queued: "Waiting for its turn", started: "Starting", fetching: "Fetching the address", fetched: "Fetched",
  reading: "Reading", read: "Read", waiting: "Waiting until another writer is done", file: "Working it into the graph", published: "Published",
};
const OUTCOMES: Record<string, string> = {
  added: "added", updated: "a new version of a known report", unchanged: "known already, nothing changed",
  older: "an older version than the one in the graph; left alone", failed: "could not be read",
};
let job = new URLSearchParams(location.search).get("job");
let stream: EventSource | null = null;

const told = (text: string, bad = false): void => {
  byId("job").hidden = false;
  byId("told").textContent = text;
  byId("told").classList.toggle("bad", bad);
};

async function begin(event: Event): Promise<void> {
  event.preventDefault();
  const key = byId<HTMLInputElement>("key-text").value.trim();
  if (key) keepKey(key);
  const files = byId<HTMLInputElement>("files").files;
  const url = byId<HTMLInputElement>("url").value.trim();
  const samples = byId<HTMLInputElement>("samples").checked;
  if (!files?.length && !url && !samples) { told("Choose a file, or give an address.", true); return; }
  if (!keyOf()) { told("A key is needed to add reports.", true); byId("key-text").focus(); return; }
  byId<HTMLButtonElement>("send").disabled = true;
  byId("outcome").replaceChildren();
  told("Sending…");
  try {
    follow(files?.length ? await sent(files) : await send<Job>("/api/reports", url ? { url } : { samples }));
  } catch (error) {
    if (error instanceof Refused && [401, 403].includes(error.status)) keepKey("");
    told(`Nothing was read. ${(error as Error).message}`, true);
    byId<HTMLButtonElement>("send").disabled = false;
  }
}

async function sent(files: FileList): Promise<Job> {
  const body = new FormData();
  for (const file of files) body.append("file", file, file.name);
  const reply = await fetch("/api/reports", { method: "POST", body, headers: { Authorization: `Bearer ${keyOf()}` } });
  const answer = await reply.json() as Job & { title?: string; detail?: string; code?: string };
  if (!reply.ok) throw new Refused(reply.status, answer.code ?? "", `${answer.title ?? reply.status}. ${answer.detail ?? ""}`);
  return answer;
}

function follow(started: { id: string }): void {
  job = started.id;
  history.replaceState(null, "", `/upload?job=${job}`);
  byId("cancel").hidden = false;
  const bar = byId<HTMLProgressElement>("bar");
  bar.removeAttribute("value");
  stream?.close();
  stream = new EventSource(`/api/jobs/${job}/events`);
  for (const name of [...Object.keys(STEPS), ...FINAL]) stream.addEventListener(name, (message) => {
    const data = JSON.parse((message as MessageEvent<string>).data) as { file?: string; number?: number; of?: number };
    if (FINAL.includes(name)) { void finish(); return; }
    told(`${STEPS[name]}${data.file ? `: ${data.file}` : ""}${data.of && data.of > 1 ? ` (${data.number} of ${data.of})` : ""}`);
    if (data.of && data.number) { bar.max = data.of; bar.value = name === "reading" ? data.number - 0.5 : data.number; }
  });
}

async function finish(): Promise<void> {
  stream?.close();
  byId("cancel").hidden = true;
  byId<HTMLButtonElement>("send").disabled = false;
  const reply = await fetch(`/api/jobs/${job}`);
  if (!reply.ok) { told("This job is not known any more.", true); return; }
  const ended = await reply.json() as Job;
  const bar = byId<HTMLProgressElement>("bar");
  bar.max = 1;
  bar.value = 1;
  const bad = ended.state !== "done" || ended.files.some((file) => file.outcome === "failed");
  told({ done: ended.version ? `Done, in version ${ended.version}.` : "Done; nothing had to change.", cancelled: "Cancelled. What had been worked in stays; the rest is not there." }[ended.state]
    ?? `${ended.state === "failed" ? "Failed" : "Interrupted"}. ${ended.reason ?? ""}`, bad);
  byId("outcome").replaceChildren(...ended.files.map((file) => made("li", {},
    file.report ? made("a", { href: `/doc/${file.report}` }, file.name) : file.name, ` · ${OUTCOMES[file.outcome ?? ""] ?? "not read"}`,
    file.reason ? `: ${file.reason}` : "", file.claims ? ` · ${file.claims} statements, ${file.rejected} readings given up` : "",
    file.report && file.claims ? made("span", {}, " · ", made("a", { href: `/review?doc=${file.report}` }, "review")) : null)));
}

async function cancel(): Promise<void> {
  try { await send(`/api/jobs/${job}`, undefined, "DELETE"); } catch (error) { told((error as Error).message, true); }
}

byId<HTMLFormElement>("upload").addEventListener("submit", begin);
byId("cancel").addEventListener("click", () => { void cancel(); });
byId<HTMLInputElement>("samples").checked = new URLSearchParams(location.search).has("samples");
if (job && /^[0-9a-f]{32}$/.test(job)) follow({ id: job });
