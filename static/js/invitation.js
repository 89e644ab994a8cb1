// The invitation's secret stands behind the "#", where no server and no log sees it. It is moved into
// the form and out of the address; nothing is used up before the button is pressed.

const field = document.querySelector("[name=token]");
const token = location.hash.slice(1);

if (token) {
  history.replaceState(null, "", location.pathname);
  field.value = token;
}
const isWrong = document.querySelector("[role=alert]");
document.querySelector("[data-code]").hidden = Boolean(field.value) && !isWrong;
