// The keys of decisions; apart from what they do, so that a page can listen before it has loaded that.
import { isField, keysAreOff } from "./dom.js";

export const KEYS: Record<string, string> = { a: "accept", r: "reject", e: "correct", m: "merge", p: "prefer", u: "undo" };

/** What a key does, where single keys act now. */
export function actionOf(event: KeyboardEvent, more: Record<string, string> = {}): string | undefined {
  if (keysAreOff() || event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || document.querySelector("dialog[open]")) return undefined;
  return { ...KEYS, ...more }[event.key];
}
