// A form that comes back with something to mend opens at the first such field, however long the page.
const first = document.querySelector("main [aria-invalid=true]");
if (first) {
  first.closest("details")?.setAttribute("open", "");
  first.focus();
}
