// Shows the therapist where the form on the tablet stands, for as long as its ticket can last.

const ASK_EVERY_MS = 3000;
const LONGEST_WAIT_MS = 30_000;
const TIMEOUT_MS = 10_000;
const ASK_FOR_MS = 20 * 60_000;
const MOVING = new Set(["waiting", "opened"]);

const place = document.querySelector("[data-state]");
const began = performance.now();
let failures = 0;

function show(state) {
  if (state === place.dataset.state) return;
  place.dataset.state = state;
  for (const part of document.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(state);
  }
}

async function look() {
  try {
    const response = await fetch(place.dataset.stateUrl, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(response.status);
    show((await response.json()).state);
    failures = 0;
  } catch {
    failures += 1;
  }
  askLater();
}

function askLater() {
  if (!MOVING.has(place.dataset.state) || performance.now() - began > ASK_FOR_MS) return;
  setTimeout(look, Math.min(LONGEST_WAIT_MS, ASK_EVERY_MS * 2 ** failures));
}

askLater();
