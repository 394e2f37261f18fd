// What a query brings back, and its views: table, chart, graph, the raw text.
import { made } from "./dom.js";
import { pathOf } from "./claims.js";
import { moveByKeys } from "./marks.js";

export interface Term { type: string; value: string; datatype?: string; "xml:lang"?: string }
export type Row = Record<string, Term | undefined>;
export interface Table { names: string[]; rows: Row[] }

const BASE = "https://w3id.org/ai-factory/";
const SVG = "http://www.w3.org/2000/svg";
const MOST_BARS = 40, MOST_ROWS = 1000;
const NUMERIC = /#(integer|decimal|double|float|int|long|gYear)$/;

export const isIri = (term?: Term): boolean => term?.type === "uri";
const numberOf = (term?: Term): number | null =>
  term && NUMERIC.test(term.datatype ?? "") && Number.isFinite(Number(term.value)) ? Number(term.value) : null;
export const short = (iri: string): string => iri.startsWith(BASE) ? iri.slice(BASE.length) : iri.replace(/^.*[/#](?=.)/, "");

function cell(term: Term | undefined, names: Map<string, string>): HTMLTableCellElement {
  const made_ = made("td", {});
  if (!term) return made_;
  if (!isIri(term)) made_.textContent = term.type === "bnode" ? `_:${term.value}` : term.value;
  else if (/^https?:/.test(term.value)) {
    const ours = term.value.startsWith(BASE);
    made_.append(made("a", { href: pathOf(term.value), title: term.value, ...(ours ? {} : { rel: "noopener" }) },
      names.get(term.value) ?? (ours ? short(term.value) : term.value)));
  } else made_.textContent = term.value;
  if (term["xml:lang"]) made_.lang = term["xml:lang"];
  if (numberOf(term) !== null) made_.className = "num";
  return made_;
}

export function tableOf({ names: columns, rows }: Table, names: Map<string, string>): HTMLElement {
  const table = made("table", {}, made("thead", {}, made("tr", {}, ...columns.map((name) => made("th", { scope: "col", ...(rows.some((row) => numberOf(row[name]) !== null) ? { class: "num" } : {}) }, name)))));
  const body = made("tbody", {});
  for (const row of rows.slice(0, MOST_ROWS)) body.append(made("tr", {}, ...columns.map((name) => cell(row[name], names))));
  table.append(body);
  const rest = rows.length - MOST_ROWS;
  return rest > 0 ? made("div", {}, table, made("p", { class: "aside" }, `${rest} more rows are in the downloads.`)) : table;
}

function svg(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Which column names the bars and which is drawn; null where no column holds numbers. */
export function chartable({ names, rows }: Table): { label: string; value: string } | null {
  const value = names.find((name) => rows.length > 0 && rows.every((row) => !row[name] || numberOf(row[name]) !== null) && rows.some((row) => row[name]));
  const label = names.find((name) => name !== value && rows.some((row) => row[name]));
  return value && label ? { label, value } : null;
}

export function chartOf(table: Table, names: Map<string, string>): Element {
  const which = chartable(table);
  if (!which) return made("p", { class: "note" }, "A chart needs a column of numbers and one of names.");
  const bars = table.rows.flatMap((row) => {
    const term = row[which.label], value = numberOf(row[which.value]);
    return value === null ? [] : [{ value, iri: isIri(term) ? term!.value : "", name: term ? names.get(term.value) ?? (isIri(term) ? short(term.value) : term.value) : "" }];
  }).slice(0, MOST_BARS);
  const most = Math.max(...bars.map((bar) => Math.abs(bar.value)), Number.MIN_VALUE);
  const picture = svg("svg", { class: "bars", width: "100%", height: bars.length * 26 + 8, role: "list", "aria-label": `${which.value} by ${which.label}`, "data-series": "" });
  bars.forEach((bar, number) => {
    const y = number * 26 + 4;
    const words = `${bar.name}: ${bar.value.toLocaleString("en")}`;
    const item = svg("g", { role: "listitem" });
    const mark = bar.iri ? svg("a", { class: "mark", href: pathOf(bar.iri), "aria-label": words }) : svg("g", { class: "mark", role: "img", "aria-label": words });
    item.append(mark);
    picture.append(item);
    mark.append(
      svg("text", { x: "29%", y: y + 14, "text-anchor": "end" }, bar.name.length > 40 ? bar.name.slice(0, 39) + "…" : bar.name),
      svg("rect", { x: "30%", y, width: `${Math.abs(bar.value) / most * 55}%`, height: 18 }),
      svg("text", { x: `${30.5 + Math.abs(bar.value) / most * 55}%`, y: y + 14 }, bar.value.toLocaleString("en")));
  });
  const left = table.rows.length - bars.length;
  return moveByKeys(made("figure", { "data-marks": "" }, picture, made("figcaption", { class: "aside", tabindex: "-1" },
    `${left > 0 ? `Not drawn: ${left} rows. ` : ""}Arrow keys move from bar to bar, Enter opens what a bar is about, Escape leaves.`)));
}
