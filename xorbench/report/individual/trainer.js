// Trains one network of a sweep again, epoch by epoch, and remembers its way.

import { batchGradient, measure, outputsOf, patternGradient } from "./network.js";
import { RULES, firstMemory } from "./optimizers.js";
import { drawOrder, streamAfterWeights } from "./twister.js";

const KEPT = 4000; // as many epochs as are remembered before every second one is dropped

/** Settings as the trainer wants them: numbers, the targets as two, the stop rule taken apart. */
export function readSettings(settings) {
  const [metric, threshold] = settings.stop.split("<").map((part) => part.trim());
  return {
    optimizer: "gradient_descent",
    momentum: 0,
    output_rate_ratio: 1,
    rprop_increase: 1.2,
    rprop_decrease: 0.5,
    rprop_smallest_step: 1e-6,
    rprop_largest_step: 50,
    adam_beta1: 0.9,
    adam_beta2: 0.999,
    adam_epsilon: 1e-8,
    quickprop_growth: 1.75,
    init: null,
    ...settings,
    targets: String(settings.targets ?? "0,1").split(",").map(Number),
    metric,
    threshold: Number(threshold),
  };
}

export class Trainer {
  constructor(run) {
    this.settings = readSettings(run.settings);
    this.seed = run.seed;
    this.start = Float64Array.from(run.weights);
    this.restart(this.start);
  }

  /** Begin anew, from these weights. */
  restart(weights) {
    const { single, settings } = this;
    const { learning_rate: rate, output_rate_ratio: ratio } = settings;
    this.w = Float64Array.from(weights, single ? Math.fround : Number);
    this.rates = Float64Array.from({ length: 9 }, (_, k) => (k < 6 ? rate : rate * ratio));
    this.memory = firstMemory(settings.optimizer, this.rates);
    this.random =
      settings.update === "shuffled" ? streamAfterWeights(this.seed, settings.init) : null;
    this.epochs = 0;
    this.outcome = null;
    this.stride = 1;
    this.history = [];
    this.#remember();
    if (this.#holds(outputsOf(this.w, settings.activation))) this.outcome = "converged";
  }

  get single() {
    return this.settings.precision === "single";
  }

  #holds(outputs) {
    const { metric, threshold, targets } = this.settings;
    return measure(outputs, metric, targets) < threshold;
  }

  #remember() {
    if (this.epochs % this.stride) return;
    this.history.push({ epoch: this.epochs, weights: Float64Array.from(this.w) });
    if (this.history.length > KEPT) {
      this.stride *= 2;
      this.history = this.history.filter(({ epoch }) => epoch % this.stride === 0);
    }
  }

  #step(gradient) {
    RULES[this.settings.optimizer](this.w, gradient, this.memory, this.rates, this.settings);
    if (this.single) {
      for (const numbers of [this.w, this.memory.first, this.memory.second]) {
        numbers.forEach((value, k) => {
          numbers[k] = Math.fround(value);
        });
      }
    }
  }

  /** One epoch; returns the outputs as they were just before each pattern's own step. */
  #epoch() {
    const { settings } = this;
    if (settings.update === "batch") {
      const [gradient, outputs] = batchGradient(this.w, settings);
      this.#step(gradient);
      return outputs;
    }
    const order = this.random ? drawOrder(this.random) : [0, 1, 2, 3];
    const outputs = new Array(4);
    for (const pattern of order) {
      const [gradient, y] = patternGradient(this.w, pattern, settings);
      outputs[pattern] = y;
      this.#step(gradient);
    }
    return outputs;
  }

  /** Train for at most so many epochs, or until the run ends. */
  train(epochs) {
    const { settings } = this;
    for (let count = 0; count < epochs && this.outcome === null; count += 1) {
      const before = this.#state();
      const during = this.#epoch();
      this.epochs += 1;
      const outputs =
        settings.measured === "during_epoch" ? during : outputsOf(this.w, settings.activation);
      if (!this.w.every(Number.isFinite)) this.outcome = "nonfinite";
      else if (this.#holds(outputs)) this.outcome = "converged";
      else if (this.#rests(before)) this.outcome = "stalled";
      else if (this.epochs >= settings.max_epochs) this.outcome = "max_epochs";
      this.#remember();
    }
    const last = this.history.at(-1);
    if (this.outcome !== null && last.epoch !== this.epochs) {
      this.history.push({ epoch: this.epochs, weights: Float64Array.from(this.w) });
    }
  }

  /** Has an epoch left everything as it was, so that no later one can differ? */
  #rests(before) {
    const same = (numbers) => numbers.every((value, k) => Object.is(value, before[k]));
    if (!same(this.#state())) return false;
    if (this.random === null) return true;
    // Another order may still lead away, unless no pattern's own step changes anything.
    const { w, memory } = this;
    const still = [0, 1, 2, 3].every((pattern) => {
      this.w = Float64Array.from(w);
      this.memory = structuredClone(memory);
      this.#step(patternGradient(this.w, pattern, this.settings)[0]);
      return same(this.#state());
    });
    this.w = w;
    this.memory = memory;
    return still;
  }

  #state() {
    const { optimizer, momentum } = this.settings;
    // Without momentum the last change has no influence on the next step.
    if (optimizer === "gradient_descent" && momentum === 0) return Array.from(this.w);
    const { first, second, ones } = this.memory;
    return [...this.w, ...first, ...second, ...ones];
  }
}
