/* Drafts of session logs that wait on this device: sealed to the server's public key, so that nobody who
   holds the device can read them. Every staff page hands them in; one leaves when the server has it. */
const PREFIX = "alliance-draft-";
const KEPT_FOR_MS = 30 * 24 * 60 * 60 * 1000;
const TIMEOUT_MS = 10_000;

const read = (name) => JSON.parse(localStorage.getItem(name));

export function keep(session, address, sealed) {
  const text = btoa(String.fromCharCode(...sealed));
  localStorage.setItem(PREFIX + session, JSON.stringify({ address, sealed: text, at: Date.now() }));
}

async function post(address, sealed) {
  const bytes = Uint8Array.from(atob(sealed), (letter) => letter.charCodeAt(0));
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "Content-Type": "application/octet-stream", "X-CSRFToken": token };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(address, { method: "POST", body: bytes, headers, signal, redirect: "manual" });
}

// kept: the server has it · ended: nobody is signed in here any more · refused: it will never be taken ·
// waiting: try again later. Somebody else's draft waits for its author.
async function outcome({ address, sealed }) {
  try {
    const { type, status } = await post(address, sealed);
    if (status === 204) return "kept";
    if (status === 400) return "refused";
    return type === "opaqueredirect" || status === 403 ? "ended" : "waiting";
  } catch {
    return "waiting";
  }
}

export async function handIn(session) {
  const name = PREFIX + session;
  const draft = read(name);
  if (!draft) return "kept";
  const how = await outcome(draft);
  const isOver = how === "kept" || how === "refused" || draft.at < Date.now() - KEPT_FOR_MS;
  if (isOver && read(name)?.sealed === draft.sealed) localStorage.removeItem(name);
  return how;
}

async function handInAll() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const handedIn = new Set();
  for (const name of names) {
    const session = name.slice(PREFIX.length);
    if ((await handIn(session)) === "kept") handedIn.add(session);
  }
  return handedIn;
}

// The sessions whose drafts had waited and are handed in now. A page loads this file by its own address and
// by that which the log's script imports: both are told of the one handing in.
globalThis.draftsHandedIn ??= handInAll().catch(() => new Set());
export const handedIn = globalThis.draftsHandedIn;
