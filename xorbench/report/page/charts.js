// Draw the charts in the colours of the page, and keep their two parameters the same in all.

import { content, rowsByTable } from "./content.js";

const views = new Map();

function config() {
  const colours = getComputedStyle(document.documentElement);
  const of = (name) => colours.getPropertyValue(name).trim();
  const words = { labelColor: of("--ink"), titleColor: of("--ink"), labelFontSize: 12, titleFontSize: 12 };
  return {
    background: "transparent",
    font: "system-ui, sans-serif",
    view: { stroke: null },
    axis: { ...words, gridColor: of("--grid"), domainColor: of("--pale"), tickColor: of("--pale"), titleFontWeight: "normal" },
    legend: {
      ...words,
      titleFontWeight: "normal",
      labelLimit: 400,
      layout: { top: { anchor: "start", direction: "vertical", margin: 8 } }, // side by side, a phone cuts them off
    },
  };
}

export async function drawCharts(parameters, onClick) {
  for (const view of views.values()) view.finalize();
  views.clear();
  await Promise.all(
    Object.entries(content.charts).map(async ([name, spec]) => {
      const element = document.getElementById(`chart-${name}`);
      const table = element.dataset.table;
      const whole = { ...spec, datasets: { [table]: rowsByTable[table] } };
      const drawn = await window.vegaEmbed(element, whole, {
        mode: "vega-lite",
        actions: false,
        renderer: "svg",
        config: config(),
        tooltip: { theme: "custom" },
        patch: (compiled) => {
          for (const signal of compiled.signals) {
            if (signal.name in parameters) signal.value = parameters[signal.name];
          }
          return compiled;
        },
      });
      drawn.view.addEventListener("click", (_, item) => {
        const datum = item?.datum?.datum ?? item?.datum;
        if (datum && "x" in datum) onClick(datum);
      });
      views.set(name, drawn.view);
    }),
  );
}

export async function setParameters(parameters) {
  await Promise.all(
    [...views.values()].map((view) => {
      for (const [name, value] of Object.entries(parameters)) view.signal(name, value);
      return view.runAsync();
    }),
  );
}
