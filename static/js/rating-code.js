// A link carries its secret behind the "#", where no server and no log sees it. It is moved into the form
// and out of the address; nothing is used up before the client presses the button.

const token = location.hash.slice(1);
const form = document.querySelector("form");

if (token && form) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.token.value = token;
  for (const part of document.querySelectorAll("[data-code], [data-code-text], [data-code-heading]")) {
    part.hidden = true;
  }
  document.querySelector("[data-link-heading]").hidden = false;
  // Another language is another page: the link's secret goes along.
  for (const language of document.querySelectorAll(".languages a")) {
    language.hash = token;
  }
}
