/* A therapist's own device may hold a form that a client filled in while nobody answered. It is
   sent from whichever page is opened next. */
import { sendUntilNoneWaits } from "./waiting-forms.js";

sendUntilNoneWaits(() => {}).catch(() => {}); // a device that keeps nothing has nothing to send
