// The query editor: CodeMirror with SPARQL colours, completion from the endpoint's own vocabulary, Tab left to the browser.
import { autocompletion, type Completion, type CompletionContext, type CompletionResult, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

interface Term { prefixed: string; iri: string; kind: string; label: string; uses: number }
interface Hit { kind: string; iri: string; text: string }

const WORD = /[\w?$:-]*/;
const BASE = "https://w3id.org/ai-factory/";
const SHORT: Record<string, string> = { id: "e", vocab: "v", claim: "c", doc: "d" };
const KEYWORDS = "SELECT CONSTRUCT ASK DESCRIBE WHERE FILTER OPTIONAL UNION MINUS GRAPH BIND VALUES DISTINCT LIMIT OFFSET ORDER\u00a0BY GROUP\u00a0BY HAVING COUNT SUM AVG MIN MAX NOT\u00a0EXISTS PREFIX".split(" ");
const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, class: "cm-word" },
  { tag: [tags.string, tags.number], class: "cm-value" },
  { tag: tags.comment, class: "cm-comment" },
  { tag: [tags.variableName, tags.special(tags.variableName)], class: "cm-variable" },
]);

interface Vocabulary { prefixes: Record<string, string>; terms: Term[] }

let vocabulary: Promise<Vocabulary> | undefined;

async function readVocabulary(): Promise<Vocabulary> {
  const reply = await fetch("/api/terms");
  return reply.ok ? await reply.json() as Vocabulary : { prefixes: {}, terms: [] };
}

const known = (): Promise<Vocabulary> => vocabulary ??= readVocabulary();

const optionOf = (one: Term, prefixes: Vocabulary["prefixes"]): Completion => ({
  label: one.prefixed, detail: one.label, type: one.kind, info: `${one.iri}, used ${one.uses} times`,
  boost: Math.min(50, Math.log2(one.uses + 1) * 3), apply: declaring(prefixes),
});

/** Puts a short name in, and declares its prefix where the query does not yet. */
function declaring(prefixes: Vocabulary["prefixes"]): Completion["apply"] {
  return (view, completion, from, to) => {
    const prefix = completion.label.split(":")[0] ?? "";
    const declared = new RegExp(`prefix\\s+${prefix}:`, "i").test(view.state.doc.toString());
    const line = declared || !prefixes[prefix] ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
    view.dispatch({
      changes: [{ from: 0, insert: line }, { from, to, insert: completion.label }],
      selection: { anchor: line.length + from + completion.label.length },
    });
  };
}

async function things(word: string): Promise<Completion[]> {
  const [, prefix, typed] = /^([ev]):([\w-]{2,})$/.exec(word) ?? [];
  if (!prefix || !typed) return [];
  const reply = await fetch(`/api/search?${new URLSearchParams({ q: typed.replaceAll("-", " "), kind: "entity", limit: "12" })}`);
  if (!reply.ok) return [];
  const { prefixes } = await known();
  return (await reply.json() as { hits: Hit[] }).hits
    .filter((hit) => hit.iri.startsWith(BASE))
    .map((hit) => {
      const [kind = "", name = ""] = hit.iri.slice(BASE.length).split("/");
      return { label: `${SHORT[kind] ?? kind}:${name}`, detail: hit.text, type: "constant", apply: declaring(prefixes) };
    })
    .filter((one) => one.label.startsWith(prefix));
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(WORD);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  if (word.text.startsWith("?")) return variables(context, word.from);
  const named = await things(word.text);
  if (named.length) return { from: word.from, options: named, filter: false };
  const { prefixes, terms } = await known();
  const words = KEYWORDS.map((one) => ({ label: one.replace("\u00a0", " "), type: "keyword" }));
  return { from: word.from, options: [...terms.map((one) => optionOf(one, prefixes)), ...words], validFor: WORD };
}

function variables(context: CompletionContext, from: number): CompletionResult {
  const all = new Set(context.state.doc.toString().match(/\?\w+/g));
  return { from, options: [...all].map((label) => ({ label, type: "variable" })), validFor: WORD };
}

export interface Editor { text(): string; select(line: number, column: number): void; focus(): void }

/** Put an editor where the text area is; the area keeps the text, so that the form still works. */
export function editorFor(area: HTMLTextAreaElement, changed: () => void, nonce: string): Editor {
  const view = new EditorView({
    parent: area.parentElement ?? document.body,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), history(), bracketMatching(), closeBrackets(), StreamLanguage.define(sparql), syntaxHighlighting(COLOURS),
        autocompletion({ override: [complete], icons: false }), keymap.of([...defaultKeymap.filter((one) => one.key !== "Mod-Enter"), ...historyKeymap]),
        EditorView.lineWrapping, EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": "Query text", spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          changed();
        }),
      ],
    }),
  });
  area.before(view.dom);
  area.hidden = true;
  return {
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    select(line, column) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      const from = Math.min(at.from + column - 1, at.to);
      view.dispatch({ selection: { anchor: from, head: Math.min(from + 1, at.to) }, scrollIntoView: true });
      view.focus();
    },
  };
}
