// Links between things as a drawing: springs from a fixed start, so that one answer always gives one picture.
import { pathOf } from "./claims.js";
import { made } from "./dom.js";
import { isIri, short, type Table } from "./answers.js";

export interface Edge { from: string; to: string; label: string }

const SVG = "http://www.w3.org/2000/svg";
const MOST = 60, STEPS = 300, WIDTH = 900, HEIGHT = 560, GRAVITY = 0.9, MARGIN = 16, NAME = 170;

/** Two columns of IRIs in a row make an edge; a third between them names it. */
export function edgesOf({ names, rows }: Table): Edge[] {
  return rows.flatMap((row) => {
    const iris = names.flatMap((name) => (isIri(row[name]) ? [row[name]!.value] : []));
    const [first, second, third] = iris;
    if (!first || !second) return [];
    return [third ? { from: first, label: second, to: third } : { from: first, label: "", to: second }];
  });
}

/** N-Triples whose objects are IRIs. */
export function edgesIn(text: string): Edge[] {
  return text.split("\n").flatMap((line) => {
    const [, from, label, to] = /^<([^>]+)> <([^>]+)> <([^>]+)> \.$/.exec(line.trim()) ?? [];
    return from && label && to ? [{ from, label, to }] : [];
  });
}

interface Spot { iri: string; x: number; y: number; dx: number; dy: number }

function laidOut(edges: Edge[], iris: string[]): Map<string, Spot> {
  const spots = new Map(iris.map((iri, n) => {
    const turn = n * 2.399963; // the golden angle spreads the start evenly
    const far = 12 * Math.sqrt(n + 1);
    return [iri, { iri, x: WIDTH / 2 + far * Math.cos(turn), y: HEIGHT / 2 + far * Math.sin(turn), dx: 0, dy: 0 }];
  }));
  const all = [...spots.values()];
  const rest = Math.sqrt(WIDTH * HEIGHT / (all.length + 1)) * 0.7;
  for (let step = 0; step < STEPS; step++) {
    const heat = 30 * (1 - step / STEPS);
    for (const one of all) one.dx = one.dy = 0;
    all.forEach((one, n) => all.slice(n + 1).forEach((other) => push(one, other, (distance) => rest * rest / distance)));
    for (const edge of edges) push(spots.get(edge.from)!, spots.get(edge.to)!, (distance) => -distance * distance / rest);
    for (const one of all) {
      one.dx += (WIDTH / 2 - one.x) * GRAVITY;
      one.dy += (HEIGHT / 2 - one.y) * GRAVITY * WIDTH / HEIGHT;
      const force = Math.hypot(one.dx, one.dy) || 1;
      one.x += one.dx / force * Math.min(force, heat);
      one.y += one.dy / force * Math.min(force, heat);
    }
  }
  return spots;
}

function push(one: Spot, other: Spot, force: (distance: number) => number): void {
  const x = one.x - other.x, y = one.y - other.y, distance = Math.hypot(x, y) || 0.01;
  const size = force(distance) / distance;
  one.dx += x * size; one.dy += y * size;
  other.dx -= x * size; other.dy -= y * size;
}

function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made_ = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made_.setAttribute(key, String(value));
  if (text !== undefined) made_.textContent = text;
  return made_;
}

function frameOf(spots: Spot[]): string {
  const [left, right] = [Math.min(...spots.map((one) => one.x)), Math.max(...spots.map((one) => one.x))];
  const [top, bottom] = [Math.min(...spots.map((one) => one.y)), Math.max(...spots.map((one) => one.y))];
  return [left - MARGIN, top - MARGIN, right - left + MARGIN + NAME, bottom - top + 2 * MARGIN].map(Math.round).join(" ");
}

export function drawingOf(edges: Edge[], names: Map<string, string>): Element {
  const counts = new Map<string, number>();
  for (const { from, to } of edges) for (const iri of [from, to]) counts.set(iri, (counts.get(iri) ?? 0) + 1);
  const iris = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || a.localeCompare(b)).slice(0, MOST);
  const kept = new Set(iris);
  const drawn = edges.filter((edge) => kept.has(edge.from) && kept.has(edge.to) && edge.from !== edge.to);
  if (!drawn.length) return made("p", { class: "note" }, "A graph needs two columns of IRIs, or a CONSTRUCT query.");
  const spots = laidOut(drawn, iris);
  const picture = element("svg", { class: "drawing", viewBox: frameOf([...spots.values()]), role: "group", "aria-label": `${iris.length} things and ${drawn.length} links` });
  for (const { from, to, label } of drawn) {
    const one = spots.get(from)!, other = spots.get(to)!;
    const line = element("line", { x1: one.x, y1: one.y, x2: other.x, y2: other.y });
    line.append(element("title", {}, `${names.get(from) ?? short(from)} ${names.get(label) ?? short(label)} ${names.get(to) ?? short(to)}`));
    picture.append(line);
  }
  for (const spot of spots.values()) {
    const link = element("a", { href: pathOf(spot.iri) });
    link.append(element("circle", { cx: spot.x, cy: spot.y, r: 5 }), element("text", { x: spot.x + 8, y: spot.y + 4 }, names.get(spot.iri) ?? short(spot.iri)));
    picture.append(link);
  }
  const left = counts.size - iris.length;
  return left > 0 ? made("div", {}, picture, made("p", { class: "aside" }, `Not drawn: ${left} things with the fewest links.`)) : picture;
}
