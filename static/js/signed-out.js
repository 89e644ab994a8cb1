/* The sign-in page is there because nobody is signed in: staff pages in other tabs empty
   themselves. */
new BroadcastChannel("staff-session").postMessage("ended");
