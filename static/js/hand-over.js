/* Takes this page's place in the history, so that "back" does not lead to the staff pages. */
window.location.replace(document.querySelector("[data-next]").href);
