/* Keeps what is typed into a session's log: sealed on the device a moment after each change, so that a
   killed tab loses nothing, and then on the server, for its author alone. */
import { handIn, handedIn, keep } from "./kept-drafts.js";
import { seal } from "./sealing.js";

const SOON_MS = 400;
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "page", "version"]);
const form = document.querySelector("form[data-draft]");
const { draft: address, session, author, sealingKey } = form.dataset;
let timer = 0;
let changes = 0;

function say(how) {
  for (const line of form.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== how;
}

function typed() {
  const all = [...new FormData(form)];
  const fields = Object.fromEntries(all.filter(([name]) => !NOT_TYPED.has(name)));
  const [page, version] = [form.elements.page.value, form.elements.version.value];
  return JSON.stringify({ session, author, page, version, fields });
}

async function keepNow() {
  clearTimeout(timer);
  timer = 0;
  const change = (changes += 1);
  const sealed = await seal(sealingKey, typed());
  if (change !== changes) return; // a newer one is being sealed
  keep(session, address, sealed);
  say(await handIn(session));
}

async function tryToKeep() {
  try {
    await keepNow();
  } catch {
    say("unable");
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(tryToKeep, SOON_MS);
});
form.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(tryToKeep, SOON_MS);
});
form.addEventListener("submit", () => clearTimeout(timer));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && timer) tryToKeep();
});

// What had waited on the device belongs into this form, unless somebody has begun to type here.
if ((await handedIn).has(session) && !timer && !changes) window.location.reload();
