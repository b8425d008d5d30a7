// One run of the sweep: its settings, its start, and how it ended.

function definitions(pairs) {
  const list = document.createElement("dl");
  for (const [name, value] of pairs) {
    const term = document.createElement("dt");
    term.textContent = name.replaceAll("_", " ");
    const description = document.createElement("dd");
    description.textContent = String(value);
    list.append(term, description);
  }
  return list;
}

export function mount(element, run) {
  const weights = run.weights.map((weight, k) => [`w${k + 1} at the start`, weight]);
  element.replaceChildren(definitions([...Object.entries(run.stored), ...Object.entries(run.settings), ...weights]));
  return { getState: () => ({}), setState: () => {} };
}
