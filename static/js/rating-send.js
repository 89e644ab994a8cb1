// One try to send something, and how long to wait before the next.

const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 20_000;
const WORTH_REPEATING = new Set([408, 425, 429, 500, 502, 503, 504]);

// The answer, or status 0 where it is worth sending the same again.
export async function attempt(url, body, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      signal: stop.signal,
      ...options,
    });
    if (WORTH_REPEATING.has(response.status)) return { status: 0 };
    return { status: response.status, url: response.url, answer: await answerOf(response) };
  } catch {
    return { status: 0 }; // no network, a reset, half an answer, or nothing in time
  } finally {
    clearTimeout(timer);
  }
}

// A 2xx whose JSON is cut short counts as no answer: the next attempt gets the same result again.
async function answerOf(response) {
  const kind = response.headers.get("Content-Type") ?? "";
  return kind.includes("json") ? response.json() : {};
}

// Half of the wait is chance, so that many tablets do not come back in the same moment.
const waitBefore = (repetition) =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** repetition) * (0.5 + Math.random() / 2);

export function pauseBefore(repetition) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitBefore(repetition));
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

// Sends one finished form until the server has answered. The body is made once and never changes between
// attempts, so that with the form's own uuid the server can tell a repetition from a second form.
export async function send(url, body, onTrouble) {
  for (let repetition = 0; ; repetition += 1) {
    const result = await attempt(url, body);
    if (result.status) return result;
    onTrouble();
    await pauseBefore(repetition);
  }
}
