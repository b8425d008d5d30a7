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

export function sigmoid(net) {
  const exponential = Math.exp(-Math.abs(net)); // at most 1, so it cannot overflow
  return (net >= 0 ? 1 : exponential) / (1 + exponential);
}

/** A hidden unit's activation, its derivative given the activation, and where it counts as on. */
export const ACTIVATIONS = {
  sigmoid: { value: sigmoid, slope: (h) => h * (1 - h), cut: 0.5, low: 0, high: 1 },
  tanh: { value: Math.tanh, slope: (h) => 1 - h * h, cut: 0, low: -1, high: 1 },
  relu: { value: (z) => Math.max(z, 0), slope: (h) => (h > 0 ? 1 : 0), cut: 0, low: 0, high: 1 },
};

/** The activations for any input: [h1, h2, y]. */
export function respond(w, x1, x2, activation) {
  const { value } = ACTIVATIONS[activation];
  const h1 = value(w[0] + w[1] * x1 + w[2] * x2);
  const h2 = value(w[3] + w[4] * x1 + w[5] * x2);
  return [h1, h2, sigmoid(w[6] + w[7] * h1 + w[8] * h2)];
}

/** What y should be for a pattern. */
export function target(pattern, [low, high]) {
  return pattern === 1 || pattern === 2 ? high : low;
}

/** The derivative of a pattern's own error by w1..w9, and the output. */
export function patternGradient(w, pattern, settings) {
  const [x1, x2] = PATTERNS[pattern];
  const { slope } = ACTIVATIONS[settings.activation];
  const [h1, h2, y] = respond(w, x1, x2, settings.activation);
  const residual = y - target(pattern, settings.targets);
  const factor = settings.error.startsWith("half_") ? 1 : 2;
  const delta =
    settings.error === "cross_entropy" ? residual : factor * residual * y * (1 - y);
  const delta1 = delta * w[7] * slope(h1);
  const delta2 = delta * w[8] * slope(h2);
  const gradient = [
    delta1,
    delta1 * x1,
    delta1 * x2,
    delta2,
    delta2 * x1,
    delta2 * x2,
    delta,
    delta * h1,
    delta * h2,
  ];
  return [gradient, y];
}

/** The derivative of the error over all patterns by w1..w9, and the four outputs. */
export function batchGradient(w, settings) {
  const total = new Float64Array(9);
  const outputs = [];
  for (let pattern = 0; pattern < 4; pattern += 1) {
    const [gradient, y] = patternGradient(w, pattern, settings);
    outputs.push(y);
    for (let k = 0; k < 9; k += 1) total[k] += gradient[k];
  }
  const mean = settings.error.endsWith("sse") ? 1 : 0.25;
  return [total.map((sum) => sum * mean), outputs];
}

/** The outputs for the four patterns. */
export function outputsOf(w, activation) {
  return PATTERNS.map(([x1, x2]) => respond(w, x1, x2, activation)[2]);
}

/** What a stop rule looks at. */
export function measure(outputs, metric, targets) {
  const residuals = outputs.map((y, pattern) => y - target(pattern, targets));
  if (metric === "max_error") return Math.max(...residuals.map(Math.abs));
  if (metric === "cross_entropy") {
    const terms = outputs.map((y, pattern) => {
      const t = target(pattern, targets);
      return (t ? -t * Math.log(y) : 0) - (t < 1 ? (1 - t) * Math.log(1 - y) : 0);
    });
    return terms.reduce((sum, term) => sum + term) / 4;
  }
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  const whole = metric.endsWith("sse") ? squares : squares / 4;
  return metric === "rms" ? Math.sqrt(whole) : metric.startsWith("half_") ? whole / 2 : whole;
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
