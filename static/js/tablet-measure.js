// A drawn bank card is made as wide as a real one held against the glass: by buttons, keys or dragging.

const form = document.querySelector("[data-measure]");
const card = document.querySelector("[data-card]");
const width = form.elements.card_px;

function draw() {
  card.style.setProperty("--card", `${width.value}px`);
}

function setWidth(pixels) {
  width.value = Math.round(pixels); // the field keeps it within its bounds
  draw();
}

// The edge follows the finger; in a right-to-left page it is the left one.
function follow(event) {
  const box = card.getBoundingClientRect();
  const isRightToLeft = getComputedStyle(card).direction === "rtl";
  setWidth(isRightToLeft ? box.right - event.clientX : event.clientX - box.left);
}

for (const button of form.querySelectorAll("[data-by]")) {
  button.addEventListener("click", () => setWidth(Number(width.value) + Number(button.dataset.by)));
}
width.addEventListener("input", draw);
card.addEventListener("pointerdown", (event) => {
  card.setPointerCapture(event.pointerId);
  follow(event);
});
card.addEventListener("pointermove", (event) => {
  if (card.hasPointerCapture(event.pointerId)) follow(event);
});
form.querySelector("[data-save]").hidden = false;
draw();
