/* A staff page leaves nothing behind once the person is signed out. Shown again from the
   back/forward cache it reloads, and the server answers whoever holds the device now. Open in
   another tab, it empties itself as soon as one tab signs out or hands the device over. Whom somebody
   searched for does not stay in the browser's list of pages. */
const channel = new BroadcastChannel("staff-session");

function leave() {
  document.documentElement.replaceChildren();
  window.location.replace("/account/login/");
}

channel.addEventListener("message", leave);

window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
window.addEventListener("pagehide", (event) => {
  if (event.persisted) document.documentElement.replaceChildren();
});

const address = new URL(window.location.href);
if (address.searchParams.has("q")) {
  address.searchParams.delete("q");
  window.history.replaceState(window.history.state, "", address);
}
