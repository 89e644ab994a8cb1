/* Empties the staff pages in other tabs, then takes this page's place in the history, so that
   "back" does not lead to the staff pages. */
new BroadcastChannel("staff-session").postMessage("ended");
window.location.replace(document.querySelector("[data-next]").href);
