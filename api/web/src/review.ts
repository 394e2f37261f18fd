// The review queue by keys: one decision, one key; the next statement is fetched before it is asked for.
import { type Action, decide, type Diff, keepKey, keyOf, linesOf, preview, Refused, undo } from "./curation.js";
import { byId, isField, made } from "./dom.js";
import { suggestFor } from "./suggest.js";

const done: string[] = [];
const decided = new Set<string>();
const ahead = new Map<string, Promise<Document>>();

const page = (): HTMLElement => byId("review");
const told = (text: string, bad = false): void => {
  const line = byId("told");
  line.textContent = text;
  line.classList.toggle("bad", bad);
};

/** A page of the queue; of the version that is looked at, since a new one has to count its queue anew. */
async function read(path: string, version?: string): Promise<Document> {
  const where = version ? `${path}${path.includes("?") ? "&" : "?"}v=${version}` : path;
  const reply = await fetch(where, { headers: { Accept: "text/html" } });
  if (!reply.ok && version) return await read(path);
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}

function lookAhead(): void {
  const next = following();
  if (next && !ahead.has(next)) ahead.set(next, read(next, page().dataset.version));
}

/** The next page of the queue whose statement nobody in this tab has decided about. */
function following(): string | undefined {
  return (page().dataset.following ?? "").split(" ").find((path) =>
    path && !decided.has(new URL(path, location.href).searchParams.get("at") ?? ""));
}

async function go(path: string | undefined, newest = false): Promise<void> {
  const where = path ?? "/review" + location.search.replace(/([?&])at=[^&]*&?/, "$1").replace(/[?&]$/, "");
  const next = await (newest ? read(where) : ahead.get(where) ?? read(where, path && page().dataset.version));
  ahead.clear();
  const fresh = next.getElementById("review");
  if (!fresh) { location.href = where; return; }
  page().replaceWith(document.adoptNode(fresh));
  history.replaceState(null, "", where);
  begin();
}

async function take(action: Action, says: string): Promise<void> {
  const claim = page().dataset.claim;
  if (claim) decided.add(claim);
  const sent = decide(action);
  const moved = go(following());
  try {
    const { entries } = await sent;
    if (entries[0]) done.push(entries[0].id);
    await moved;
    told(`${says}. u takes it back.`);
    undoable();
  } catch (error) {
    if (claim) decided.delete(claim);
    await moved;
    refuse(error, claim);
  }
}

function refuse(error: unknown, claim?: string): void {
  const refused = error instanceof Refused ? error : null;
  if (refused && [401, 403].includes(refused.status)) { keepKey(""); showKey(); }
  const meanwhile = refused?.code === "changed-meanwhile" && claim ? " Somebody has decided about it meanwhile; look at it again." : "";
  told(`Nothing was done. ${(error as Error).message}${meanwhile}`, true);
  if (claim && claim !== page().dataset.claim) void go(`/review?at=${encodeURIComponent(claim)}`, true).then(() => told(`Nothing was done. ${(error as Error).message}${meanwhile}`, true));
}

function ask(contents: Node[], label: string): HTMLDialogElement {
  const dialog = made("dialog", { "aria-label": label }, ...contents);
  dialog.addEventListener("close", () => dialog.remove());
  page().append(dialog);
  dialog.showModal();
  return dialog;
}

/** Shows what would change; resolves with whether to go on. */
async function confirmed(action: Action, title: string): Promise<boolean> {
  let diff: Diff;
  try { diff = await preview(action); } catch (error) { refuse(error); return false; }
  const lines = linesOf(diff);
  const apply = made("button", { class: "main" }, "Apply"), cancel = made("button", {}, "Cancel");
  const list = lines.length ? made("ul", { class: "diff" }, ...lines.slice(0, 40).map((line) => made("li", {}, line))) : made("p", {}, "Nothing would change.");
  const dialog = ask([made("h2", {}, title), list, made("p", { class: "actions" }, apply, " ", cancel)], title);
  return await new Promise((resolve) => {
    apply.addEventListener("click", () => { resolve(true); dialog.close(); });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => resolve(false));
    apply.focus();
  });
}

function onClaim(action: string, more: Record<string, unknown> = {}): Action {
  return { action, claim: page().dataset.claim, last: page().dataset.last || null, ...more };
}

function reject(): void {
  const dialog = byId<HTMLTemplateElement>("reasons").content.querySelector("dialog")?.cloneNode(true) as HTMLDialogElement;
  page().append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  const words = dialog.querySelector<HTMLInputElement>("input");
  const choose = (reason: string): void => { dialog.close(); if (reason) void take(onClaim("reject", { reason }), "Rejected"); };
  for (const button of dialog.querySelectorAll<HTMLButtonElement>("[data-reason]"))
    button.addEventListener("click", () => choose(button.dataset.reason || words?.value.trim() || ""));
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.target === words) { if (event.key === "Enter") choose(words?.value.trim() ?? ""); return; }
    dialog.querySelectorAll<HTMLButtonElement>("ol [data-reason]")[Number(event.key) - 1]?.click();
  });
  dialog.showModal();
}

/** The fields that were changed: none of them, and the first takes the cursor. */
async function correct(): Promise<void> {
  const fields = [...byId<HTMLFormElement>("correction").querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-was]")];
  const changed = fields.filter((one) => one.value.trim() !== one.dataset.was);
  if (!changed.length) { fields[0]?.focus(); told("Change what is wrong, then e or Enter shows what follows from it."); return; }
  const changes = Object.fromEntries(changed.map((one) => [one.name, one.value.trim() || null]));
  const action = onClaim("correct", { changes });
  if (await confirmed(action, "What this correction changes")) await take(action, "Corrected");
}

function merge(): void {
  const parts = [...byId("correction").querySelectorAll<HTMLInputElement>('[data-suggest="entity"]')];
  const which = made("select", { "aria-label": "the thing that is no more" }, ...parts.map((one) => made("option", { value: one.dataset.was ?? "" }, `${one.name}: ${one.dataset.was}`)));
  const into = made("input", { id: "into", "aria-label": "the thing that stays", placeholder: "id or name of the thing that stays" });
  const show = made("button", { class: "main" }, "What would change"), cancel = made("button", { type: "button" }, "Cancel");
  const form = made("form", {}, made("p", {}, which, " is the same as "), made("p", {}, into), made("p", { class: "actions" }, show, " ", cancel));
  const dialog = ask([made("h2", {}, "Merge"), form], "merge");
  suggestFor(into, fill(into));
  cancel.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const action = { action: "merge", entity: which.value, into: into.value.trim(), reason: "one thing" };
    dialog.close();
    if (await confirmed(action, "What this merge changes")) await take(action, "Merged");
  });
}

const fill = (box: HTMLInputElement) => (iri: string): void => { box.value = iri.replace(/^.*\//, ""); };

async function takeBack(entry?: string): Promise<void> {
  const last = entry ?? done.pop();
  if (!last) { told("Nothing of this session to take back."); return; }
  try {
    await undo(last);
    decided.clear();
    await go(location.pathname + location.search, true);
    told("Taken back.");
  } catch (error) { refuse(error); }
}

const ACTIONS: Record<string, () => unknown> = {
  accept: () => take(onClaim("accept"), "Accepted"),
  reject,
  correct,
  merge,
  prefer: () => take(onClaim("prefer"), "Preferred"),
  skip: () => go(following()),
  undo: () => takeBack(),
};
const KEYS: Record<string, string> = { a: "accept", r: "reject", e: "correct", m: "merge", p: "prefer", s: "skip", u: "undo" };
const READING = new Set(["skip"]);

function act(name: string): void {
  if (!READING.has(name) && !keyOf()) { showKey(); told("A key is needed to decide."); byId("key-text").focus(); return; }
  ACTIONS[name]?.();
}

function showKey(): void { byId("key").hidden = Boolean(keyOf()); }
function undoable(): void {
  for (const button of page().querySelectorAll<HTMLButtonElement>('[data-do="undo"]')) button.disabled = done.length === 0;
}

function begin(): void {
  showKey();
  undoable();
  for (const button of page().querySelectorAll<HTMLButtonElement>("[data-do]")) button.addEventListener("click", () => act(button.dataset.do ?? ""));
  for (const button of page().querySelectorAll<HTMLButtonElement>("[data-undo]")) button.addEventListener("click", () => { if (keyOf()) void takeBack(button.dataset.undo); else act("undo"); });
  for (const box of page().querySelectorAll<HTMLInputElement>("#correction [data-suggest]")) suggestFor(box, fill(box));
  document.getElementById("correction")?.addEventListener("submit", (event) => { event.preventDefault(); act("correct"); });
  byId<HTMLFormElement>("key").addEventListener("submit", (event) => {
    event.preventDefault();
    keepKey(byId<HTMLInputElement>("key-text").value.trim());
    showKey();
    told("The key is used for the decisions in this tab.");
  });
  lookAhead();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || document.querySelector("dialog[open]")) return;
  const name = KEYS[event.key];
  if (name && page().dataset.claim) { event.preventDefault(); event.stopImmediatePropagation(); act(name); }
}, { capture: true });
begin();
