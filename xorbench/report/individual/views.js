// The pictures of a run, and the same in words for those who cannot see them.

import { drawHiddenSpace, drawLines, drawUnit } from "./drawing.js";
import { gatesOf, outputsOf } from "./network.js";
import { gatesInWords } from "./verdict.js";
import { WEIGHTS } from "./weights.js";

const COLORS = ["#2a78c8", "#d66e00", "#5b9a3c"]; // of the weights of h1, h2 and y
const DASHES = [[2, 2], [], [7, 3]]; // bias, first input, second input
const NAMES = ["h1", "h2", "y"];

/** Draw what a network with these weights answers, and name its gates. */
export function showNetwork(element, weights, settings) {
  const find = (selector) => element.querySelector(selector);
  const gates = gatesOf(weights, settings.activation);
  find(".individual-gates").textContent = `${gatesInWords(gates)}.`;
  find('[data-gate="h1"]').textContent = gates.h1_gate;
  find('[data-gate="h2"]').textContent = gates.h2_gate;
  const outputs = outputsOf(weights, settings.activation).map((y) => y.toFixed(3)).join(", ");
  NAMES.forEach((name, unit) => {
    const canvas = find(`[data-map="${name}"]`);
    drawUnit(canvas, weights, unit, settings);
    const what = unit < 2 ? gates[`${name}_gate`] : `for 00, 01, 10, 11 it is ${outputs}`;
    canvas.setAttribute("aria-label", `Map of ${name} over x1 and x2: ${what}.`);
  });
  const space = find('[data-map="space"]');
  drawHiddenSpace(space, weights, settings);
  space.setAttribute(
    "aria-label",
    `The four patterns where the hidden units put them; outputs for 00, 01, 10, 11: ${outputs}.`,
  );
}

/** Draw error and weights over the remembered epochs; a line stands at one of them. */
export function showHistory(element, history, at) {
  const find = (selector) => element.querySelector(selector);
  const epochs = history.map(({ epoch }) => epoch);
  const mse = history.map((one) => one.mse);
  const error = find('[data-chart="error"]');
  drawLines(error, epochs, [{ values: mse, color: COLORS[0], dash: [] }], {
    at,
    logarithmic: true,
  });
  const [first, last] = [mse[0], mse.at(-1)].map((value) => value.toPrecision(3));
  error.setAttribute("aria-label", `Mean squared error: ${first} at first, ${last} at last.`);
  const lines = WEIGHTS.map(([label], k) => ({
    values: history.map(({ weights }) => weights[k]),
    color: COLORS[Math.floor(k / 3)],
    dash: DASHES[k % 3],
    label,
  }));
  const chart = find('[data-chart="weights"]');
  drawLines(chart, epochs, lines, { at, logarithmic: false });
  const final = Array.from(history.at(-1).weights, (w, k) => `${WEIGHTS[k][0]} ${w.toFixed(3)}`);
  chart.setAttribute("aria-label", `Weights at last: ${final.join(", ")}.`);
}
