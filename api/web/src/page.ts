// What every page has: evidence cards, keys, suggestions. Pages are whole without it.
import { watchChips } from "./card.js";
import { listenForKeys } from "./keys.js";
import { suggestFor } from "./suggest.js";

watchChips();
listenForKeys();
document.querySelectorAll<HTMLInputElement>("input[data-suggest]").forEach(suggestFor);
