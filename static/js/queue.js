/* Keys of the queue: j and k walk the rows, Enter opens, a acknowledges, s snoozes, e closes the
   review. Each is a button too, and none does anything while somebody types or chooses. */
const PLACE = "place in the queue";
const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;

function go(to) {
  if (!rows.length) return;
  rows[at]?.removeAttribute("aria-current");
  at = Math.min(Math.max(to, 0), rows.length - 1);
  rows[at].setAttribute("aria-current", "true");
  rows[at].querySelector("[data-open]").focus();
}

/* Opens what asks for a choice, and puts the finger on its first answer. */
function ask(part) {
  const details = rows[at]?.querySelector(part);
  if (!details) return;
  details.open = true;
  details.querySelector("button[name], input[type=radio]").focus();
}

const deeds = {
  j: () => go(at + 1),
  k: () => go(at - 1),
  a: () => rows[at]?.querySelector("[data-acknowledge]")?.requestSubmit(),
  s: () => ask("[data-snooze]"),
  e: () => ask("[data-resolve]"),
  Enter: () => rows[at]?.querySelector("[data-open]").click(),
};

const isBusy = (target) =>
  target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
  if (event.key === "Enter" || !(event.key in deeds)) return; // Enter follows the link in focus
  event.preventDefault();
  deeds[event.key]();
});

for (const row of rows) {
  row.addEventListener("focusin", () => {
    rows[at]?.removeAttribute("aria-current");
    at = rows.indexOf(row);
    row.setAttribute("aria-current", "true");
  });
  /* After a deed the page comes back; the row at this place is the next one to look at. */
  row.addEventListener("submit", () => sessionStorage.setItem(PLACE, at));
}

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => deeds[button.dataset.key]());
}
for (const keys of document.querySelectorAll("[data-keys]")) keys.hidden = false;

const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (place !== null) go(Number(place));
