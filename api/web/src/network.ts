// A network of more than sixty things on a canvas: the places come with the page, and so does all that it shows, as lists.
// Within the canvas stands a link for each thing, so keys and screen readers have what the eye has.
import { made } from "./dom.js";
import { aheadOf, DIRECTIONS, type Spot } from "./plane.js";

interface Thing extends Spot { link: HTMLAnchorElement; label: string; links: number; near: Set<number> }
interface Fact { from: number; to: number; label: string }

const MARGIN = 24, NAME = 150, NEAR = 14, MOST_SAID = 6, NEAREST = 12, LINE = 15, LONGEST = 28;

function read(): { things: Thing[]; facts: Fact[] } {
  const things = [...document.querySelectorAll<HTMLAnchorElement>(".things a")].map((link): Thing => ({
    link, label: link.textContent ?? "", x: Number(link.dataset.x), y: Number(link.dataset.y),
    links: Number(link.dataset.links), near: new Set(),
  }));
  const facts = [...document.querySelectorAll<HTMLElement>(".facts [data-from]")].map((row): Fact => ({
    from: Number(row.dataset.from), to: Number(row.dataset.to), label: row.dataset.label ?? "",
  }));
  for (const { from, to } of facts) { things[from]?.near.add(to); things[to]?.near.add(from); }
  return { things, facts };
}

class Picture {
  private readonly things: Thing[];
  private readonly facts: Fact[];
  private readonly canvas: HTMLCanvasElement;
  private readonly marks: HTMLAnchorElement[];
  private scale = 1;
  private shift: Spot = { x: 0, y: 0 };
  private at = -1;
  private waiting = 0;

  constructor(private readonly figure: HTMLElement, private readonly said: HTMLElement) {
    ({ things: this.things, facts: this.facts } = read());
    this.marks = this.things.map(({ link, label, links }, n) =>
      made("a", { href: link.href, class: "mark", tabindex: n ? "-1" : "0", "aria-label": `${label}, joined to ${links}` }, label));
    this.canvas = made("canvas", { role: "group", "aria-label": figure.dataset.network ?? "network" }, ...this.marks);
    figure.querySelector(".stage")?.replaceChildren(this.canvas);
    figure.querySelector(".actions")?.removeAttribute("hidden");
    this.listen();
  }

  private listen(): void {
    new ResizeObserver(() => this.soon()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.soon());
    this.marks.forEach((mark, n) => {
      mark.addEventListener("focus", () => this.enter(n));
      mark.addEventListener("blur", () => this.point(-1));
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerleave", () => this.point(-1));
    this.canvas.addEventListener("click", (event) => { const n = this.under(event); if (n >= 0) location.href = this.marks[n]!.href; });
    this.canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // a plain turn of the wheel scrolls the page
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, { x: event.offsetX, y: event.offsetY });
    }, { passive: false });
    this.figure.querySelectorAll<HTMLElement>("button[data-zoom]").forEach((button) =>
      button.addEventListener("click", () => this.zoom(Number(button.dataset.zoom))));
  }

  private get size(): Spot { return { x: this.canvas.clientWidth, y: this.canvas.clientHeight }; }

  private place(thing: Spot): Spot {
    const { x, y } = this.size;
    const name = Math.min(NAME, x / 4);
    return {
      x: this.shift.x + this.scale * (MARGIN + thing.x / 100 * (x - 2 * MARGIN - name)),
      y: this.shift.y + this.scale * (MARGIN + thing.y / 100 * (y - 2 * MARGIN)),
    };
  }

  /** Nearer or farther about a place; nought shows the whole. */
  private zoom(by: number, about: Spot = this.at < 0 ? { x: this.size.x / 2, y: this.size.y / 2 } : this.place(this.things[this.at]!)): void {
    const scale = by ? Math.max(1, Math.min(12, this.scale * by)) : 1;
    const grown = scale / this.scale;
    this.shift = scale === 1 ? { x: 0, y: 0 } : { x: about.x - (about.x - this.shift.x) * grown, y: about.y - (about.y - this.shift.y) * grown };
    this.scale = scale;
    this.soon();
  }

  private enter(n: number): void {
    for (const mark of this.marks) mark.tabIndex = mark === this.marks[n] ? 0 : -1;
    const { x, y } = this.place(this.things[n]!), { x: width, y: height } = this.size;
    if (x < 0 || y < 0 || x > width || y > height) { this.shift.x += width / 2 - x; this.shift.y += height / 2 - y; }
    this.point(n);
  }

  private key(event: KeyboardEvent): void {
    const from = this.marks.indexOf(event.target as HTMLAnchorElement);
    if (from < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.marks.length - 1;
    const zooms: Record<string, number> = { "+": 1.4, "-": 1 / 1.4, "0": 0 };
    if (event.key in zooms) { event.preventDefault(); this.zoom(zooms[event.key]!); return; }
    if (event.key === "Escape") { this.figure.querySelector<HTMLElement>("figcaption")?.focus(); return; }
    const jumps: Record<string, number> = { Home: 0, End: last, PageDown: Math.min(last, from + 1), PageUp: Math.max(0, from - 1) };
    const to = event.key in DIRECTIONS ? aheadOf(this.things.map((one) => this.place(one)), from, event.key) : jumps[event.key] ?? -1;
    if (to < 0 && !(event.key in DIRECTIONS)) return;
    event.preventDefault();
    this.marks[to]?.focus();
  }

  private move(event: PointerEvent): void {
    if (event.buttons === 1) {
      this.shift.x += event.movementX; this.shift.y += event.movementY;
      this.soon();
      return;
    }
    const n = this.under(event);
    this.canvas.style.cursor = n < 0 ? "grab" : "pointer";
    this.point(n < 0 ? this.marks.indexOf(document.activeElement as HTMLAnchorElement) : n);
  }

  private under(event: MouseEvent): number {
    let best = -1, least = NEAR;
    this.things.forEach((thing, n) => {
      const { x, y } = this.place(thing);
      const far = Math.hypot(x - event.offsetX, y - event.offsetY);
      if (far < least) { least = far; best = n; }
    });
    return best;
  }

  /** What a thing is joined to is drawn in full and said below the picture. */
  private point(n: number): void {
    if (n === this.at) return;
    this.at = n;
    if (n >= 0) {
      const own = this.facts.filter(({ from, to }) => from === n || to === n);
      const words = own.slice(0, MOST_SAID).map(({ from, to, label }) => `${this.things[from]!.label} ${label} ${this.things[to]!.label}`);
      this.said.textContent = `${words.join("; ")}${own.length > MOST_SAID ? `; and ${own.length - MOST_SAID} more` : ""}.`;
    }
    this.soon();
  }

  private soon(): void {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  private draw(): void {
    const pen = this.canvas.getContext("2d");
    const { x: width, y: height } = this.size;
    if (!pen || !width) return;
    const dense = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * dense); this.canvas.height = Math.round(height * dense);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    const style = getComputedStyle(this.canvas);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const spots = this.things.map((one) => this.place(one));
    const marked = this.things[this.at];
    const bright = (n: number): boolean => !marked || n === this.at || marked.near.has(n);
    for (const { from, to } of this.facts) {
      const lit = from === this.at || to === this.at;
      pen.strokeStyle = colour(lit ? "--acc" : "--edge");
      pen.globalAlpha = lit ? 1 : marked ? 0.25 : 0.6;
      pen.lineWidth = lit ? 2 : 1;
      pen.beginPath(); pen.moveTo(spots[from]!.x, spots[from]!.y); pen.lineTo(spots[to]!.x, spots[to]!.y); pen.stroke();
    }
    spots.forEach(({ x, y }, n) => {
      pen.globalAlpha = bright(n) ? 1 : 0.35;
      pen.fillStyle = colour("--acc");
      pen.beginPath(); pen.arc(x, y, Math.min(3 + this.things[n]!.links * 0.4, 9), 0, 2 * Math.PI); pen.fill();
      if (n !== this.at) return;
      pen.strokeStyle = colour("--ink"); pen.lineWidth = 2;
      pen.beginPath(); pen.arc(x, y, NEAREST, 0, 2 * Math.PI); pen.stroke();
    });
    pen.globalAlpha = 1;
    this.name(pen, spots, `${style.fontSize} ${style.fontFamily}`, colour);
  }

  /** Names where there is room: first of the thing pointed at and its neighbours, then of those with most facts. */
  private name(pen: CanvasRenderingContext2D, spots: Spot[], font: string, colour: (name: string) => string): void {
    const marked = this.things[this.at];
    const order = this.things.map((_, n) => n);
    if (marked) order.sort((a, b) => Number(b === this.at) - Number(a === this.at) || Number(marked.near.has(b)) - Number(marked.near.has(a)) || a - b);
    const taken: [number, number, number][] = [];
    for (const n of order) {
      const { x, y } = spots[n]!, lit = n === this.at;
      if (x < -NAME || y < 0 || x > this.size.x || y > this.size.y) continue;
      pen.font = lit ? `600 ${font}` : font;
      const { label } = this.things[n]!;
      const words = lit || label.length <= LONGEST ? label : `${label.slice(0, LONGEST - 1)}…`;
      const wide = pen.measureText(words).width;
      const left = x + 10 + wide > this.size.x ? Math.max(2, x - 10 - wide) : x + 10;
      if (!lit && taken.some(([l, r, at]) => Math.abs(at - y) < LINE && left < r && left + wide > l)) continue;
      taken.push([left, left + wide, y]);
      pen.lineWidth = 3; pen.strokeStyle = colour("--ground"); pen.fillStyle = colour(!marked || lit || marked.near.has(n) ? "--ink" : "--note");
      pen.strokeText(words, left, y + 4); pen.fillText(words, left, y + 4);
    }
  }
}

const figure = document.querySelector<HTMLElement>("figure[data-network]");
const said = document.getElementById("said");
if (figure && said) new Picture(figure, said);
