// How a step follows from a gradient, each weight for itself: the rules of xorbench/optimizers.py,
// where their papers are named. A rule changes the weights `w` and what it remembers, in place.

export const RULES = {
  gradient_descent(w, g, memory, rates, { momentum }) {
    const v = memory.first;
    for (let k = 0; k < 9; k += 1) {
      v[k] = momentum * v[k] - rates[k] * g[k];
      w[k] += v[k];
    }
  },

  nesterov(w, g, memory, rates, { momentum }) {
    const v = memory.first;
    for (let k = 0; k < 9; k += 1) {
      v[k] = momentum * v[k] - rates[k] * g[k];
      w[k] += momentum * v[k] - rates[k] * g[k];
    }
  },

  rprop(w, gradient, memory, rates, settings) {
    const { first: last, second: step } = memory;
    for (let k = 0; k < 9; k += 1) {
      const agreement = Math.sign(gradient[k]) * Math.sign(last[k]);
      if (agreement > 0) {
        step[k] = Math.min(step[k] * settings.rprop_increase, settings.rprop_largest_step);
      } else if (agreement < 0) {
        step[k] = Math.max(step[k] * settings.rprop_decrease, settings.rprop_smallest_step);
      }
      last[k] = agreement < 0 ? 0 : gradient[k];
      w[k] -= Math.sign(last[k]) * step[k];
    }
  },

  adam(w, g, memory, rates, { adam_beta1: beta1, adam_beta2: beta2, adam_epsilon: epsilon }) {
    const { first: mean, second: square, ones } = memory;
    ones[0] = beta1 * ones[0] + (1 - beta1);
    ones[1] = beta2 * ones[1] + (1 - beta2);
    for (let k = 0; k < 9; k += 1) {
      mean[k] = beta1 * mean[k] + (1 - beta1) * g[k];
      square[k] = beta2 * square[k] + (1 - beta2) * g[k] * g[k];
      const root = Math.sqrt(square[k] / ones[1]);
      w[k] -= (rates[k] * (mean[k] / ones[0])) / (root + epsilon);
    }
  },

  quickprop(w, g, memory, rates, { quickprop_growth: growth }) {
    const { first: step, second: last } = memory;
    for (let k = 0; k < 9; k += 1) {
      const now = -g[k] * Math.sign(step[k]);
      const then = -last[k] * Math.sign(step[k]);
      const far = now >= then * (growth / (1 + growth));
      const quotient = far ? growth : now / (then - now);
      const down = now > 0 || step[k] === 0 ? rates[k] * g[k] : 0;
      step[k] = quotient * step[k] - down;
      last[k] = g[k];
      w[k] += step[k];
    }
  },
};

/** Where a weight's next step is not only its own gradient's, but also its past's. */
export function remembers({ optimizer, momentum }) {
  return optimizer !== "gradient_descent" || momentum !== 0;
}

/** What the optimizer remembers before the first step. */
export function firstMemory(optimizer, rates, Numbers) {
  const memory = {
    first: new Numbers(9),
    second: new Numbers(9),
    ones: new Numbers(2),
  };
  if (optimizer === "rprop") memory.second.set(rates);
  return memory;
}
