// On every page a client sees: what waits on this device is sent, and said; the worker that lets the pages
// open without a server is there; pages are kept for as long as one client has a form in hand, no longer.

import { forgetPages, keepPages } from "./kept-pages.js";
import { goHomeLater } from "./way-home.js";
import { count, markRefusedAsTold, sendUntilNoneWaits, sendWaiting } from "./waiting-forms.js";

const worker = document.querySelector("meta[name=worker]").content;
const part = (name) => document.querySelector(`[data-${name}]`);
const [waiting, sent, noServer, refused] = ["form-waits", "form-sent", "no-server", "refused"].map(part);
const isForm = document.getElementById("rating") !== null;

async function keepOrForget() {
  const keep = part("keep")?.dataset.keep;
  if (keep || part("forget")) await forgetPages(); // a form left before Done goes at once
  await navigator.serviceWorker.register(worker);
  if (keep) await keepPages(keep.split(" "));
  document.documentElement.toggleAttribute("data-ready", true);
}

function show(element, state) {
  if (element) element.hidden = !state;
}

// The page of the kept form is also what stands in for any other page while nobody answers. Whoever reads it
// is told of a refusal that happened here, not of what was refused to the client before.
function tell(left, before) {
  const standsIn = noServer && location.pathname !== noServer.dataset.noServer;
  const refusedHere = left.refused > before.refused || (left.refused && !before.waiting);
  show(waiting, left.waiting);
  show(noServer, standsIn && !left.waiting);
  show(sent, !standsIn && !left.waiting && !refusedHere);
  show(refused, noServer ? !standsIn && refusedHere : left.refused);
}

// A paired tablet goes back to where it waits, but not before somebody answers there.
function goBackAfterSending() {
  const home = part("return");
  if (home && !sent.hidden) goHomeLater(home.href);
}

refused?.querySelector("button").addEventListener("click", async () => {
  await markRefusedAsTold();
  show(refused, false);
});
if (noServer) addEventListener("online", () => noServer.hidden || location.reload());

keepOrForget().catch(() => {}); // without a worker the pages are those of any site
try {
  const before = await count();
  tell(before, before);
  if (isForm) await sendWaiting();
  else await sendUntilNoneWaits((left) => tell(left, before));
  goBackAfterSending();
} catch {
  show(waiting, false); // this device keeps nothing: nothing waits
}
