/* Keys of the queue: j and k walk the rows, Enter opens, a acknowledges. All are buttons too. */
const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;

function go(step) {
  if (!rows.length) return;
  at = Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[at].querySelector("a").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey) return;
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
  if (event.key === "a" && at >= 0) rows[at].querySelector("[data-acknowledge]")?.requestSubmit();
});
