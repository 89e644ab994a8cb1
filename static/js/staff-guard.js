/* A staff page leaves nothing in the back/forward cache: shown again from there, it reloads, and
   the server answers whoever holds the device now. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
window.addEventListener("pagehide", (event) => {
  if (event.persisted) document.documentElement.replaceChildren();
});
