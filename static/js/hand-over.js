/* Empties the staff pages in other tabs, forgets the form and the larger text of a client before, then
   takes this page's place in the history, so that "back" does not lead to the staff pages. */
import { forgetPages } from "./kept-pages.js";

new BroadcastChannel("staff-session").postMessage("ended");
try {
  sessionStorage.removeItem("alliance-larger-text");
  await forgetPages();
} catch {
  // storage refused: then nothing was kept either
}
window.location.replace(document.querySelector("[data-next]").href);
