// The workbench: runs the query, shows the answer in the views that fit, says where an error is, can cancel and share.
import { chartable, chartOf, isIri, type Table, tableOf } from "./answers.js";
import { byId, made } from "./dom.js";
import { drawingOf, edgesIn, edgesOf } from "./drawing.js";
import { editorFor } from "./editor.js";
import { SNIPPETS } from "./snippets.js";

interface Problem { title?: string; detail?: string; line?: number; column?: number; status?: number }
type Views = Record<string, () => Element | Promise<Element>>;

const JSON_TYPE = "application/sparql-results+json";
const form = byId<HTMLFormElement>("workbench");
const area = byId<HTMLTextAreaElement>("query");
const run = byId<HTMLButtonElement>("run"), cancel = byId<HTMLButtonElement>("cancel");
const status = byId("status"), result = byId("result"), tabs = byId("views"), link = byId<HTMLAnchorElement>("link");
const wanted = new URLSearchParams(location.search);
let running: AbortController | null = null;
let names = new Map<string, string>();
let withNames = wanted.get("names") !== "0";

const editor = editorFor(area, relink, form.dataset.nonce ?? "");

function relink(): void {
  const view = tabs.querySelector('[aria-pressed="true"]')?.textContent?.toLowerCase();
  const parts = new URLSearchParams({ query: editor.text(), run: "1" });
  if (view && view !== "table") parts.set("view", view);
  if (!withNames) parts.set("names", "0");
  link.href = "/query?" + parts;
}

async function send(accept: string, signal?: AbortSignal, query = editor.text()): Promise<Response> {
  const body = new URLSearchParams({ query });
  return await fetch("/sparql", { method: "POST", body, headers: { Accept: `${accept}, application/problem+json;q=0.1` }, ...(signal ? { signal } : {}) });
}

function explain(problem: Problem): void {
  tabs.replaceChildren();
  const late = problem.status === 504 ? " A LIMIT, fewer OPTIONALs, or MINUS in the place of NOT EXISTS may help." : "";
  status.textContent = "No rows are shown.";
  result.replaceChildren(made("p", { class: "note bad" }, `${problem.title ?? "The query failed"}. ${problem.detail ?? ""}${late}`));
  if (problem.line) editor.select(problem.line, problem.column ?? 1);
}

/** The names of the things in a table, asked of the endpoint itself. */
async function namesFor(iris: string[]): Promise<Map<string, string>> {
  if (!iris.length) return new Map();
  const values = [...new Set(iris)].filter((iri) => !/[<>"{}|\\^`\s]/.test(iri)).slice(0, 500).map((iri) => `<${iri}>`).join(" ");
  const reply = await send(JSON_TYPE, undefined, `SELECT ?thing (SAMPLE(?l) AS ?label) WHERE { VALUES ?thing { ${values} } ?thing <http://www.w3.org/2004/02/skos/core#prefLabel>|<http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(LANGMATCHES(LANG(?l), "en") || LANG(?l) = "") } GROUP BY ?thing`);
  if (!reply.ok) return new Map();
  const found = (await reply.json() as { results: { bindings: { thing: { value: string }; label: { value: string } }[] } }).results.bindings;
  return new Map(found.map((one) => [one.thing.value, one.label.value]));
}

async function offer(views: Views): Promise<void> {
  const buttons = Object.entries(views).map(([name, draw]) => {
    const button = made("button", { type: "button", "aria-pressed": "false" }, name);
    button.addEventListener("click", async () => {
      for (const other of tabs.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === button));
      result.replaceChildren(await draw());
      relink();
    });
    return button;
  });
  tabs.replaceChildren(...buttons);
  const first = buttons.find((one) => one.textContent?.toLowerCase() === wanted.get("view")) ?? buttons[0];
  first?.click();
}

async function showTable(table: Table, text: string): Promise<void> {
  const iris = table.rows.flatMap((row) => Object.values(row)).flatMap((term) => (isIri(term) ? [term!.value] : []));
  names = withNames ? await namesFor(iris) : new Map();
  const views: Views = { Table: () => tableOf(table, names) };
  if (chartable(table)) views.Chart = () => chartOf(table, names);
  if (edgesOf(table).length) views.Graph = () => drawingOf(edgesOf(table), names);
  views.Raw = () => made("pre", { tabindex: "0" }, text);
  await offer(views);
}

async function showGraph(text: string): Promise<void> {
  await offer({
    Raw: () => made("pre", { tabindex: "0" }, text),
    Graph: async () => {
      const edges = edgesIn(await (await send("application/n-triples")).text());
      return drawingOf(edges, withNames ? await namesFor(edges.flatMap((edge) => [edge.from, edge.label, edge.to])) : new Map());
    },
  });
}

async function show(reply: Response, started: number): Promise<void> {
  if (!reply.ok) { explain(await reply.json() as Problem); return; }
  const text = await reply.text();
  const took = `${Math.round(performance.now() - started)} ms, version ${reply.headers.get("x-graph-version")}`;
  if (!(reply.headers.get("content-type") ?? "").includes(JSON_TYPE)) {
    status.textContent = `Complete, ${took}`;
    await showGraph(text);
    return;
  }
  const answer = JSON.parse(text) as { head: { vars: string[] }; boolean?: boolean; results?: { bindings: Table["rows"] } };
  const rows = answer.results?.bindings;
  status.textContent = rows ? `${rows.length} row${rows.length === 1 ? "" : "s"}, complete, ${took}` : `Complete, ${took}`;
  if (rows) await showTable({ names: answer.head.vars, rows }, text);
  else await offer({ Answer: () => made("p", { class: "answer" }, answer.boolean ? "yes" : "no") });
}

async function ask(event?: Event): Promise<void> {
  event?.preventDefault();
  running?.abort();
  const mine = running = new AbortController();
  run.disabled = true;
  cancel.hidden = false;
  status.textContent = "Running…";
  relink();
  history.replaceState(null, "", link.href);
  try {
    const started = performance.now();
    await show(await send(`${JSON_TYPE}, text/turtle;q=0.9`, mine.signal), started);
  } catch (error) {
    if ((error as Error).name === "AbortError") status.textContent = "Cancelled; no rows are shown, since a part would mislead.";
    else explain({ title: "The service could not be reached", detail: (error as Error).message });
  } finally {
    if (running === mine) { running = null; run.disabled = false; cancel.hidden = true; }
  }
}

function showCode(): void {
  const dialog = made("dialog", { "aria-label": "the query as code" }, made("h2", {}, "This query as code"));
  for (const [language, write] of Object.entries(SNIPPETS))
    dialog.append(made("details", { name: "language" }, made("summary", {}, language), made("pre", { tabindex: "0" }, write(editor.text(), location.origin + "/sparql"))));
  dialog.querySelector("details")?.setAttribute("open", "");
  const close = made("button", {}, "Close");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(close);
  document.body.append(dialog);
  dialog.showModal();
}

function extras(): void {
  const code = made("button", { type: "button" }, "Code");
  code.addEventListener("click", showCode);
  const box = made("input", { type: "checkbox" });
  box.checked = withNames;
  box.addEventListener("change", () => { withNames = box.checked; relink(); void ask(); });
  const downloads = ["csv", "tsv", "json", "xml"].map((format) => {
    const download = made("a", { href: "#" }, format.toUpperCase());
    download.addEventListener("click", () => { download.href = "/sparql?" + new URLSearchParams({ query: editor.text(), format }); });
    return download;
  });
  byId("extras").append(code, " ", made("label", {}, box, " names in the place of IRIs"), " ", made("span", { class: "aside" }, "download "), ...downloads.flatMap((one) => [one, " "]));
}

function findExamples(): void {
  const box = byId<HTMLInputElement>("find");
  box.hidden = false;
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/);
    for (const item of document.querySelectorAll<HTMLElement>(".workbench ol li"))
      item.hidden = !words.every((word) => (item.textContent ?? "").toLowerCase().includes(word));
  });
}

form.addEventListener("submit", ask);
cancel.addEventListener("click", () => running?.abort());
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  if (event.key === "Escape") running?.abort();
});
// Here results are drawn; the choice of a format is for browsers without scripts.
for (const one of form.querySelectorAll<HTMLElement>(".plain")) one.hidden = true;
extras();
findExamples();
relink();
if (wanted.has("run")) void ask();
