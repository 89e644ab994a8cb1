// A paired tablet goes by itself to where it belongs: from the page that waits to the form that is ready,
// and back again when that form is over. It asks every few seconds, less often while nobody answers, and
// not at all while its screen is off.

import { goHomeLater } from "./way-home.js";

const ASK_EVERY_MS = 4000;
const LONGEST_WAIT_MS = 60_000;
const TIMEOUT_MS = 10_000;
const UNTOUCHED_MS = 10 * 60_000;

const place = document.querySelector("[data-tablet]");
const offline = document.querySelector("[data-offline]");
let failures = 0;
let timer = 0;
let touched = performance.now();

const goHome = () => location.replace(place.dataset.home);
const isUntouched = () => performance.now() - touched > UNTOUCHED_MS;
const isSending = () => document.querySelector("[data-sending]") !== null;

async function ask(url, options = {}) {
  const response = await fetch(url, {
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...options,
  });
  return response;
}

// The form is taken by a request of its own, so that a tablet without a network or a server stays on its page.
async function take() {
  const form = document.querySelector("[data-take]");
  const response = await ask(form.action, { method: "POST", body: new FormData(form) });
  if (response.status >= 500) throw new Error(response.status);
  if (response.ok) location.replace(response.url);
  else location.reload();
}

// Each page has its own sense of what the ticket that now waits on this tablet means for it.
const MOVES = {
  idle: (ticket) => ticket && take(),
  ready: (ticket) => ticket !== place.dataset.ticket && goHome(),
  form: (ticket) => {
    const isOver = ticket ? ticket !== place.dataset.ticket : isUntouched();
    if (isOver && !isSending()) goHome();
  },
};

async function look() {
  try {
    const response = await ask(place.dataset.waiting, { headers: { Accept: "application/json" } });
    if (response.status === 404) return place.dataset.tablet !== "form" && goHome(); // no longer paired
    if (!response.ok) throw new Error(response.status);
    const { ticket } = await response.json();
    await MOVES[place.dataset.tablet](ticket);
    failures = 0;
  } catch {
    failures += 1;
  }
  if (offline) offline.hidden = failures < 2;
  askLater();
}

function askLater() {
  clearTimeout(timer);
  if (document.hidden) return;
  const wait = Math.min(LONGEST_WAIT_MS, ASK_EVERY_MS * 2 ** failures);
  timer = setTimeout(look, wait * (0.75 + Math.random() / 2));
}

function lookNow() {
  clearTimeout(timer);
  if (!document.hidden) look();
}

if (place?.dataset.tablet === "return") {
  goHomeLater(place.dataset.home);
} else if (place?.dataset.waiting) {
  for (const touch of ["pointerdown", "keydown"]) {
    addEventListener(touch, () => (touched = performance.now()), { passive: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : lookNow()));
  addEventListener("online", lookNow);
  if (place.dataset.tablet === "idle") lookNow();
  else askLater();
}
