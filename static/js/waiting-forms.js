// Finished forms that wait on this device until the server has them: sealed, in IndexedDB. One leaves only
// when the server has named it. One that the server refuses for good stays, and is not sent again.

import { attempt, pauseBefore } from "./rating-send.js";
import { nameOf, seal } from "./sealing.js";

const HAND_IN = "/rate/hand-in/";
const STORE = "waiting";
const STORAGE_ANSWERS_WITHIN_MS = 3000;
const REFUSED_KEPT_MS = 30 * 24 * 60 * 60_000; // as long as the server would have taken it
const SEALED_LENGTH = 512; // every form is as long as every other, so its length tells nothing

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = request.oncomplete = () => resolve(request.result);
    request.onerror = request.onabort = () => reject(request.error);
  });

async function open() {
  const request = indexedDB.open("alliance-client", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "name" });
  return done(request);
}

// A change counts once it is on the disk.
async function change(work) {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    work(transaction.objectStore(STORE));
    await done(transaction);
  } finally {
    database.close();
  }
}

async function all() {
  const database = await open();
  try {
    return await done(database.transaction(STORE).objectStore(STORE).getAll());
  } finally {
    database.close();
  }
}

async function takesSomething() {
  if (!crypto.subtle) return false;
  await change((store) => store.put({ name: "trial" }));
  await change((store) => store.delete("trial"));
  return true;
}

// Whether this device can keep a form: it can seal, and its storage takes something. One that does not
// answer is one that refuses.
export async function canKeep() {
  const silence = new Promise((resolve) => setTimeout(resolve, STORAGE_ANSWERS_WITHIN_MS, false));
  return Promise.race([takesSomething().catch(() => false), silence]);
}

// Of two forms with one uuid the first counts, here as on the server.
export async function keep(publicKey, answers) {
  const name = await nameOf(answers.uuid);
  const sealed = await seal(publicKey, JSON.stringify(answers).padEnd(SEALED_LENGTH));
  await change((store) => {
    store.add({ name, sealed }).onerror = (event) => event.preventDefault();
  });
  return name;
}

// One try: {sent, next}, {refused}, or nothing of both when it has to wait.
async function sendOne({ name, sealed }) {
  const { status, answer } = await attempt(HAND_IN, sealed, { credentials: "omit" });
  if (status === 200 && answer.uuid && (await nameOf(answer.uuid)) === name) {
    await change((store) => store.delete(name));
    return { sent: true, next: answer.next };
  }
  if (!answer?.refused) return {};
  await change((store) => store.put({ name, sealed, refused: true }));
  return { refused: true };
}

export async function sendNamed(name) {
  const form = (await all()).find((kept) => kept.name === name);
  return form ? sendOne(form) : { sent: true };
}

// What lies here: how many wait, how many were refused and nobody has been told of.
export async function count() {
  const forms = (await all()).filter((form) => form.sealed);
  const refused = forms.filter((form) => form.refused);
  return { waiting: forms.length - refused.length, refused: refused.filter((form) => !form.told).length };
}

// A refused form that somebody has been told of goes after its time.
const isOver = ({ told }) => told !== undefined && Date.now() - told > REFUSED_KEPT_MS;

export async function sendWaiting() {
  for (const form of await all()) {
    if (isOver(form)) await change((store) => store.delete(form.name));
    else if (form.sealed && !form.refused) await sendOne(form);
  }
}

export async function sendUntilNoneWaits(onChange) {
  for (let repetition = 0; ; repetition += 1) {
    await sendWaiting();
    const left = await count();
    onChange(left);
    if (!left.waiting) return;
    await pauseBefore(repetition);
  }
}

export async function markRefusedAsTold() {
  const untold = (await all()).filter((form) => form.refused && !form.told);
  await change((store) => untold.forEach((form) => store.put({ ...form, told: Date.now() })));
}
