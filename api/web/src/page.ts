// What every page has: evidence cards, keys, suggestions. Pages are whole without it.
import { watchChips } from "./card.js";
import { offerToFollow, tellWhatChanged } from "./follow.js";
import { listenForKeys } from "./keys.js";
import { watchMarks } from "./marks.js";
import { suggestFor } from "./suggest.js";

watchChips();
listenForKeys();
watchMarks();
offerToFollow();
void tellWhatChanged();
document.querySelectorAll<HTMLInputElement>("form[action] input[data-suggest]").forEach((box) => suggestFor(box));
// Whoever has given a key in this tab gets the way to the queue.
if (sessionStorage.getItem("aifkg-key")) document.querySelector("nav .review")?.removeAttribute("hidden");
