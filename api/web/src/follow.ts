// Things, metrics and questions that somebody follows: what came of them since they were last looked at is told on
// the home page. Only this browser knows; there is a feed for those who want to be told elsewhere.
import { byId, made } from "./dom.js";

interface Followed { path: string; label: string; seen: number; claims?: string[] }
interface Changes { since: number; added: number; removed: number; changed: number }

const FOLLOWED = "aifkg-followed", VISITED = "aifkg-visited";
const FOLLOWABLE = /^\/(?:id\/[^/]+|vocab\/metric-[^/]+)$/;
const MOST = 100;

function followed(): Followed[] {
  try { return JSON.parse(localStorage.getItem(FOLLOWED) ?? "[]") as Followed[]; } catch { return []; }
}
const keep = (all: Followed[]): void => localStorage.setItem(FOLLOWED, JSON.stringify(all.slice(-MOST)));
/** The version that the page shows; none on a page of an older one. */
const version = (): number => Number(document.body.dataset.version ?? 0);

/** What the page is about, as it can be followed: a thing, a metric, or a question. */
function subject(): string | null {
  if (FOLLOWABLE.test(location.pathname)) return location.pathname;
  const question = new URLSearchParams(location.search).get("q")?.trim();
  return location.pathname === "/ask" && question && document.querySelector(".answer") ? `/ask?${new URLSearchParams({ q: question })}` : null;
}

const idOf = (path: string): string | undefined => FOLLOWABLE.test(path) ? decodeURIComponent(path.split("/")[2] ?? "") : undefined;

/** A button on the pages of what can be followed; to look at such a page is to have seen what changed. */
export function offerToFollow(): void {
  const path = subject();
  if (!path || !version()) return;
  const button = made("button", { type: "button", class: "follow" });
  const id = idOf(path);
  const line = made("span", { class: "following" }, button, id && made("a", { class: "button", href: `/changes.atom?${new URLSearchParams({ about: id })}` }, "Feed"));
  const show = (): void => {
    const on = followed().some((one) => one.path === path);
    button.textContent = on ? "Following" : "Follow";
    button.setAttribute("aria-pressed", String(on));
  };
  button.addEventListener("click", () => {
    const others = followed().filter((one) => one.path !== path);
    keep(others.length < followed().length ? others : [...others, seenNow(path)]);
    show();
  });
  if (followed().some((one) => one.path === path)) keep(followed().map((one) => one.path === path ? seenNow(path) : one));
  show();
  // Beside the other actions, so that nothing below them moves; a page without any tells that nothing is known.
  const actions = document.querySelector("main .actions");
  if (actions) actions.append(line);
  else if (!id) document.querySelector("main .answer")?.after(made("p", { class: "actions" }, line));
}

function seenNow(path: string): Followed {
  const label = idOf(path) ? document.querySelector("main h1")?.textContent ?? path : new URLSearchParams(location.search).get("q") ?? path;
  const claims = idOf(path) ? undefined : [...new Set([...document.querySelectorAll<HTMLAnchorElement>('main a[href^="/claim/"]')].map((one) => one.pathname.slice(7)))];
  return { path, label: label.trim(), seen: version(), ...(claims && { claims }) };
}

async function read<T>(address: string): Promise<T | null> {
  const reply = await fetch(address);
  return reply.ok ? await reply.json() as T : null;
}

/** What changed since a version, or since the oldest that is kept. */
async function changes(since: number, about?: string): Promise<Changes | null> {
  const asked = (number: number): string => `/api/changes?${new URLSearchParams({ since: String(number), limit: "1", ...(about && { about }) })}`;
  const found = await read<Changes>(asked(since));
  if (found) return found;
  const kept = await read<{ versions: { version: number }[] }>("/api/versions");
  const oldest = kept?.versions.at(-1)?.version;
  return oldest && oldest > since ? await read<Changes>(asked(oldest)) : null;
}

const counted = (count: number, what: string): string[] => count ? [`${count} ${what}`] : [];
const inWords = (found: Changes): string =>
  [...counted(found.added, "came"), ...counted(found.removed, "went"), ...counted(found.changed, "changed standing")].join(", ");

async function lineOf(one: Followed): Promise<HTMLElement> {
  const about = idOf(one.path);
  const line = made("li", {}, made("a", { href: one.path }, one.label), ": ");
  if (!about) { line.append(await answerNow(one)); return line; }
  if (one.seen === version()) { line.append("nothing new"); return line; }
  const found = await changes(one.seen, about);
  const words = found && inWords(found);
  if (!found) line.append("what changed is not known any more");
  else if (!words) line.append("nothing new");
  else line.append(made("a", { href: `/changes?${new URLSearchParams({ since: String(found.since), about })}` }, `${words} since version ${found.since}`));
  return line;
}

/** Whether a question has other statements in its answer than when it was last looked at. */
async function answerNow(one: Followed): Promise<string> {
  const answer = await read<{ readings: { claims: { id: string }[] }[] }>(`/api/ask?${one.path.split("?")[1]}`);
  if (!answer) return "it has no answer any more";
  const now = new Set(answer.readings.flatMap((each) => each.claims.map((claim) => claim.id)));
  const before = new Set(one.claims);
  const came = [...now].filter((id) => !before.has(id)).length, went = [...before].filter((id) => !now.has(id)).length;
  return [...counted(came, came === 1 ? "statement came into its answer" : "statements came into its answer"), ...counted(went, "went")].join(", ") || "nothing new";
}

/** On the home page: since the last visit, and of each thing that is followed. */
export async function tellWhatChanged(): Promise<void> {
  if (location.pathname !== "/" || !version() || !document.getElementById("following")) return;
  const place = byId("following");
  const visited = Number(localStorage.getItem(VISITED) ?? 0), all = followed();
  localStorage.setItem(VISITED, String(version()));
  const since = visited && visited !== version() ? await changes(visited) : null;
  if (!since && !all.length) return;
  place.hidden = false;
  const words = since && inWords(since);
  if (since) place.append(made("p", {}, `Since your last visit, version ${since.since}: `,
    words ? made("a", { href: `/changes?since=${since.since}` }, `${words}`) : "nothing", "."));
  if (!all.length) return;
  place.prepend(made("h2", {}, "What you follow"));
  place.append(made("ul", { class: "statements" }, ...await Promise.all(all.map(lineOf))));
}
