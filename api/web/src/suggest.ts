// Suggestions below a search or question box: a combobox by the ARIA pattern, arrow keys, Enter, Esc.
import { pathOf } from "./claims.js";
import { made } from "./dom.js";

interface Hit { kind: string; iri: string; text: string }
const WAIT = 120, MOST = 7;
const open = (iri: string): void => { location.href = pathOf(iri); };

/** Suggest below a box; what is chosen is opened, or given to `chosen`. */
export function suggestFor(box: HTMLInputElement, chosen: (iri: string) => void = open): void {
  const id = `suggestions-${box.id || box.name}`;
  const list = made("ul", { id, class: "suggestions", role: "listbox", "aria-label": "suggestions", hidden: "" });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" }))
    box.setAttribute(name, value);
  box.parentElement?.append(list);
  box.parentElement?.classList.add("suggesting");
  let asked = 0, at = -1, timer = 0;

  function close(): void {
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(next: number): void {
    const options = [...list.children];
    if (!options.length) return;
    options[at]?.setAttribute("aria-selected", "false");
    at = (next + options.length) % options.length;
    options[at]?.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", options[at]?.id ?? "");
  }

  async function ask(): Promise<void> {
    const words = box.value.trim();
    const mine = ++asked;
    if (words.length < 2) { close(); return; }
    const reply = await fetch(`/api/search?${new URLSearchParams({ q: words, limit: String(MOST), ...(box.dataset.suggest ? { kind: box.dataset.suggest } : {}) })}`);
    if (!reply.ok || mine !== asked || document.activeElement !== box) return;
    const hits = (await reply.json() as { hits: Hit[] }).hits;
    list.replaceChildren(...hits.map((hit, number) => {
      const option = made("li", { id: `${id}-${number}`, role: "option", "aria-selected": "false", "data-iri": hit.iri },
        made("span", {}, hit.text), made("span", { class: "none" }, hit.kind));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); chosen(hit.iri); close(); });
      return option;
    }));
    at = -1;
    list.hidden = hits.length === 0;
    box.setAttribute("aria-expanded", String(hits.length > 0));
  }

  box.addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(() => { void ask(); }, WAIT); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const option = list.children[at] as HTMLElement | undefined;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && option) { chosen(option.dataset.iri ?? ""); close(); }
    else return;
    event.preventDefault();
  });
}
