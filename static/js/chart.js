// Draws the live figure over the still picture of a chart. A chart that carries its figure comes
// alive with the page; one that names its figure's address when somebody asks to look closer, so
// that neither Plotly nor the figure is loaded for a glance. In print the still picture comes back.

const NARROW = 640;
const dark = matchMedia("(prefers-color-scheme: dark)");
const CONFIG = { displayModeBar: false, responsive: true, doubleClick: "reset" };
let plotly = null;

for (const chart of document.querySelectorAll("figure[data-chart]")) {
  if (chart.dataset.figure) onRequest(chart);
  else comeAlive(chart, figureWithin(chart)).catch(console.warn);
}

function figureWithin(chart) {
  return JSON.parse(chart.querySelector('script[type="application/json"]').textContent);
}

// "Look closer" and "Whole scale" bring the chart to life; the second presses itself then.
function onRequest(chart) {
  chart.classList.add("chart--waiting");
  const buttons = chart.querySelectorAll("[data-chart-live], [data-chart-scale]");
  const controller = new AbortController();
  for (const button of buttons) {
    button.addEventListener("click", () => begin(button), { signal: controller.signal });
  }

  async function begin(button) {
    const said = chart.querySelector("[data-chart-trouble]");
    said.textContent = "";
    for (const each of buttons) each.disabled = true;
    try {
      await comeAlive(chart, await fetched(chart.dataset.figure));
    } catch (error) {
      said.textContent = said.dataset.words; // the still picture is complete without
      console.warn(error);
      return;
    } finally {
      for (const each of buttons) each.disabled = false;
    }
    controller.abort();
    chart.classList.remove("chart--waiting");
    if ("chartScale" in button.dataset) button.click();
    else chart.querySelector("[data-chart-reset]").focus();
  }
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector("[data-plotly]").dataset.plotly;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => {
      plotly = null; // so that the next try asks again
      script.remove();
      reject(new Error("Plotly did not load."));
    });
    document.head.append(script);
  });
  return plotly;
}

async function comeAlive(chart, figure) {
  const Plotly = await loadPlotly();
  const sheet = chart.querySelector("[data-chart-sheet]");
  const still = chart.querySelector(".chart-still");
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
    await Plotly.react(live, shown.data, shown.layout, CONFIG);
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
  await draw();
}

function isNarrow(sheet) {
  return sheet.clientWidth < NARROW;
}

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
