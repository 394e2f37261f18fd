// Keys on every page. Single keys can be switched off (WCAG 2.1.4) and never act while somebody writes.
import { hide, show } from "./card.js";
import { isField, KEYS_OFF, keysAreOff, made } from "./dom.js";

const PLACES: Record<string, string> = {
  h: "/", l: "/landscape", m: "/metrics", c: "/conflicts", r: "/reports", q: "/query", o: "/ns", v: "/changes",
};
const HELP: [string, string][] = [
  ["/", "search"], ["?", "this help"], ["g then h l m c r q o v", "home, landscape, metrics, conflicts, reports, query, ontology, changes"],
  ["j k", "next and previous row"], ["Enter", "open the row"], ["e", "evidence of the row"], ["c", "cite"],
  ["x", "choose for a comparison, twice to see it"], ["d", "download"], ["arrows, Home, End", "move between the marks of a drawing"], ["Enter", "the sentence of a mark"],
  ["t", "the table of the page"], ["Esc", "close, leave a drawing"],
];
const ROWS = "main tbody tr, main .statements > li, main .entry";
const CHOSEN = "aifkg-compare";
let row: HTMLElement | null = null;
let going = 0;

const click = (selector: string, within: ParentNode = document): void =>
  within.querySelector<HTMLElement>(selector)?.click();

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((one) => one.querySelector("a") && one.offsetParent);
  if (!rows.length) return;
  const at = row ? rows.indexOf(row) : -1;
  row?.classList.remove("at");
  row = rows[Math.max(0, Math.min(rows.length - 1, at + by))] ?? null;
  row?.classList.add("at");
  row?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function choose(): void {
  const own = /^\/id\/([^/]+)$/.exec(location.pathname)?.[1];
  const listed = row?.querySelector<HTMLAnchorElement>('a[href^="/id/"]')?.pathname.slice(4);
  const id = listed ?? own;
  if (!id) return;
  const chosen = (sessionStorage.getItem(CHOSEN) ?? "").split(",").filter(Boolean);
  if (chosen.includes(id) && chosen.length > 1) { location.href = `/compare?e=${chosen.join(",")}`; return; }
  const all = [...new Set([...chosen, id])].slice(-6);
  sessionStorage.setItem(CHOSEN, all.join(","));
  say(all.length > 1 ? `Chosen: ${all.join(", ")}. x again compares them.` : `Chosen: ${id}. Choose another one with x.`);
}

function say(text: string): void {
  const line = document.querySelector<HTMLElement>(".said-aloud") ?? made("p", { class: "said-aloud note", role: "status" });
  document.body.append(line);
  line.textContent = text;
  setTimeout(() => line.remove(), 5000);
}

function help(): void {
  const off = made("input", { type: "checkbox" });
  off.checked = keysAreOff();
  off.addEventListener("change", () => localStorage.setItem(KEYS_OFF, off.checked ? "yes" : "no"));
  const list = made("dl", {});
  for (const [key, what] of HELP) list.append(made("dt", {}, made("kbd", {}, key)), made("dd", {}, what));
  const close = made("button", {}, "Close");
  const dialog = made("dialog", { "aria-label": "keys" }, made("h2", {}, "Keys"), list,
    made("p", {}, made("label", {}, off, " no single keys")), close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const ACTIONS: Record<string, () => void> = {
  "/": () => document.querySelector<HTMLInputElement>('[role="search"] input, .ask input')?.focus(),
  j: () => step(1),
  k: () => step(-1),
  e: () => { const chip = row?.querySelector<HTMLAnchorElement>("a.chip"); if (chip) void show(chip); },
  c: () => { const cite = document.querySelector<HTMLDetailsElement>("details.cite"); if (cite) { cite.open = true; cite.querySelector("summary")?.focus(); } },
  d: () => click('footer a[href*=".csv"], footer a[href*="csv"]'),
  t: () => { const table = document.querySelector<HTMLElement>('main .scroll[tabindex="0"]'); table?.focus(); table?.scrollIntoView({ block: "nearest" }); },
  x: choose,
};

function act(event: KeyboardEvent): void {
  if (event.key === "Escape") { hide(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") { help(); return; }
  if (keysAreOff()) return;
  if (going && PLACES[event.key]) { location.href = PLACES[event.key] as string; return; }
  going = 0;
  if (event.key === "g") { going = window.setTimeout(() => { going = 0; }, 1500); return; }
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

export function listenForKeys(): void {
  document.addEventListener("keydown", act);
  const opener = document.querySelector<HTMLElement>("footer .keys");
  opener?.removeAttribute("hidden");
  opener?.addEventListener("click", help);
}
