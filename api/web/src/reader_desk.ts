// What the report reader loads when something is decided in it: most readers only read.
import { type Action, decide } from "./curation.js";
import { Decisions, listenForKey, reasonOf, remember, showKey } from "./deciding.js";
import { told } from "./dom.js";

/** What the desk needs of the reader. */
export interface Reader {
  page(): HTMLElement;
  opened(): HTMLElement | null;
  /** Show the page as it is now. */
  refresh(): Promise<void>;
  /** Open the chosen statement anew. */
  reopen(): Promise<void>;
}

/** Decisions about the statement that is open in the reader. */
export function deskOf(reader: Reader): Decisions {
  listenForKey();
  const take = async (action: Action, says: string): Promise<void> => {
    try {
      const { entries } = await decide(action);
      remember(entries[0]?.id);
      await reader.refresh();
      told(`${says}. u takes it back.`);
    } catch (error) {
      await reader.reopen();
      told(reasonOf(error), true);
    }
  };
  return new Decisions({
    place: () => reader.opened() ?? reader.page(),
    claim: () => reader.opened()?.dataset.claim,
    last: () => reader.opened()?.dataset.last,
    take,
    takenBack: () => reader.refresh(),
    careful: true,
  });
}

export { showKey };
