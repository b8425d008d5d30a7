// What the page says of a run that it has trained again, beside what is stored of it.

import { gatesOf } from "./network.js";

export const count = (epochs) => `${epochs.toLocaleString("en")} epoch${epochs === 1 ? "" : "s"}`;

const ENDINGS = {
  converged: (epochs) =>
    epochs === 0 ? "began where the stop rule already holds" : `converged after ${count(epochs)}`,
  max_epochs: (epochs) => `did not converge within ${count(epochs)}`,
  stalled: (epochs) => `stalled after ${count(epochs)}: no weight changes any more`,
  nonfinite: (epochs) => `overflowed after ${count(epochs)}`,
};

const WHY =
  "The browser's exponential may differ from xorbench's in the last bit, and here that is enough " +
  "to part their ways.";

/** The gates of the three units, in words. */
export function gatesInWords({ h1_gate: h1, h2_gate: h2, output_gate: output }) {
  const named = output.replaceAll("x1", "h1").replaceAll("x2", "h2");
  return `h1 is ${h1}, h2 is ${h2}, y is ${named}`;
}

/** Compare an ended run with the stored one: how it ended, its epochs and its gates. */
export function verdict(stored, { outcome, epochs, w, settings }) {
  const here = `Trained again in this page, the network ${ENDINGS[outcome](epochs)}`;
  if (outcome !== stored.outcome || epochs !== stored.epochs) {
    return `${here}; the stored run ${ENDINGS[stored.outcome](stored.epochs)}. ${WHY}`;
  }
  const gates = gatesOf(w, settings.activation);
  if (Object.keys(gates).some((unit) => gates[unit] !== stored[unit])) {
    return `${here}, as stored, but with other gates: in the stored run ${gatesInWords(stored)}. ${WHY}`;
  }
  return `${here}, exactly as stored.`;
}

/** Tell how a run ended that was changed by hand. */
export function verdictByHand({ outcome, epochs }) {
  const hint = outcome === "converged" && epochs === 0 ? " Train from the run's start to see it learn." : "";
  return `Changed by hand, the network ${ENDINGS[outcome](epochs)}.${hint}`;
}

/** Tell how a run ended that was trained for more epochs than the stored one. */
export function verdictBeyond(most, { outcome, epochs }) {
  return `Trained on, beyond ${count(most)}, the network ${ENDINGS[outcome](epochs)}.`;
}
