/* A button for what the browser's menu does too; it prints or saves a PDF. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
