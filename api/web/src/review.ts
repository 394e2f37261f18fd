// The review queue by keys: one decision, one key; the next statement is fetched before it is asked for.
import { type Action, decide } from "./curation.js";
import { Decisions, hasDecided, listenForKey, reasonOf, remember, showKey } from "./deciding.js";
import { actionOf } from "./decision_keys.js";
import { byId, told } from "./dom.js";

const decided = new Set<string>();
const ahead = new Map<string, Promise<Document>>();

const page = (): HTMLElement => byId("review");

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
    remember(entries[0]?.id);
    await moved;
    told(`${says}. u takes it back.`);
    undoable();
  } catch (error) {
    if (claim) decided.delete(claim);
    await moved;
    if (claim && claim !== page().dataset.claim) await go(`/review?at=${encodeURIComponent(claim)}`, true);
    told(reasonOf(error), true);
  }
}

const decisions = new Decisions({
  place: page,
  claim: () => page().dataset.claim,
  last: () => page().dataset.last,
  take,
  takenBack: () => { decided.clear(); return go(location.pathname + location.search, true); },
  careful: false,
});
const skip = (): void => { void go(following()); };

function undoable(): void {
  for (const button of page().querySelectorAll<HTMLButtonElement>('[data-do="undo"]')) button.disabled = !hasDecided();
}

function begin(): void {
  showKey();
  undoable();
  decisions.listen();
  page().querySelector('[data-do="skip"]')?.addEventListener("click", skip);
  listenForKey();
  lookAhead();
}

document.addEventListener("keydown", (event) => {
  const name = actionOf(event, { s: "skip" });
  if (!name || !page().dataset.claim) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (name === "skip") skip(); else decisions.act(name);
}, { capture: true });
begin();
