// The evidence card: the sentence behind a source chip or a mark of a drawing, on hover, focus or Enter; it can be pointed
// at and dismissed, and gives the focus back to what it was opened from.
import { type Claim, markOf, pathOf, readClaim, whoSays } from "./claims.js";
import { made } from "./dom.js";

export type Source = HTMLAnchorElement | SVGAElement;

const SHOW_AFTER = 60, HIDE_AFTER = 220, SAY_AFTER = 300;
const known = new Map<string, Promise<Claim>>();
let card: HTMLElement | null = null;
let owner: Source | null = null;
let timer = 0;
let returning = false;

function idOf(chip: Source): string | null {
  return /#c-(.+)$/.exec(chip.getAttribute("href") ?? "")?.[1] ?? null;
}

function read(id: string): Promise<Claim> {
  const reading = known.get(id) ?? readClaim(id);
  known.set(id, reading);
  reading.catch(() => known.delete(id));
  return reading;
}

function contents(claim: Claim): Node[] {
  const [evidence] = claim.evidence;
  const when = claim.period?.label ?? "no date";
  const place = [evidence?.page && `page ${evidence.page}`, evidence?.section && `“${evidence.section}”`];
  return [
    evidence
      ? made("p", { class: "source" }, "…" + evidence.prefix, made("mark", {}, evidence.quote), evidence.suffix + "…")
      : made("p", {}, claim.statement),
    made("p", {}, made("span", { class: "shape", "aria-hidden": "true" }, markOf(claim.modality)),
      `${claim.modality.replace("-", " ")} · ${when} · said by ${whoSays(claim)} · reading ${claim.confidence.toFixed(2)}`),
    made("p", {}, made("b", {}, claim.report.label), [" ", ...place.filter(Boolean)].join(" "),
      claim.asserted_at ? ` · ${claim.asserted_at.slice(0, 10)}` : ""),
    made("p", { class: "actions" },
      made("a", { href: `${pathOf(claim.report.iri)}#c-${claim.id}` }, "Open"), " ",
      made("a", { href: `/claim/${claim.id}` }, "Statement"), " ",
      made("a", { href: `/claim/${claim.id}#cite` }, "Cite")),
  ];
}

function place(box: HTMLElement, chip: Source): void {
  const from = (chip.querySelector(".ring") ?? chip).getBoundingClientRect();
  const below = from.bottom + box.offsetHeight + 8 < innerHeight || from.top < box.offsetHeight + 8;
  const left = Math.max(8, Math.min(from.left, document.documentElement.clientWidth - box.offsetWidth - 8));
  // Setting properties from a script is not an inline style for the policy; attributes would be.
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${scrollY + (below ? from.bottom + 6 : from.top - box.offsetHeight - 6)}px`;
}

/** Shows the card; with `inside` its first link has the focus. */
export async function show(chip: Source, inside = false): Promise<void> {
  const id = idOf(chip);
  if (inside && owner === chip) card?.querySelector("a")?.focus();
  if (!id || owner === chip) return;
  hide();
  owner = chip;
  const box = card = made("div", { class: "card", id: "card", role: "dialog", "aria-label": "evidence" });
  chip.setAttribute("aria-details", "card");
  box.addEventListener("mouseenter", () => clearTimeout(timer));
  box.addEventListener("mouseleave", later(hide, HIDE_AFTER));
  const slow = setTimeout(() => { box.textContent = "Reading the sentence…"; put(); }, SAY_AFTER);
  const put = (): void => { if (card === box) { document.body.append(box); place(box, chip); } };
  try {
    const claim = await read(id);
    box.replaceChildren(...contents(claim));
  } catch (error) {
    box.textContent = `${(error as Error).message}. The chip leads to it.`;
  } finally {
    clearTimeout(slow);
  }
  put();
  if (inside && card === box) box.querySelector("a")?.focus();
}

export const isShown = (): boolean => card !== null;

export function hide(): boolean {
  clearTimeout(timer);
  const shown = card !== null;
  const back = card?.contains(document.activeElement) ? owner : null;
  owner?.removeAttribute("aria-details");
  card?.remove();
  card = owner = null;
  returning = true;
  back?.focus();
  returning = false;
  return shown;
}

/** The card stands at the end of the page, so that Tab past its ends goes back to where it was opened. */
function keepTab(event: KeyboardEvent): void {
  if (event.key !== "Tab" || !card?.contains(event.target as Node)) return;
  const links = card.querySelectorAll("a");
  if (event.target !== links[event.shiftKey ? 0 : links.length - 1]) return;
  event.preventDefault();
  hide();
}

const later = (work: () => unknown, ms: number) => (): void => {
  clearTimeout(timer);
  timer = window.setTimeout(work, ms);
};

const sourceAt = (target: EventTarget | null, kinds = "a.chip, a.mark"): Source | null =>
  target instanceof Element ? target.closest<Source>(kinds) : null;

export function watchChips(): void {
  document.addEventListener("mouseover", (event) => {
    const chip = sourceAt(event.target);
    if (!chip) return;
    // Reading begins at once; whoever only passes by is not shown what comes.
    const id = idOf(chip);
    if (id) void read(id).catch(() => undefined);
    later(() => show(chip), SHOW_AFTER)();
  });
  document.addEventListener("mouseout", (event) => {
    if (sourceAt(event.target)) later(hide, HIDE_AFTER)();
  });
  document.addEventListener("focusin", (event) => {
    // Chips show their card when the focus reaches them; among marks one wanders, so there Enter does.
    const chip = sourceAt(event.target, "a.chip");
    if (returning) return;
    if (chip?.matches(":focus-visible")) void show(chip);
    else if (!chip && !card?.contains(event.target as Node)) hide();
  });
  document.addEventListener("click", (event) => {
    if (card && !card.contains(event.target as Node) && !sourceAt(event.target)) hide();
  });
  document.addEventListener("keydown", keepTab);
}
