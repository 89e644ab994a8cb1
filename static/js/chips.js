/* Turns each <select data-chip> into a button: every tap is one stronger, after five it is off.
   The digits set it at once, the arrows go from one to the next, Ctrl and Enter save the form.
   The select stays in the form and holds the value. */
const STRONGEST = 5;
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function beside(button, step) {
  const all = [...button.closest(".chips").querySelectorAll(".chip-button")];
  return all[all.indexOf(button) + step];
}

function show(button, select, label) {
  const level = Number(select.value || 0);
  button.dataset.level = String(level);
  button.querySelector(".pips").textContent = "●".repeat(level);
  button.setAttribute("aria-label", level ? `${label}: ${level}` : label);
  button.setAttribute("aria-pressed", String(level > 0));
}

function chip(select) {
  const field = select.closest(".mb-3");
  const label = field.querySelector("label").textContent.trim();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "chip-button";
  button.append(label, Object.assign(document.createElement("span"), { className: "pips" }));
  button.querySelector(".pips").setAttribute("aria-hidden", "true");
  const set = (level) => {
    select.value = level ? String(level) : "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    show(button, select, label);
  };
  button.addEventListener("click", () => set((Number(select.value || 0) + 1) % (STRONGEST + 1)));
  button.addEventListener("keydown", (event) => {
    if (/^[0-5]$/.test(event.key)) set(Number(event.key));
    else if (STEPS[event.key]) beside(button, STEPS[event.key])?.focus();
    else return;
    event.preventDefault();
  });
  show(button, select, label);
  field.hidden = true;
  field.closest(".chips").classList.add("tapped");
  field.after(button);
}

document.querySelectorAll("select[data-chip]").forEach(chip);

/* What does not fit the chosen attendance is put away; the server leaves it out in any case. */
const attendance = document.querySelectorAll("input[name=attendance]");
function fit() {
  const chosen = document.querySelector("input[name=attendance]:checked")?.value;
  for (const block of document.querySelectorAll(".only-attended")) block.hidden = chosen !== "attended";
  for (const block of document.querySelectorAll(".only-cancelled")) block.hidden = !chosen?.startsWith("cancelled_");
}
attendance.forEach((radio) => radio.addEventListener("change", fit));
if (attendance.length) fit();

document.addEventListener("keydown", (event) => {
  const log = document.getElementById("log");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) log.requestSubmit();
});
