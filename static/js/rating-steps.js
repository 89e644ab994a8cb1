// On a narrow screen (under 480 px at the usual text size) the lines come one at a time. Nothing is taken out of the form: what is not on the
// screen keeps its mark. On a wide screen every line is there and the steps do not exist.

const narrow = matchMedia("(max-width: 29.99em)");

export function makeSteps(form, lines) {
  const bar = form.querySelector("[data-steps]");
  const back = form.querySelector("[data-back]");
  const next = form.querySelector("[data-next]");
  const dots = [...bar.querySelectorAll("i")];
  let at = 0;

  function show() {
    const single = narrow.matches;
    form.classList.toggle("single", single);
    form.classList.toggle("at-first", single && at === 0);
    form.classList.toggle("at-last", !single || at === lines.length - 1);
    bar.hidden = !single;
    lines.forEach((line, index) => (line.hidden = single && index !== at));
    dots.forEach((dot, index) => dot.toggleAttribute("data-here", index === at));
    back.hidden = at === 0;
    next.hidden = at === lines.length - 1;
  }

  function goTo(index) {
    at = index;
    show();
  }

  function walk(by) {
    goTo(at + by);
    scrollTo(0, 0);
    lines[at].focus({ preventScroll: true, focusVisible: false });
  }

  back.addEventListener("click", () => walk(-1));
  next.addEventListener("click", () => walk(1));
  narrow.addEventListener("change", show);
  show();
  return { goTo: (line) => goTo(lines.indexOf(line)) };
}
