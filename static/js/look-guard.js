// The page leaves by itself when its time is over, and what two people looked at is gone when the device goes on: a page that the browser kept asks the server again,
// and the server shows it only while the ticket's cookie is there and its time has not run out.
const { secondsLeft, then } = document.body.dataset;
setTimeout(() => location.replace(then), Number(secondsLeft) * 1000);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
addEventListener("pagehide", (event) => {
  if (event.persisted) document.documentElement.replaceChildren();
});
