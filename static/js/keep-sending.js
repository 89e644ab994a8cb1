/* A therapist's own device may hold a form that a client filled in while nobody answered. It is
   sent from whichever page is opened next, and whoever is signed in there is told of one that was
   refused: the next client must not be. */
import { count, markRefusedAsTold, sendUntilNoneWaits } from "./waiting-forms.js";

const note = document.querySelector("[data-refused]");

function tell(left) {
  if (note) note.hidden = !left.refused;
}

note?.querySelector("button").addEventListener("click", async () => {
  await markRefusedAsTold();
  note.hidden = true;
});

try {
  tell(await count());
  await sendUntilNoneWaits(tell);
} catch {
  // a device that keeps nothing has nothing to send
}
