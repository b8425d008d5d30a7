// What the individual consists of, before anything is drawn.

import { weightFields } from "./weights.js";

export const KEYS = {
  sigmoid: "Blue is 0, orange is 1.",
  tanh: "Blue is 0 (of a hidden unit: −1), orange is 1.",
  relu: "Blue is 0, orange is 1 (of a hidden unit: or more).",
};

export const TEMPLATE = `
<p class="individual-verdict" role="status" aria-live="polite"></p>
<div class="individual-scrub">
  <label>Epoch <output class="individual-epoch" aria-live="off"></output>
    <input type="range" class="individual-scrubber" min="0" value="0" step="1"></label>
  <button type="button" data-do="play">Play</button>
  <button type="button" data-do="more" hidden>Train on</button>
</div>
<p class="individual-gates"></p>
<div class="individual-maps">
  <figure><canvas data-map="y" role="img"></canvas>
    <figcaption><b>Output y</b> over the inputs x1 (right) and x2 (up)</figcaption></figure>
  <figure><canvas data-map="h1" role="img"></canvas>
    <figcaption><b>Hidden unit h1</b> and its line: <span data-gate="h1"></span></figcaption></figure>
  <figure><canvas data-map="h2" role="img"></canvas>
    <figcaption><b>Hidden unit h2</b> and its line: <span data-gate="h2"></span></figcaption></figure>
  <figure><canvas data-map="space" role="img"></canvas>
    <figcaption><b>What y sees</b>: y over h1 (right) and h2 (up)</figcaption></figure>
</div>
<p class="individual-key"><span data-key></span> Black corners should give 1, white ones 0; in the last
  picture each stands where the hidden units put it, and y has to draw one line between them.</p>
<div class="individual-charts">
  <figure><canvas data-chart="error" role="img"></canvas>
    <figcaption>Mean squared error over the epochs</figcaption></figure>
  <figure><canvas data-chart="weights" role="img"></canvas>
    <figcaption>Weights over the epochs: h1 blue, h2 orange, y green; biases dotted, weights of the
      second input dashed</figcaption></figure>
</div>
<details class="individual-change">
  <summary>Change the weights and train on</summary>
  <form novalidate>
    <p class="individual-origin"></p>
    <div class="individual-weights">${weightFields()}</div>
    <p><label>Learning rate <input type="number" class="individual-rate" min="0" step="any"></label></p>
    <p class="individual-refusal" role="alert"></p>
    <div class="individual-buttons">
      <button type="submit">Train from these weights</button>
      <button type="button" data-do="again">Train from the run's start</button>
      <button type="button" data-do="reset">Back to the stored run</button>
    </div>
  </form>
</details>`;
