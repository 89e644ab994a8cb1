// Shows the therapist where the form on the tablet stands, for as long as its ticket can last.

import { keepAsking } from "./asking.js";

const MOVING = new Set(["waiting", "opened"]);

const place = document.querySelector("[data-state]");

function show({ state }) {
  if (state !== place.dataset.state) {
    place.dataset.state = state;
    for (const part of document.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(state);
    }
  }
  return MOVING.has(state);
}

if (MOVING.has(place.dataset.state)) keepAsking(place.dataset.stateUrl, show);
