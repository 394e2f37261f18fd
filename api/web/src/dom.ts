// Elements from text: nothing that comes from a report is ever parsed as HTML.

type Child = Node | string | null | undefined | false;

export function made<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((one): one is Node | string => Boolean(one)));
  return element;
}

export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found as T;
}

/** Whether somebody switched single keys off (WCAG 2.1.4). */
export const KEYS_OFF = "aifkg-keys-off";
export const keysAreOff = (): boolean => localStorage.getItem(KEYS_OFF) === "yes";

/** Whether keys belong to something that is written in. */
export function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** Says in the page's live line what was done, or why it was not. */
export function told(text: string, bad = false): void {
  const line = byId("told");
  line.textContent = text;
  line.classList.toggle("bad", bad);
}
