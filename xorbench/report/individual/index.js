// One run of a sweep, trained again in the page: to look at, to scrub through, and to change.

import { drawHiddenSpace, drawLines, drawUnit } from "./drawing.js";
import { gatesOf, outputsOf } from "./network.js";
import { Trainer } from "./trainer.js";

const SLICE = 12; // milliseconds of training before the page may breathe
const LONGEST = 2_000_000; // epochs that are trained without asking
const WEIGHTS = [
  ["w1", "bias of h1"],
  ["w2", "x1 to h1"],
  ["w3", "x2 to h1"],
  ["w4", "bias of h2"],
  ["w5", "x1 to h2"],
  ["w6", "x2 to h2"],
  ["w7", "bias of y"],
  ["w8", "h1 to y"],
  ["w9", "h2 to y"],
];
const COLORS = ["#2a78c8", "#d66e00", "#5b9a3c"]; // of the weights of h1, h2 and y
const DASHES = [[2, 2], [], [7, 3]]; // bias, first input, second input

const TEMPLATE = `
<p class="individual-verdict" role="status" aria-live="polite"></p>
<div class="individual-scrub">
  <label>Epoch <output class="individual-epoch"></output>
    <input type="range" class="individual-scrubber" min="0" value="0" step="1"></label>
  <button type="button" data-do="play">Play</button>
</div>
<p class="individual-gates"></p>
<div class="individual-maps">
  <figure><canvas data-map="y" role="img"></canvas>
    <figcaption>y over x1 (right) and x2 (up)</figcaption></figure>
  <figure><canvas data-map="h1" role="img"></canvas>
    <figcaption>h1, and its line</figcaption></figure>
  <figure><canvas data-map="h2" role="img"></canvas>
    <figcaption>h2, and its line</figcaption></figure>
  <figure><canvas data-map="space" role="img"></canvas>
    <figcaption>y over h1 (right) and h2 (up)</figcaption></figure>
</div>
<p class="individual-key">Blue is 0, orange is 1. Black corners should give 1, white ones 0; in the last
  picture each stands where the hidden units put it, and y has to draw one line between them.</p>
<div class="individual-charts">
  <figure><canvas data-chart="error" role="img"></canvas>
    <figcaption>Mean squared error over the epochs</figcaption></figure>
  <figure><canvas data-chart="weights" role="img"></canvas>
    <figcaption>Weights over the epochs: h1 blue, h2 orange, y green; biases dotted</figcaption></figure>
</div>
<details class="individual-change">
  <summary>Change the weights and train on</summary>
  <div class="individual-weights"></div>
  <p><label>Learning rate <input type="number" class="individual-rate" min="0" step="any"></label></p>
  <button type="button" data-do="train">Train from these weights</button>
  <button type="button" data-do="more" hidden>Train on</button>
  <button type="button" data-do="reset">Back to the stored run</button>
</details>`;

/**
 * Show a run in an element and train it again.
 *
 * @param element emptied first.
 * @param run { seed, row, weights, settings, stored: { outcome, epochs, h1_gate, ... } }
 * @returns { getState, setState, destroy }
 */
export function mount(element, run) {
  element.innerHTML = TEMPLATE;
  element.classList.add("individual");
  const find = (selector) => element.querySelector(selector);
  const scrubber = find(".individual-scrubber");
  let trainer = new Trainer(run);
  let changed = null; // { weights, rate } where they are not the stored run's
  let shown = null; // the epoch that is looked at; null: the last
  let limit = LONGEST;
  let frame = 0;
  let playing = 0;

  const inputs = WEIGHTS.map(([name, what]) => weightInput(name, what));
  const rateInput = find(".individual-rate");

  function weightInput(name, what) {
    const row = document.createElement("div");
    row.innerHTML = `<label><span>${name}</span> <small>${what}</small>
      <input type="number" step="any" aria-label="${name}, ${what}"></label>
      <input type="range" min="-12" max="12" step="0.01" aria-label="${name}, ${what}">`;
    find(".individual-weights").append(row);
    const [number, slider] = row.querySelectorAll("input");
    number.addEventListener("input", () => {
      slider.value = number.value;
      preview();
    });
    slider.addEventListener("input", () => {
      number.value = slider.value;
      preview();
    });
    return { number, slider };
  }

  function set(weights) {
    inputs.forEach(({ number, slider }, k) => {
      number.value = weights[k];
      slider.value = weights[k];
    });
  }

  /** Show the weights as they are set, before they are trained. */
  function preview() {
    const weights = inputs.map(({ number }) => Number(number.value) || 0);
    drawNetwork(weights);
    say("Weights changed by hand. Train from these weights to see what becomes of them.");
  }

  function say(text) {
    find(".individual-verdict").textContent = text;
  }

  const count = (epochs) => `${epochs.toLocaleString("en")} epoch${epochs === 1 ? "" : "s"}`;
  const ENDINGS = {
    converged: (epochs) => `converged after ${count(epochs)}`,
    max_epochs: (epochs) => `did not converge within ${count(epochs)}`,
    stalled: (epochs) => `stalled after ${count(epochs)}: no weight changes any more`,
    nonfinite: (epochs) => `overflowed after ${count(epochs)}`,
  };

  function verdict() {
    const { outcome, epochs } = trainer;
    if (outcome === null && epochs < limit) return `Training: ${count(epochs)} so far.`;
    if (outcome === null) return `Not ended after ${count(epochs)}; train on if you like.`;
    const here = ENDINGS[outcome](epochs);
    if (changed) return `Changed by hand, the network ${here}.`;
    if (outcome === run.stored.outcome && epochs === run.stored.epochs) {
      return `Trained again in this page, the network ${here}, exactly as stored.`;
    }
    const stored = ENDINGS[run.stored.outcome](run.stored.epochs);
    return (
      `Trained again in this page, the network ${here}; the stored run ${stored}. The ` +
      "browser's exponential may differ from xorbench's in the last bit, and here that is " +
      "enough to part their ways."
    );
  }

  /** The remembered epoch that is nearest to the one looked at. */
  function moment() {
    const { history } = trainer;
    if (shown === null) return history.at(-1);
    return history.reduce((best, one) =>
      Math.abs(one.epoch - shown) < Math.abs(best.epoch - shown) ? one : best,
    );
  }

  function drawNetwork(weights) {
    const { settings } = trainer;
    const { h1_gate: h1, h2_gate: h2, output_gate: output } = gatesOf(weights, settings.activation);
    const named = output.replaceAll("x1", "h1").replaceAll("x2", "h2");
    find(".individual-gates").textContent = `h1 is ${h1}, h2 is ${h2}, y is ${named}.`;
    ["h1", "h2", "y"].forEach((name, unit) => {
      const canvas = find(`[data-map="${name}"]`);
      drawUnit(canvas, weights, unit, settings);
      const gate = { h1, h2, y: named }[name];
      canvas.setAttribute("aria-label", `Map of ${name}; it is ${gate}.`);
    });
    const space = find('[data-map="space"]');
    drawHiddenSpace(space, weights, settings);
    const outputs = outputsOf(weights, settings.activation).map((y) => y.toFixed(3));
    space.setAttribute(
      "aria-label",
      `The four patterns among the hidden units; outputs for 00, 01, 10, 11: ${outputs.join(", ")}.`,
    );
  }

  function draw() {
    const { history, settings } = trainer;
    const now = moment();
    const epochs = history.map(({ epoch }) => epoch);
    scrubber.max = epochs.at(-1);
    scrubber.value = now.epoch;
    scrubber.setAttribute("aria-valuetext", count(now.epoch));
    find(".individual-epoch").textContent = now.epoch.toLocaleString("en");
    drawNetwork(now.weights);
    if (!find(".individual-change").matches(":focus-within")) set(now.weights);
    const mse = history.map((one) => one.mse);
    const error = find('[data-chart="error"]');
    drawLines(error, epochs, [{ values: mse, color: COLORS[0], dash: [] }], {
      at: now.epoch,
      logarithmic: true,
    });
    error.setAttribute("aria-label", `Mean squared error: ${mse[0]} at first, ${mse.at(-1)} at last.`);
    const lines = WEIGHTS.map(([label], k) => ({
      values: history.map(({ weights }) => weights[k]),
      color: COLORS[Math.floor(k / 3)],
      dash: DASHES[k % 3],
      label,
    }));
    const chart = find('[data-chart="weights"]');
    drawLines(chart, epochs, lines, { at: now.epoch, logarithmic: false });
    const last = Array.from(history.at(-1).weights, (w, k) => `${WEIGHTS[k][0]} ${w.toFixed(3)}`);
    chart.setAttribute("aria-label", `Weights at last: ${last.join(", ")}.`);
    find('[data-do="more"]').hidden = trainer.outcome !== null || trainer.epochs < limit;
    say(verdict());
  }

  /** Train in slices, so that the page stays responsive. */
  function work() {
    const end = performance.now() + SLICE;
    while (trainer.outcome === null && trainer.epochs < limit && performance.now() < end) {
      trainer.train(Math.min(200, limit - trainer.epochs));
    }
    const ended = trainer.outcome !== null || trainer.epochs >= limit;
    element.dataset.state = ended ? "ended" : "training";
    if (ended) draw();
    else say(verdict());
    frame = ended ? 0 : requestAnimationFrame(work);
  }

  function begin(weights, rate) {
    stop();
    const settings = { ...run.settings, learning_rate: rate };
    trainer = new Trainer({ ...run, weights, settings });
    limit = LONGEST;
    shown = null;
    rateInput.value = rate;
    element.dataset.state = "training";
    frame = requestAnimationFrame(work);
  }

  function stop() {
    cancelAnimationFrame(frame);
    clearInterval(playing);
    playing = 0;
    find('[data-do="play"]').textContent = "Play";
  }

  const actions = {
    train() {
      const weights = inputs.map(({ number }) => Number(number.value) || 0);
      const rate = Math.max(Number(rateInput.value) || 0, 0);
      changed = { weights, rate };
      begin(weights, rate);
    },
    more() {
      limit += LONGEST;
      frame = requestAnimationFrame(work);
    },
    reset() {
      changed = null;
      begin(run.weights, run.settings.learning_rate);
    },
    play() {
      if (playing) {
        stop();
        return;
      }
      const { history } = trainer;
      let place = shown === null ? 0 : history.indexOf(moment());
      find('[data-do="play"]').textContent = "Pause";
      playing = setInterval(() => {
        place = Math.min(place + Math.max(Math.floor(history.length / 120), 1), history.length - 1);
        shown = history[place].epoch;
        if (place === history.length - 1) stop();
        draw();
      }, 50);
    },
  };
  element.querySelectorAll("[data-do]").forEach((button) => {
    button.addEventListener("click", actions[button.dataset.do]);
  });
  scrubber.addEventListener("input", () => {
    shown = Number(scrubber.value);
    draw();
  });
  const redraw = () => {
    if (element.dataset.state === "ended") draw();
  };
  window.addEventListener("resize", redraw);
  begin(run.weights, run.settings.learning_rate);

  return {
    /** What a link needs to show the same, as texts: the epoch, and what was changed by hand. */
    getState() {
      return {
        epoch: shown,
        weights: changed ? changed.weights.join(",") : null,
        rate: changed ? changed.rate : null,
      };
    },
    /** Show what getState has told; what is missing or no number is the stored run's. */
    setState({ epoch, weights, rate } = {}) {
      const numbers = String(weights ?? "").split(",").map(Number);
      const asked = Number(rate ?? run.settings.learning_rate);
      const usable = numbers.length === 9 && numbers.every(Number.isFinite) && asked >= 0;
      changed = usable ? { weights: numbers, rate: asked } : null;
      begin(usable ? numbers : run.weights, usable ? asked : run.settings.learning_rate);
      shown = Number.isFinite(Number.parseInt(epoch, 10)) ? Number.parseInt(epoch, 10) : null;
    },
    destroy() {
      stop();
      window.removeEventListener("resize", redraw);
      element.replaceChildren();
    },
  };
}
