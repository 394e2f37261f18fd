// Keys within a drawing: arrows along a series and between series, Enter for the evidence, Escape to leave.
// Marks are links, so everything is reachable by Tab where there is no script; here one mark at a time is.
import { isShown, show, type Source } from "./card.js";
import { aheadOf, DIRECTIONS, type Spot } from "./plane.js";

type Mark = HTMLElement | SVGElement;

function spotOf(mark: Element): Spot {
  const box = (mark.querySelector("circle") ?? mark).getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** The mark of another series that stands nearest across. */
function nearest(series: Mark[], from: Spot): Mark | undefined {
  return series.map((mark) => ({ mark, far: Math.abs(spotOf(mark).x - from.x) })).sort((a, b) => a.far - b.far)[0]?.mark;
}

/** Where a key leads among series from top to bottom, each from left to right. */
function alongSeries(all: Mark[][], from: Mark, key: string): Mark | undefined {
  const at = all.findIndex((series) => series.includes(from));
  const own = all[at] ?? [];
  const place = own.indexOf(from);
  if (key === "Home") return own[0];
  if (key === "End") return own.at(-1);
  const [across, down] = DIRECTIONS[key] ?? [0, 0];
  if (across || all.length === 1) return own[place + across + down];
  const next = all[at + down];
  return next && nearest(next, spotOf(from));
}

function overPlane(all: Mark[], from: Mark, key: string): Mark | undefined {
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  return all[aheadOf(all.map(spotOf), all.indexOf(from), key)];
}

export function moveByKeys(figure: HTMLElement): HTMLElement {
  const plane = figure.dataset.marks === "plane";
  const series = [...figure.querySelectorAll("[data-series]")]
    .map((one) => [...one.querySelectorAll<Mark>(".mark")]).filter((some) => some.length);
  const all = series.flat();
  // Names are said by labels and cards; the browser's own tooltip would stand over the card.
  for (const mark of all) mark.querySelector("title")?.remove();
  const enter = (mark: Mark): void => { for (const one of all) one.tabIndex = one === mark ? 0 : -1; };
  if (!plane && all[0]) enter(all[0]);
  figure.addEventListener("focusin", (event) => {
    const mark = (event.target as Element).closest<Mark>(".mark");
    if (mark && !plane) enter(mark);
  });
  figure.addEventListener("keydown", (event) => {
    const mark = (event.target as Element).closest<Mark>(".mark");
    if (!mark || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in DIRECTIONS || event.key === "Home" || event.key === "End") {
      event.preventDefault();
      (plane ? overPlane(all, mark, event.key) : alongSeries(series, mark, event.key))?.focus();
    } else if (event.key === "Enter" && mark.getAttribute("href")?.includes("#c-")) {
      event.preventDefault();
      void show(mark as Source, true);
    } else if (event.key === "Escape" && !isShown()) {
      figure.querySelector<HTMLElement>("figcaption")?.focus();
    }
  });
  return figure;
}

export function watchMarks(): void {
  document.querySelectorAll<HTMLElement>("[data-marks]").forEach((figure) => moveByKeys(figure));
}
