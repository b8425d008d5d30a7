// Trains one network of a sweep again, epoch by epoch, and remembers its way.

import { Pass, measureOf, outputsOf } from "./network.js";
import { RULES, firstMemory, remembers } from "./optimizers.js";
import { drawOrder, streamAfterWeights } from "./twister.js";

const IN_ORDER = [0, 1, 2, 3];
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
    const settings = readSettings(run.settings);
    const { learning_rate: rate, output_rate_ratio: ratio } = settings;
    // A Float32Array rounds to single precision whatever is written into it, as Math.fround does.
    const Numbers = settings.precision === "single" ? Float32Array : Float64Array;
    this.settings = settings;
    this.rule = RULES[settings.optimizer];
    this.rates = Numbers.from({ length: 9 }, (_, k) => (k < 6 ? rate : rate * ratio));
    this.w = Numbers.from(run.weights);
    this.memory = firstMemory(settings.optimizer, this.rates, Numbers);
    this.pass = new Pass(settings, Numbers);
    this.measure = measureOf(settings.metric, settings.targets);
    this.mse = measureOf("mse", settings.targets);
    this.known = false; // whether the activations are those of the weights as they are
    this.random =
      settings.update === "shuffled" ? streamAfterWeights(run.seed, settings.init) : null;
    this.states = remembers(settings) ? [this.w, ...Object.values(this.memory)] : [this.w];
    this.before = this.states.map((numbers) => numbers.slice());
    this.epochs = 0;
    this.outcome = null;
    this.stride = 1;
    this.history = [];
    this.#remember();
    this.pass.forwardAll(this.w);
    if (this.#holds()) this.outcome = "converged";
  }

  /** Let a run that has had all its epochs have more. */
  goOn() {
    if (this.outcome !== "max_epochs") return;
    this.settings.max_epochs = Infinity;
    this.outcome = null;
  }

  /** Train for at most so many epochs, or until the run ends. */
  train(epochs) {
    const { settings, w, pass } = this;
    for (let count = 0; count < epochs && this.outcome === null; count += 1) {
      copy(this.states, this.before);
      this.#epoch();
      this.epochs += 1;
      if (settings.measured === "after_epoch") {
        pass.forwardAll(w);
        this.known = true;
      }
      if (!finite(w)) this.outcome = "nonfinite";
      else if (this.#holds()) this.outcome = "converged";
      else if (this.#rests()) this.outcome = "stalled";
      else if (this.epochs >= settings.max_epochs) this.outcome = "max_epochs";
      if (this.epochs % this.stride === 0 || this.outcome !== null) this.#remember();
    }
  }

  /** One epoch; it leaves the outputs as they were just before each pattern's own step. */
  #epoch() {
    const { w, pass } = this;
    if (this.settings.update === "batch") {
      if (!this.known) pass.forwardAll(w);
      pass.differentiateAll(w);
      this.#step();
    } else {
      const order = this.random ? drawOrder(this.random) : IN_ORDER;
      for (let k = 0; k < 4; k += 1) this.#present(order[k]);
    }
    this.known = false;
  }

  #present(pattern) {
    this.pass.forward(this.w, pattern);
    this.pass.differentiate(this.w, pattern);
    this.#step();
  }

  #step() {
    this.rule(this.w, this.pass.gradient, this.memory, this.rates, this.settings);
  }

  #holds() {
    return this.measure(this.pass.y) < this.settings.threshold;
  }

  #remember() {
    const { w, epochs, history, settings } = this;
    const mse = this.mse(outputsOf(w, settings.activation));
    history.push({ epoch: epochs, weights: Float64Array.from(w), mse });
    if (history.length > KEPT) {
      this.stride *= 2;
      this.history = history.filter(({ epoch }) => epoch % this.stride === 0 || epoch === epochs);
    }
  }

  /** Has an epoch left everything as it was, so that no later one can differ? */
  #rests() {
    if (!same(this.states, this.before)) return false;
    if (this.random === null) return true;
    // Another order may still lead away, unless no pattern's own step changes anything.
    return IN_ORDER.every((pattern) => {
      this.#present(pattern);
      const still = same(this.states, this.before);
      copy(this.before, this.states);
      return still;
    });
  }
}

function copy(from, to) {
  for (let i = 0; i < from.length; i += 1) to[i].set(from[i]);
}

function finite(numbers) {
  for (let k = 0; k < numbers.length; k += 1) if (!Number.isFinite(numbers[k])) return false;
  return true;
}

/** Are the numbers the same, to the bit? */
function same(ones, others) {
  for (let i = 0; i < ones.length; i += 1) {
    for (let k = 0; k < ones[i].length; k += 1) {
      if (!Object.is(ones[i][k], others[i][k])) return false;
    }
  }
  return true;
}
