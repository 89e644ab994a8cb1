/* The privacy key: F8, or the button in the bar, blurs names while somebody can see the screen. */
const KEPT = "names-hidden";
const button = document.querySelector("[data-privacy]");

function show(hidden) {
  document.body.classList.toggle("hidden-names", hidden);
  button?.setAttribute("aria-pressed", String(hidden));
}

function toggle() {
  const hidden = !document.body.classList.contains("hidden-names");
  sessionStorage.setItem(KEPT, hidden ? "1" : "");
  show(hidden);
}

if (button) {
  button.hidden = false;
  show(sessionStorage.getItem(KEPT) === "1");
  button.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => event.key === "F8" && toggle());
}
