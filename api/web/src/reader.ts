// The report reader: a statement and its sentence find each other, and what can be decided opens below it.
// What decides is loaded with the first statement that is opened.
import type { Decisions } from "./deciding.js";
import { actionOf } from "./decision_keys.js";
import { byId, told } from "./dom.js";
import type * as Desk from "./reader_desk.js";

const MARK = "#c-";
let chosen: string | undefined;
let desk: Promise<{ decisions: Decisions; showKey(): void }> | undefined;

const page = (): HTMLElement => byId("reader");
const item = (claim: string | undefined): HTMLElement | null => claim ? document.getElementById(`c-${claim}`) : null;
const opened = (): HTMLElement | null => document.getElementById("case");
const spansOf = (claim: string): HTMLElement[] => [...page().querySelectorAll<HTMLElement>(`.evidence[data-claims~="${CSS.escape(claim)}"]`)];

/** Mark the statement and its sentence, and bring the other side of the two into sight. */
function choose(claim: string, from: "text" | "list"): void {
  if (chosen !== claim) closeCase();
  chosen = claim;
  for (const one of page().querySelectorAll(".on")) one.classList.remove("on");
  item(claim)?.classList.add("on");
  item(claim)?.closest("details")?.setAttribute("open", "");
  const spans = spansOf(claim);
  for (const one of spans) one.classList.add("on");
  (from === "text" ? item(claim) : spans[0])?.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", location.pathname + location.search + MARK + claim);
}

/** Read anew what can be decided about the statement, and show it below its line. */
async function open(claim: string): Promise<void> {
  const reading = fetch(`/claim/${encodeURIComponent(claim)}/case`, { headers: { Accept: "text/html" } });
  const [reply, { decisions, showKey }] = await Promise.all([reading, deciding()]);
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("case");
  if (!reply.ok || !fresh) { told(`The statement could not be read (${reply.status}).`, true); return; }
  if (chosen !== claim) return;
  closeCase();
  item(claim)?.append(document.adoptNode(fresh));
  fresh.querySelector('[data-do="close"]')?.addEventListener("click", () => { closeCase(); item(claim)?.querySelector("a")?.focus(); });
  decisions.listen();
  showKey();
}

function closeCase(): void { opened()?.remove(); }

/** The page anew, as the newest version has it, with the same statement open where it still stands. */
async function refresh(): Promise<void> {
  const reply = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("reader");
  if (!fresh) return;
  const at = scrollY;
  page().replaceWith(document.adoptNode(fresh));
  begin();
  scrollTo(0, at);
  const claim = chosen;
  if (!claim || !item(claim)) return;
  choose(claim, "text");
  await open(claim);
  item(claim)?.querySelector("a")?.focus({ preventScroll: true });
}

/** What decides, loaded once; its address stands in the page, since its name holds its hash. */
function deciding(): NonNullable<typeof desk> {
  return desk ??= (async () => {
    const { deskOf, showKey } = await import(page().dataset.desk ?? "") as typeof Desk;
    return { showKey, decisions: deskOf({ page, opened, refresh, reopen: async () => { if (chosen) await open(chosen); } }) };
  })();
}

/** A key's action needs the statement's case: its parts, and the last decision that its reader has seen. */
async function act(name: string): Promise<void> {
  if (name !== "undo" && !chosen) { told("Choose a statement first: click it, or go to it with j and k."); return; }
  if (chosen && !opened()) await open(chosen);
  (await deciding()).decisions.act(name);
}

function begin(): void {
  page().querySelector(".text")?.addEventListener("click", (event) => {
    const span = (event.target as Element).closest<HTMLElement>(".evidence");
    const [claim] = (span?.dataset.claims ?? "").split(" ");
    if (!claim) return;
    event.preventDefault();
    choose(claim, "text");
    void open(claim);
  });
  for (const list of page().querySelectorAll<HTMLElement>("ol.statements")) {
    list.addEventListener("focusin", (event) => {
      const claim = (event.target as Element).closest<HTMLElement>("li[id^='c-']")?.id.slice(2);
      if (claim && claim !== chosen) choose(claim, "list");
    });
    list.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (target.closest("#case") || (target.closest("a") && !target.closest("a.deciding"))) return;
      const claim = target.closest<HTMLElement>("li[id^='c-']")?.id.slice(2);
      if (!claim) return;
      event.preventDefault();
      choose(claim, "list");
      if (target.closest("a.deciding") && opened()) closeCase(); else void open(claim);
    });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened() && !document.querySelector("dialog[open]")) { closeCase(); return; }
  const name = actionOf(event);
  if (!name) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void act(name);
}, { capture: true });

begin();
if (location.hash.startsWith(MARK) && item(location.hash.slice(3))) choose(location.hash.slice(3), "text");
