// The 2-2-1 network: forward pass, errors and gradients, as xorbench/network.py teaches them.
//
// Weights are w1..w9: w1 w2 w3 are h1's bias and weights of x1, x2; w4 w5 w6 those of h2; w7 w8 w9
// the output's bias and weights of h1, h2. Patterns are in the order 00, 01, 10, 11.

export const PATTERNS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

// Beyond these net inputs the sigmoids of a sweep are constant, 1e-304 (single: 1e-37) from 0 or 1.
// A rule that heeds only the signs of gradients can tell that from 0.
const LARGEST_NET = 700;
const LARGEST_SINGLE_NET = 85;

export function sigmoid(unlimited, largest = LARGEST_NET) {
  const net = Math.min(Math.max(unlimited, -largest), largest);
  const exponential = Math.exp(-Math.abs(net)); // at most 1, so it cannot overflow
  return (net >= 0 ? 1 : exponential) / (1 + exponential);
}

/** A hidden unit's activation, its derivative given the activation, and where it counts as on. */
export const ACTIVATIONS = {
  sigmoid: { value: sigmoid, slope: (h) => h * (1 - h), cut: 0.5, low: 0, high: 1 },
  tanh: { value: Math.tanh, slope: (h) => 1 - h * h, cut: 0, low: -1, high: 1 },
  relu: { value: (z) => Math.max(z, 0), slope: (h) => (h > 0 ? 1 : 0), cut: 0, low: 0, high: 1 },
};

/**
 * The sum of a unit's weighted inputs. A relu may hand on inputs as large as 1e300: two products
 * that overflow with opposite signs would leave no number, so such inputs are scaled down first.
 */
function netInput(bias, weight1, weight2, first, second) {
  const largest = Math.max(Math.abs(first), Math.abs(second));
  if (largest <= 1e7) return bias + weight1 * first + weight2 * second;
  const scaled = bias / largest + weight1 * (first / largest) + weight2 * (second / largest);
  return scaled * largest;
}

/** The activations for any input: [h1, h2, y]. */
export function respond(w, x1, x2, activation) {
  const { value } = ACTIVATIONS[activation];
  const h1 = value(w[0] + w[1] * x1 + w[2] * x2);
  const h2 = value(w[3] + w[4] * x1 + w[5] * x2);
  return [h1, h2, sigmoid(netInput(w[6], w[7], w[8], h1, h2))];
}

/** What y should be for a pattern. */
export function target(pattern, [low, high]) {
  return pattern === 1 || pattern === 2 ? high : low;
}

/**
 * The activations of one network for the four patterns, and the gradient of its error. Training
 * makes millions of them, so they are written into the same few places again and again. `Numbers`
 * is Float64Array, or Float32Array, which rounds whatever is written into it.
 */
export class Pass {
  constructor({ activation, error, targets }, Numbers) {
    this.hidden = ACTIVATIONS[activation];
    this.largest = Numbers === Float32Array ? LARGEST_SINGLE_NET : LARGEST_NET;
    this.likelihood = error === "cross_entropy";
    this.factor = error.startsWith("half_") ? 1 : 2;
    this.share = error.endsWith("sse") ? 1 : 0.25;
    this.targets = PATTERNS.map((_, pattern) => target(pattern, targets));
    this.h1 = new Numbers(4);
    this.h2 = new Numbers(4);
    this.y = new Numbers(4);
    this.gradient = new Numbers(9);
  }

  /** Compute the activations for one pattern. */
  forward(w, pattern) {
    const { hidden, largest, h1, h2, y } = this;
    const x1 = pattern >> 1;
    const x2 = pattern & 1;
    h1[pattern] = hidden.value(w[0] + w[1] * x1 + w[2] * x2, largest);
    h2[pattern] = hidden.value(w[3] + w[4] * x1 + w[5] * x2, largest);
    y[pattern] = sigmoid(netInput(w[6], w[7], w[8], h1[pattern], h2[pattern]), largest);
  }

  forwardAll(w) {
    for (let pattern = 0; pattern < 4; pattern += 1) this.forward(w, pattern);
  }

  /** Compute the derivative of one pattern's own error, whose activations are known. */
  differentiate(w, pattern) {
    this.gradient.fill(0);
    this.#add(w, pattern);
  }

  /** Compute the derivative of the error over all patterns, whose activations are known. */
  differentiateAll(w) {
    const { gradient, share } = this;
    gradient.fill(0);
    for (let pattern = 0; pattern < 4; pattern += 1) this.#add(w, pattern);
    for (let k = 0; k < 9; k += 1) gradient[k] *= share;
  }

  #add(w, pattern) {
    const { hidden, gradient: g } = this;
    const x1 = pattern >> 1;
    const x2 = pattern & 1;
    const h1 = this.h1[pattern];
    const h2 = this.h2[pattern];
    const y = this.y[pattern];
    const residual = y - this.targets[pattern];
    const delta = this.likelihood ? residual : this.factor * residual * y * (1 - y);
    const delta1 = delta * w[7] * hidden.slope(h1);
    const delta2 = delta * w[8] * hidden.slope(h2);
    g[0] += delta1;
    g[1] += delta1 * x1;
    g[2] += delta1 * x2;
    g[3] += delta2;
    g[4] += delta2 * x1;
    g[5] += delta2 * x2;
    g[6] += delta;
    g[7] += delta * h1;
    g[8] += delta * h2;
  }
}

/** The outputs for the four patterns. */
export function outputsOf(w, activation) {
  return PATTERNS.map(([x1, x2]) => respond(w, x1, x2, activation)[2]);
}

/** What a stop rule looks at, as a function of the four outputs. */
export function measureOf(metric, targets) {
  const four = PATTERNS.map((_, pattern) => target(pattern, targets));
  const summed = (term) => (y) =>
    term(y[0], four[0]) + term(y[1], four[1]) + term(y[2], four[2]) + term(y[3], four[3]);
  const squares = summed((y, t) => (y - t) * (y - t));
  const surprise = summed(
    (y, t) => -(t > 0 ? t * Math.log(y) : 0) - (t < 1 ? (1 - t) * Math.log(1 - y) : 0),
  );
  return {
    mse: (y) => squares(y) / 4,
    sse: squares,
    half_mse: (y) => squares(y) / 8,
    half_sse: (y) => squares(y) / 2,
    rms: (y) => Math.sqrt(squares(y) / 4),
    max_error: (y) => Math.max(...four.map((t, pattern) => Math.abs(y[pattern] - t))),
    cross_entropy: (y) => surprise(y) / 4,
  }[metric];
}

const GATES = [
  "FALSE",
  "AND",
  "x1 AND NOT x2",
  "x1",
  "NOT x1 AND x2",
  "x2",
  "XOR",
  "OR",
  "NOR",
  "XNOR",
  "NOT x2",
  "x1 OR NOT x2",
  "NOT x1",
  "NOT x1 OR x2",
  "NAND",
  "TRUE",
];

function gate(values, cut) {
  return GATES[values.reduce((code, value) => 2 * code + (value > cut ? 1 : 0), 0)];
}

/** The Boolean functions of h1 and h2, and that of y of binary hidden units, named x1 and x2. */
export function gatesOf(w, activation) {
  const { cut, low, high } = ACTIVATIONS[activation];
  const binary = (on) => (on ? high : activation === "tanh" ? low : 0);
  const corner = PATTERNS.map(([x1, x2]) => respond(w, x1, x2, activation));
  return {
    h1_gate: gate(corner.map(([h1]) => h1), cut),
    h2_gate: gate(corner.map(([, h2]) => h2), cut),
    output_gate: gate(
      PATTERNS.map(([a, b]) => sigmoid(w[6] + w[7] * binary(a) + w[8] * binary(b))),
      0.5,
    ),
  };
}
