// "Larger text", kept while one client goes from page to page and forgotten when the tablet is handed back.

const KEY = "alliance-larger-text";
const root = document.documentElement;
const toggle = document.querySelector("[data-larger-text]");

const remembered = () => {
  try {
    return sessionStorage.getItem(KEY) === "yes";
  } catch {
    return false; // storage refused: the choice then holds for this page
  }
};

function remember(larger) {
  try {
    if (larger) sessionStorage.setItem(KEY, "yes");
    else sessionStorage.removeItem(KEY);
  } catch {
    root.dataset.textKept = "no";
  }
}

function apply(larger) {
  root.classList.toggle("larger-text", larger);
  toggle?.setAttribute("aria-pressed", String(larger));
}

// The page that waits for the next client forgets before it shows itself, the one that thanks afterwards.
const forget = document.querySelector("[data-forget]");
if (forget?.dataset.forget === "at-once") remember(false);
apply(remembered());
if (forget) remember(false);
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const larger = toggle.getAttribute("aria-pressed") !== "true";
    apply(larger);
    remember(larger);
  });
}
