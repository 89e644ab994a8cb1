// Asks an address of ours again and again how something stands, more slowly while nobody answers.

const ASK_EVERY_MS = 3000;
const LONGEST_WAIT_MS = 30_000;
const TIMEOUT_MS = 10_000;
const ASK_FOR_MS = 20 * 60_000;

// `show` gets what was answered and says whether to ask on.
export function keepAsking(url, show) {
  const began = performance.now();
  let failures = 0;

  async function look() {
    let goOn = true;
    try {
      const response = await fetch(url, {
        headers: { Accept: "application/json" },
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(response.status);
      goOn = show(await response.json());
      failures = 0;
    } catch {
      failures += 1;
    }
    if (goOn) askLater();
  }

  function askLater() {
    if (performance.now() - began > ASK_FOR_MS) return;
    setTimeout(look, Math.min(LONGEST_WAIT_MS, ASK_EVERY_MS * 2 ** failures));
  }

  askLater();
}
