// The client's form around the four lines: what is still missing, which side was meant, sending once.
// Without this module the form is an ordinary one: radio buttons, a POST, the server's own messages.

import { forgetPage } from "./kept-pages.js";
import { pauseBefore, send } from "./rating-send.js";
import { makeSteps } from "./rating-steps.js";
import { canKeep, keep, sendNamed } from "./waiting-forms.js";

const MILLIMETRES_PER_PIXEL = 25.4 / 96;
const FULL_LENGTH_MM = 100;
const MIDDLE = 50;
const SERVER_ANSWERS_WITHIN_MS = 6000;

const opened = performance.now();
const form = document.getElementById("rating");
const lines = [...form.querySelectorAll("rating-line")];
const sidePanel = document.querySelector("[data-side]");
const missingPanel = form.querySelector("[data-missing]");
const statusText = form.querySelector("[data-status]");
const spokenText = form.querySelector("[data-spoken]");
const askedAbout = new Set();
const spokenAbout = new Set();
let sending = false;

if (form.dataset.lineLengthPx) {
  document.documentElement.style.setProperty("--line-length", `${form.dataset.lineLengthPx}px`);
}
const steps = makeSteps(form, lines);
const { sealingKey } = form.dataset;
const keeping = sealingKey ? canKeep() : Promise.resolve(false);
keeping.then((can) => (form.querySelector("[data-cannot-keep]").hidden = can || !sealingKey));

const say = (text) => (statusText.textContent = text);
const unmarked = () => lines.filter((line) => line.value === null);

function nameOnly(panel, named) {
  const names = new Set(named.map((line) => line.name));
  for (const item of panel.querySelectorAll("[data-for]")) item.hidden = !names.has(item.dataset.for);
}

function bringTo(line) {
  steps.goTo(line);
  line.focus();
}

function showMissing(named) {
  nameOnly(missingPanel, named);
  missingPanel.hidden = named.length === 0;
  form.classList.toggle("has-missing", named.length > 0);
  for (const line of lines) line.toggleAttribute("missing", named.includes(line));
}

function askForMissing(named) {
  showMissing(named);
  bringTo(named[0]);
}

// A mark on the low side is welcome; the question only catches a line that was read the wrong way round.
function askWhichSide(low) {
  low.forEach((line) => askedAbout.add(line));
  nameOnly(sidePanel, low);
  sidePanel.dataset.first = low[0].name;
  sidePanel.showModal();
}

function changeSide() {
  sidePanel.close();
  bringTo(lines.find((line) => line.name === sidePanel.dataset.first));
}

function finish() {
  const missing = unmarked();
  if (missing.length) return askForMissing(missing);
  const low = lines.filter((line) => line.value < MIDDLE && !askedAbout.has(line));
  if (low.length && sidePanel.showModal) return askWhichSide(low);
  return deliver(bodyOf());
}

// What the line measured on the glass. A calibrated tablet says how many pixels are ten centimetres on it.
function drawnMillimetres() {
  const drawn = Math.max(...lines.map((line) => line.drawnLength));
  const calibrated = Number(form.dataset.lineLengthPx);
  return Math.round(drawn * (calibrated ? FULL_LENGTH_MM / calibrated : MILLIMETRES_PER_PIXEL));
}

function bodyOf() {
  form.elements.seconds.value = Math.round((performance.now() - opened) / 1000);
  form.elements.line_length_mm.value = drawnMillimetres();
  return new URLSearchParams(new FormData(form));
}

// Who would rather not answer leaves no marks behind.
function refusal() {
  const body = bodyOf();
  for (const line of lines) body.delete(line.name);
  body.set("declined", "1");
  return body;
}

async function deliver(body) {
  if (sending) return;
  setSending(true);
  showMissing([]);
  say(form.dataset.saving);
  const name = await keepSealed(body);
  if (name) await handInKept(name);
  else receive(await send(form.action, body, () => say(form.dataset.retrying)));
}

// The name under which the answers now lie on this device, or null: then only the open way is left.
async function keepSealed(body) {
  if (!(await keeping)) return null;
  try {
    return await keep(sealingKey, Object.fromEntries(body));
  } catch {
    return null; // the storage is full, or was taken away since
  }
}

// The answers are safe now. The client waits for the server a moment; after that the page of the kept form
// goes on sending, and so does every page opened later. Where that page would not open, this one goes on.
async function handInKept(name) {
  removeEventListener("beforeunload", keepOpen);
  const stop = performance.now() + SERVER_ANSWERS_WITHIN_MS;
  for (let repetition = 0; ; repetition += 1) {
    const opensWithoutServer = navigator.serviceWorker?.controller;
    const attempts = opensWithoutServer ? [sendNamed(name), silence(stop)] : [sendNamed(name)];
    const result = await Promise.race(attempts);
    if (result.refused) return say(form.dataset.unsendable);
    if (result.sent) return leaveFor(result.next ?? form.dataset.kept);
    say(form.dataset.keptWords);
    if (performance.now() > stop && opensWithoutServer) return leaveFor(form.dataset.kept);
    await pauseBefore(repetition);
  }
}

const silence = (until) =>
  new Promise((resolve) => setTimeout(() => resolve({}), until - performance.now()));

async function leaveFor(address) {
  say(form.dataset.saved);
  await forgetPage(form.action).catch(() => {});
  location.replace(address);
}

function setSending(state) {
  sending = state;
  form.toggleAttribute("data-sending", state);
  for (const part of form.querySelectorAll(".lines, .steps, .talk, .done, .decline")) part.inert = state;
}

function receive({ status, url, answer }) {
  if (status >= 200 && status < 300) {
    say(form.dataset.saved);
    removeEventListener("beforeunload", keepOpen);
    location.replace(answer.next ?? url);
    return;
  }
  setSending(false);
  const named = lines.filter((line) => answer.errors && line.name in answer.errors);
  if (named.length) askForMissing(named);
  say(named.length ? "" : form.dataset.unsendable);
}

// The first mark turns a button into a slider; not every screen reader tells that by itself.
function afterMark(line) {
  if (!spokenAbout.has(line)) spokenText.textContent = `${line.heading}: ${line.inWords}`;
  spokenAbout.add(line);
  document.querySelector(".languages")?.toggleAttribute("data-past", true);
  if (line.hasAttribute("missing")) {
    showMissing(lines.filter((other) => other.hasAttribute("missing") && other !== line));
  }
}

function keepOpen(event) {
  if (sending) event.preventDefault();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "declined") deliver(refusal());
  else finish();
});
form.addEventListener("change", (event) => {
  if (lines.includes(event.target)) afterMark(event.target);
});
missingPanel.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  bringTo(document.getElementById(link.hash.slice(1)));
});
sidePanel.querySelector("[data-side-change]").addEventListener("click", changeSide);
sidePanel.querySelector("[data-side-yes]").addEventListener("click", () => {
  sidePanel.close();
  finish();
});
addEventListener("beforeunload", keepOpen);

performance.mark("form-usable"); // what `make lighthouse` waits for
