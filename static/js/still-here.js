/* Writing a long note is being here: while somebody types or taps, the server is told every few
   minutes, so that the sign-in does not end under their hands. An idle page says nothing. */
const EVERY_MS = 4 * 60_000;
const TIMEOUT_MS = 10_000;
let told = performance.now();

async function tell() {
  if (performance.now() - told < EVERY_MS) return;
  told = performance.now();
  try {
    await fetch("/still-here/", { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    told = performance.now() - EVERY_MS / 2;
  }
}

for (const kind of ["keydown", "pointerdown", "input"]) {
  document.addEventListener(kind, tell, { passive: true });
}
