// The workbench: sends the query, draws the answer as a table, shows where an error is, and can cancel.
"use strict";
const BASE = "https://w3id.org/ai-factory/";
const byId = (id) => document.getElementById(id);
const [form, editor, run, cancel, status, result, link, format] =
  ["workbench", "query", "run", "cancel", "status", "result", "link", "format"].map(byId);
let running = null;

function made(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function cellOf(term) {
  if (!term) return made("td", "");
  const cell = made("td");
  if (term.type !== "uri") cell.textContent = term.type === "bnode" ? "_:" + term.value : term.value;
  else if (term.value.startsWith(BASE)) cell.append(made("a", term.value.slice(BASE.length), { href: "/" + term.value.slice(BASE.length), title: term.value }));
  else if (/^https?:/.test(term.value)) cell.append(made("a", term.value, { href: term.value, rel: "noopener" }));
  else cell.textContent = term.value;
  if (term["xml:lang"]) cell.lang = term["xml:lang"];
  return cell;
}

function tableOf(answer) {
  const table = made("table");
  const names = answer.head.vars;
  const head = table.createTHead().insertRow();
  for (const name of names) head.append(made("th", name, { scope: "col" }));
  const body = table.createTBody();
  for (const row of answer.results.bindings) {
    const line = body.insertRow();
    for (const name of names) line.append(cellOf(row[name]));
  }
  return table;
}

function explain(problem) {
  status.textContent = "No rows are shown.";
  result.replaceChildren(made("p", `${problem.title || "The query failed"}. ${problem.detail || ""}`, { class: "note bad" }));
  if (!problem.line) return;
  const lines = editor.value.split("\n");
  const start = lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + problem.column - 1;
  editor.focus();
  editor.setSelectionRange(start, Math.min(start + 1, editor.value.length));
}

async function show(response, started) {
  const type = response.headers.get("content-type") || "";
  if (!response.ok) return explain(await response.json());
  const version = response.headers.get("x-graph-version");
  const text = await response.text();
  const took = `${Math.round(performance.now() - started)} ms, version ${version}`;
  const answer = type.includes("sparql-results+json") ? JSON.parse(text) : null;
  if (answer && answer.results) {
    const count = answer.results.bindings.length;
    status.textContent = `${count} row${count === 1 ? "" : "s"}, complete, ${took}`;
    result.replaceChildren(tableOf(answer));
  } else {
    status.textContent = `Complete, ${took}`;
    result.replaceChildren(made("pre", answer ? (answer.boolean ? "yes" : "no") : text));
  }
}

async function ask(event) {
  event.preventDefault();
  if (running) running.abort();
  const mine = (running = new AbortController());
  [run.disabled, cancel.hidden, status.textContent] = [true, false, "Running…"];
  history.replaceState(null, "", link.href);
  try {
    const accept = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.1";
    const body = new URLSearchParams({ query: editor.value });
    const started = performance.now();
    await show(await fetch("/sparql", { method: "POST", body, headers: { Accept: accept }, signal: mine.signal }), started);
  } catch (error) {
    if (error.name === "AbortError") status.textContent = "Cancelled; no rows are shown, since a part would mislead.";
    else explain({ title: "The service could not be reached", detail: error.message });
  } finally {
    if (running === mine) [running, run.disabled, cancel.hidden] = [null, false, true];
  }
}

function relink() {
  link.href = "/query?" + new URLSearchParams({ query: editor.value });
}

form.addEventListener("submit", ask);
cancel.addEventListener("click", () => running && running.abort());
editor.addEventListener("input", relink);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  if (event.key === "Escape" && running) running.abort();
});
// Here results are drawn as a table; the choice of a format is for browsers without scripts.
format.hidden = true;
document.querySelector('label[for="format"]').hidden = true;
relink();
