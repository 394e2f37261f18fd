// What can be decided about a statement, by keys and buttons, wherever it is shown: in the queue or in its report.
import { type Action, type Diff, keepKey, keyOf, linesOf, preview, Refused, undo } from "./curation.js";
import { KEYS } from "./decision_keys.js";
import { byId, made, told } from "./dom.js";
import { suggestFor } from "./suggest.js";

/** A place where decisions are made. */
export interface Desk {
  /** What is shown of the statement; dialogs open in it. */
  place(): HTMLElement;
  claim(): string | undefined;
  last(): string | undefined;
  /** Do it and show what came of it; `says` tells what was done. */
  take(action: Action, says: string): Promise<unknown>;
  /** Show how it is after a decision was taken back. */
  takenBack(): Promise<unknown>;
  /** Whether even a decision that changes no part shows its consequences first. */
  careful: boolean;
}

const MOST_LINES = 40;
const DONE = "aifkg-done";

// What was decided in this tab, so that it can be taken back also after the page was loaded again.
const done = (): string[] => JSON.parse(sessionStorage.getItem(DONE) ?? "[]") as string[];
const keep = (entries: string[]): void => sessionStorage.setItem(DONE, JSON.stringify(entries));
export const remember = (entry: string | undefined): void => { if (entry) keep([...done(), entry]); };
export const hasDecided = (): boolean => done().length > 0;

/** Why nothing was done, in words; a key that is refused is asked for again. */
export function reasonOf(error: unknown): string {
  const refused = error instanceof Refused ? error : null;
  if (refused && [401, 403].includes(refused.status)) { keepKey(""); showKey(); }
  const meanwhile = refused?.code === "changed-meanwhile" ? " Somebody has decided about it meanwhile; look at it again." : "";
  return `Nothing was done. ${(error as Error).message}${meanwhile}`;
}

export function showKey(): void { byId("key").hidden = Boolean(keyOf()); }

export function listenForKey(): void {
  byId<HTMLFormElement>("key").addEventListener("submit", (event) => {
    event.preventDefault();
    keepKey(byId<HTMLInputElement>("key-text").value.trim());
    showKey();
    told("The key is used for the decisions in this tab.");
  });
}

const fill = (box: HTMLInputElement) => (iri: string): void => { box.value = iri.replace(/^.*\//, ""); };

export class Decisions {
  constructor(private readonly desk: Desk) {}

  /** Do what a button or key is named for. */
  act(name: string): void {
    if (!keyOf()) { showKey(); told("A key is needed to decide."); byId("key-text").focus(); return; }
    const ways: Record<string, () => unknown> = {
      accept: () => this.decide("accept", "Accepted", "What accepting it changes"),
      prefer: () => this.decide("prefer", "Preferred", "What preferring it changes"),
      reject: () => this.reject(),
      correct: () => this.correct(),
      merge: () => this.merge(),
      undo: () => this.takeBack(),
    };
    void ways[name]?.();
  }

  /** The buttons and fields of what was just put on the page. */
  listen(): void {
    const place = this.desk.place();
    for (const button of place.querySelectorAll<HTMLButtonElement>("[data-do]"))
      if (Object.values(KEYS).includes(button.dataset.do ?? "")) button.addEventListener("click", () => this.act(button.dataset.do ?? ""));
    for (const button of place.querySelectorAll<HTMLButtonElement>("[data-undo]"))
      button.addEventListener("click", () => { if (keyOf()) void this.takeBack(button.dataset.undo); else this.act("undo"); });
    for (const box of place.querySelectorAll<HTMLInputElement>("#correction [data-suggest]")) suggestFor(box, fill(box));
    document.getElementById("correction")?.addEventListener("submit", (event) => { event.preventDefault(); this.act("correct"); });
  }

  private onClaim(action: string, more: Record<string, unknown> = {}): Action {
    return { action, claim: this.desk.claim(), last: this.desk.last() || null, ...more };
  }

  private async decide(action: string, says: string, title: string): Promise<void> {
    const asked = this.onClaim(action);
    if (!this.desk.careful || await this.confirmed(asked, title)) await this.desk.take(asked, says);
  }

  private ask(label: string, ...contents: Node[]): HTMLDialogElement {
    const dialog = made("dialog", { "aria-label": label }, ...contents);
    return this.opened(dialog);
  }

  private opened(dialog: HTMLDialogElement): HTMLDialogElement {
    dialog.addEventListener("close", () => dialog.remove());
    this.desk.place().append(dialog);
    dialog.showModal();
    return dialog;
  }

  /** Show what would change; resolves with whether to go on. */
  private async confirmed(action: Action, title: string): Promise<boolean> {
    let shown: Node;
    try { shown = listOf(await preview(action)); } catch (error) { told(reasonOf(error), true); return false; }
    const apply = made("button", { class: "main" }, "Apply"), cancel = made("button", {}, "Cancel");
    const dialog = this.ask(title, made("h2", {}, title), shown, made("p", { class: "actions" }, apply, " ", cancel));
    return await new Promise((resolve) => {
      apply.addEventListener("click", () => { resolve(true); dialog.close(); });
      cancel.addEventListener("click", () => dialog.close());
      dialog.addEventListener("close", () => resolve(false));
      apply.focus();
    });
  }

  private reject(): void {
    const dialog = this.opened(byId<HTMLTemplateElement>("reasons").content.querySelector("dialog")?.cloneNode(true) as HTMLDialogElement);
    const words = dialog.querySelector<HTMLInputElement>("input");
    const choose = (reason: string): void => {
      if (!reason) { words?.focus(); return; }
      dialog.close();
      void this.desk.take(this.onClaim("reject", { reason }), "Rejected");
    };
    for (const button of dialog.querySelectorAll<HTMLButtonElement>("[data-reason]"))
      button.addEventListener("click", () => choose(button.dataset.reason || words?.value.trim() || ""));
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => {
      if (event.target === words) { if (event.key === "Enter") choose(words?.value.trim() ?? ""); return; }
      dialog.querySelectorAll<HTMLButtonElement>("ol [data-reason]")[Number(event.key) - 1]?.click();
    });
    if (this.desk.careful) void this.showBelow(dialog, this.onClaim("reject", { reason: "…" }));
  }

  private async showBelow(dialog: HTMLElement, action: Action): Promise<void> {
    try { dialog.append(made("h3", {}, "What rejecting it changes"), listOf(await preview(action))); }
    catch (error) { dialog.append(made("p", { class: "bad" }, reasonOf(error))); }
  }

  /** The fields that were changed: none of them, and the first takes the cursor. */
  private async correct(): Promise<void> {
    const form = byId<HTMLFormElement>("correction");
    form.closest("details")?.setAttribute("open", "");
    const fields = [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-was]")];
    const changed = fields.filter((one) => one.value.trim() !== one.dataset.was);
    if (!changed.length) { fields[0]?.focus(); told("Change what is wrong, then Enter shows what follows from it."); return; }
    const action = this.onClaim("correct", { changes: Object.fromEntries(changed.map((one) => [one.name, valueOf(one)])) });
    if (await this.confirmed(action, "What this correction changes")) await this.desk.take(action, "Corrected");
  }

  private merge(): void {
    const parts = [...byId("correction").querySelectorAll<HTMLInputElement>("[data-called]")];
    const which = made("select", { "aria-label": "the thing that is no more" }, ...parts.map((one) => made("option", { value: one.dataset.was ?? "" }, `${one.name}: ${one.dataset.called}`)));
    const into = made("input", { id: "into", "aria-label": "the thing that stays", placeholder: "id or name of the thing that stays", autocomplete: "off", "data-suggest": "entity" });
    const show = made("button", { class: "main" }, "What would change"), cancel = made("button", { type: "button" }, "Cancel");
    const form = made("form", {}, made("p", {}, which, " is the same as "), made("p", {}, into), made("p", { class: "actions" }, show, " ", cancel));
    const dialog = this.ask("merge", made("h2", {}, "Merge"), form);
    suggestFor(into, fill(into));
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const action = { action: "merge", entity: which.value, into: into.value.trim(), reason: "one thing" };
      dialog.close();
      if (await this.confirmed(action, "What this merge changes")) await this.desk.take(action, "Merged");
    });
  }

  private async takeBack(entry?: string): Promise<void> {
    const entries = done();
    const last = entry ?? entries.at(-1);
    if (!last) { told("Nothing was decided in this tab that could be taken back."); return; }
    try {
      await undo(last);
      keep(entries.filter((one) => one !== last));
      await this.desk.takenBack();
      told("Taken back.");
    } catch (error) { told(reasonOf(error), true); }
  }
}

function valueOf(field: HTMLInputElement | HTMLSelectElement): string | string[] | null {
  const text = field.value.trim();
  if ("several" in field.dataset) return text.split(",").map((one) => one.trim()).filter(Boolean);
  return text || null;
}

function listOf(diff: Diff): Node {
  const lines = linesOf(diff);
  if (!lines.length) return made("p", {}, "Nothing else would change.");
  const more = lines.length - MOST_LINES;
  return made("ul", { class: "diff" }, ...lines.slice(0, MOST_LINES).map((line) => made("li", {}, line)),
    more > 0 && made("li", {}, `and ${more} more`));
}
