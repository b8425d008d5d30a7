// The form in which weights and learning rate are changed by hand.

export const WEIGHTS = [
  ["w1", "bias", "bias of h1"],
  ["w2", "x1", "x1 to h1"],
  ["w3", "x2", "x2 to h1"],
  ["w4", "bias", "bias of h2"],
  ["w5", "x1", "x1 to h2"],
  ["w6", "x2", "x2 to h2"],
  ["w7", "bias", "bias of y"],
  ["w8", "h1", "h1 to y"],
  ["w9", "h2", "h2 to y"],
];

const UNITS = ["Hidden unit h1", "Hidden unit h2", "Output y"];

function weightField([name, from, what]) {
  return `<div class="individual-weight">
    <label>${name} <small>${from}</small>
      <input type="number" step="any" aria-label="${name}, ${what}"></label>
    <input type="range" min="-12" max="12" step="0.01" aria-label="${name}, ${what}">
  </div>`;
}

/** The nine weights, a group for each unit. */
export function weightFields() {
  return UNITS.map(
    (unit, k) =>
      `<fieldset><legend>${unit}</legend>${WEIGHTS.slice(3 * k, 3 * k + 3).map(weightField).join("")}</fieldset>`,
  ).join("");
}

/** Connect the fields in an element; `changed` is called whenever a weight is. */
export function weightForm(element, changed) {
  const rows = Array.from(element.querySelectorAll(".individual-weight"), (one) => {
    const [number, slider] = one.querySelectorAll("input");
    number.addEventListener("input", () => {
      if (number.value !== "") slider.value = number.value;
      changed();
    });
    slider.addEventListener("input", () => {
      number.value = slider.value;
      changed();
    });
    return { number, slider };
  });
  return {
    /** The weights; NaN where a field has no number. */
    get: () => rows.map(({ number }) => number.valueAsNumber),
    /** What keeps the weights from being trained, in a sentence; empty if nothing does. */
    refusal() {
      const empty = WEIGHTS.filter((_, k) => Number.isNaN(rows[k].number.valueAsNumber));
      const names = empty.map(([name]) => name).join(", ");
      return names && `No number in ${names}: each of the nine weights needs one.`;
    },
    set(weights) {
      rows.forEach(({ number, slider }, k) => {
        number.value = weights[k];
        slider.value = weights[k];
      });
    },
  };
}
