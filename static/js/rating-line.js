// <rating-line>: one line on which a client marks where the hour was, with a finger, a pen or the keyboard.
//
// The server renders words-only radio buttons inside it; they are the form without JavaScript. The element
// takes their place with a drawn line. Its value is the distance of the mark from the low end, in tenths:
// an integer from 0 to 100, or null before the first mark. It fires "input" while the mark moves and
// "change" when it rests. No word in here: every word comes from the page, in the client's language.

const LOWEST = 0;
const HIGHEST = 100;
const MIDDLE = 50;
const KEY_STEP = 1;
const PAGE_STEP = 10;
const NEAR_A_WORD = 4; // tenths either side of a word's own place that still carry that word alone
const HOLD_DELAY_MS = 450;
const HOLD_REPEAT_MS = 90;

const clamp = (value) => Math.min(HIGHEST, Math.max(LOWEST, value));
const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, key) => words[key]);

function make(tag, className, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

class RatingLine extends HTMLElement {
  #value = null;

  connectedCallback() {
    if (this.band) return;
    this.#takeOverRadios();
    this.#draw();
    this.#listen();
    const kept = this.getAttribute("value") || this.checkedWord;
    if (kept) this.#set(Number(kept));
    this.#show();
  }

  get name() {
    return this.getAttribute("name");
  }

  get heading() {
    return this.dataset.heading;
  }

  get value() {
    return this.#value;
  }

  get drawnLength() {
    return this.rule.getBoundingClientRect().width;
  }

  focus(options) {
    this.band.focus(options);
  }

  #takeOverRadios() {
    const fieldset = this.querySelector("fieldset");
    const radios = [...fieldset.querySelectorAll("input[type=radio]")];
    this.words = radios.map((radio) => ({
      at: Number(radio.value),
      text: radio.closest("label").textContent.trim(),
    }));
    this.checkedWord = radios.find((radio) => radio.checked)?.value;
    fieldset.hidden = true;
    fieldset.disabled = true;
  }

  #draw() {
    const { heading, low, high, scale, hint } = this.dataset;
    const hintId = `${this.id}-hint`;
    this.headline = make("h2", "line-heading");
    this.headline.textContent = heading;
    this.band = make("div", "line-band", { tabindex: "0", "aria-describedby": hintId });
    this.rule = this.band.appendChild(make("div", "line-rule"));
    this.mark = this.rule.appendChild(make("div", "line-mark"));
    this.lower = this.#nudge("line-lower", low);
    this.higher = this.#nudge("line-higher", high);
    const ends = make("div", "line-ends", { "aria-hidden": "true" });
    ends.append(make("span", "line-low"), make("span", "line-high"));
    ends.firstChild.textContent = low;
    ends.lastChild.textContent = high;
    this.hint = make("span", "unseen", { id: hintId });
    this.hint.textContent = `${fill(scale, { low, high })} ${hint}`;
    this.input = make("input", "", { type: "hidden", name: this.name });
    this.append(this.headline, this.lower, this.band, this.higher, ends, this.hint, this.input);
    this.toggleAttribute("drawn", true);
  }

  #nudge(className, anchor) {
    const button = make("button", `line-nudge ${className}`, {
      type: "button",
      "aria-label": `${this.heading}. ${fill(this.dataset.nudge, { anchor })}`,
    });
    return button;
  }

  #listen() {
    this.band.addEventListener("pointerdown", (event) => this.#grasp(event));
    this.band.addEventListener("pointermove", (event) => this.#follow(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.band.addEventListener(end, (event) => this.#release(event));
    }
    this.band.addEventListener("click", (event) => this.#assistedClick(event));
    this.band.addEventListener("keydown", (event) => this.#key(event));
    this.#holdable(this.lower, -KEY_STEP);
    this.#holdable(this.higher, KEY_STEP);
  }

  #grasp(event) {
    if (!event.isPrimary || event.button !== 0 || this.held !== undefined) return;
    this.held = event.pointerId;
    this.band.setPointerCapture(event.pointerId);
    this.toggleAttribute("held", true);
    this.#mark(this.#valueAt(event.clientX));
  }

  #follow(event) {
    if (event.pointerId === this.held) this.#mark(this.#valueAt(event.clientX));
  }

  #release(event) {
    if (event.pointerId !== this.held) return;
    this.held = undefined;
    this.toggleAttribute("held", false);
    this.#rest();
  }

  // A screen reader may send a click without any pointer: it begins in the middle, to be moved from there.
  #assistedClick(event) {
    if (event.detail === 0 && this.#value === null) this.#settle(MIDDLE);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = this.#valueAfter(event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.#settle(next);
  }

  #valueAfter(key) {
    if (key === "Home") return LOWEST;
    if (key === "End") return HIGHEST;
    if (this.#value === null && (key === "Enter" || key === " ")) return MIDDLE;
    const step = this.#stepOf(key);
    if (step === undefined) return undefined;
    return this.#value === null ? MIDDLE : clamp(this.#value + step);
  }

  #stepOf(key) {
    const towardsHigh = this.#rightToLeft ? -KEY_STEP : KEY_STEP;
    return {
      ArrowRight: towardsHigh,
      ArrowLeft: -towardsHigh,
      ArrowUp: KEY_STEP,
      ArrowDown: -KEY_STEP,
      PageUp: PAGE_STEP,
      PageDown: -PAGE_STEP,
    }[key];
  }

  // One press moves one step; a press that is held goes on moving until it is let go.
  #holdable(button, step) {
    let timer;
    let repeated = false;
    const move = () => this.#settle(clamp(this.#value + step));
    const stop = () => clearTimeout(timer);
    const repeat = () => {
      repeated = true;
      move();
      timer = setTimeout(repeat, HOLD_REPEAT_MS);
    };
    button.addEventListener("pointerdown", () => {
      repeated = false;
      timer = setTimeout(repeat, HOLD_DELAY_MS);
    });
    for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
      button.addEventListener(end, stop);
    }
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (!repeated) move();
      repeated = false;
    });
  }

  get #rightToLeft() {
    return getComputedStyle(this).direction === "rtl";
  }

  #valueAt(clientX) {
    const { left, width } = this.rule.getBoundingClientRect();
    const share = (clientX - left) / width;
    return clamp(Math.round((this.#rightToLeft ? 1 - share : share) * HIGHEST));
  }

  #set(value) {
    this.#value = value;
    this.input.value = value;
  }

  #mark(value) {
    if (value === this.#value) return;
    this.#set(value);
    this.#show();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #rest() {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #settle(value) {
    this.#mark(value);
    this.#rest();
  }

  #show() {
    const marked = this.#value !== null;
    this.toggleAttribute("marked", marked);
    if (marked) this.#showAsSlider();
    else this.#showAsButton();
  }

  #showAsButton() {
    this.band.setAttribute("role", "button");
    this.band.setAttribute("aria-label", `${this.heading}. ${this.dataset.unmarked}`);
  }

  #showAsSlider() {
    const states = {
      role: "slider",
      "aria-label": this.heading,
      "aria-orientation": "horizontal",
      "aria-valuemin": LOWEST,
      "aria-valuemax": HIGHEST,
      "aria-valuenow": this.#value,
      "aria-valuetext": this.inWords,
    };
    for (const [name, value] of Object.entries(states)) this.band.setAttribute(name, value);
    this.mark.style.setProperty("--at", `${this.#value}%`);
  }

  // The place of the mark as a person would say it: a word, or between two of them.
  get inWords() {
    const near = this.words.find((word) => Math.abs(word.at - this.#value) <= NEAR_A_WORD);
    if (near) return near.text;
    const above = this.words.findIndex((word) => word.at > this.#value);
    const [low, high] = [this.words[above - 1].text, this.words[above].text];
    return fill(this.dataset.between, { low, high });
  }
}

customElements.define("rating-line", RatingLine);
