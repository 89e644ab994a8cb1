// Draws the live figure over the still picture of each chart, once Plotly is there. Without
// Plotly the still picture stays; in print it comes back.

const NARROW = 640;
const dark = matchMedia("(prefers-color-scheme: dark)");
const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset" };

function start() {
  if (!window.Plotly) return;
  for (const chart of document.querySelectorAll("figure[data-chart]")) liveChart(chart);
}

function liveChart(chart) {
  const sheet = chart.querySelector("[data-chart-sheet]");
  const still = chart.querySelector(".chart-still");
  const figure = JSON.parse(chart.querySelector('script[type="application/json"]').textContent);
  const live = document.createElement("div");
  live.className = "chart-live";
  live.dir = "ltr"; // time runs to the right in every language
  live.setAttribute("role", "img");
  live.setAttribute("aria-label", inWords(still));
  sheet.append(live);

  const stillHeight = still.offsetHeight;
  const startedNarrow = isNarrow(sheet);
  let fullScale = false;
  let wasNarrow = null;
  let revision = 0;

  async function draw() {
    wasNarrow = isNarrow(sheet);
    const shown = themed(figure, chart);
    if (wasNarrow === startedNarrow) shown.layout.height = stillHeight; // nothing jumps
    shown.layout.uirevision = revision;
    if (wasNarrow) Object.assign(shown.layout, shown.layout.meta.narrow);
    if (fullScale) showFullScale(shown.layout);
    await window.Plotly.react(live, shown.data, shown.layout, CONFIG);
    chart.classList.add("chart--live");
  }

  chart.querySelector("[data-chart-reset]").addEventListener("click", () => {
    revision += 1;
    draw();
  });
  chart.querySelector("[data-chart-scale]")?.addEventListener("click", (event) => {
    fullScale = !fullScale;
    event.currentTarget.setAttribute("aria-pressed", String(fullScale));
    draw();
  });
  dark.addEventListener("change", draw);
  new ResizeObserver(() => isNarrow(sheet) === wasNarrow || draw()).observe(sheet);
  draw();
}

const isNarrow = (sheet) => sheet.clientWidth < NARROW;

function inWords(still) {
  const picture = still.querySelector("svg");
  return [picture.querySelector("title"), picture.querySelector("desc")]
    .map((each) => each?.textContent ?? "")
    .join(". ");
}

// The figure's light colours, each exchanged for what its CSS variable says now.
function themed(figure, chart) {
  const style = getComputedStyle(chart);
  const now = Object.fromEntries(
    Object.entries(figure.layout.meta.variables).map(([colour, name]) => [
      colour,
      style.getPropertyValue(name).trim() || colour,
    ]),
  );
  const exchanged = (value) => {
    if (typeof value === "string") return now[value] ?? value;
    if (Array.isArray(value)) return value.map(exchanged);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, exchanged(each)]));
  };
  const shown = exchanged(figure);
  shown.layout.font.family = style.fontFamily;
  return shown;
}

function showFullScale(layout) {
  const [, top] = layout.yaxis.range;
  layout.yaxis = { ...layout.yaxis, range: [0, top], ...layout.meta.full_scale };
  layout.shapes = layout.shapes.filter((shape) => shape.name !== "axis-break");
}

if (document.readyState === "complete" || window.Plotly) start();
else addEventListener("load", start, { once: true });
