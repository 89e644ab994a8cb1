// Shows how far a client's copy is, and the page anew when it has come a step further.

import { keepAsking } from "./asking.js";

const place = document.querySelector("[data-copy-state]");
const bar = place.querySelector("progress");

keepAsking(place.dataset.stateUrl, ({ state, parts_made: made }) => {
  if (state !== place.dataset.copyState) {
    location.reload();
    return false;
  }
  if (bar) bar.value = made;
  return true;
});
