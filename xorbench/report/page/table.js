// The table of sampled runs: sorted by its headings, filtered by the form above, a page at a time.

import { content, rowsByTable } from "./content.js";

const PAGE_ROWS = 25;
const several = content.series.length > 1;

const COLUMNS = [
  { name: "row", title: "row", number: true },
  { name: "seed", title: "seed", number: true },
  { name: "x", title: content.x.name.replaceAll("_", " "), number: typeof content.x.values[0] === "number", shown: (run) => run.text },
  ...(several ? [{ name: "series", title: "series" }] : []),
  { name: "outcome", title: "outcome", shown: (run) => run.ended },
  { name: "epochs", title: "epochs", number: true },
  { name: "mse", title: "mse", number: true, shown: (run) => (run.mse === null ? "" : run.mse.toPrecision(4)) },
  { name: "h1", title: "h1" },
  { name: "h2", title: "h2" },
  { name: "output", title: "output", shown: (run) => run.output.replaceAll("x1", "h1").replaceAll("x2", "h2") },
];

const byId = (id) => document.getElementById(id);

function option(value, text) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = text;
  return made;
}

export function fillSelect(select, all, values, texts) {
  select.replaceChildren(option("", all), ...values.map((value, k) => option(String(value), texts[k])));
}

const gatesText = (words) => words.toLowerCase().split("&").map((word) => word.trim()).filter(Boolean);

function matches(run, filter) {
  const wanted = gatesText(filter.gates);
  const has = [run.h1, run.h2].map((gate) => gate.toLowerCase());
  const either =
    wanted.length < 2
      ? wanted.every((gate) => has.includes(gate))
      : (wanted[0] === has[0] && wanted[1] === has[1]) || (wanted[0] === has[1] && wanted[1] === has[0]);
  return (
    (filter.seed === "" || String(run.seed) === filter.seed.trim()) &&
    (filter.x === "" || String(run.place) === filter.x) &&
    (filter.outcome === "" || run.outcome === filter.outcome) &&
    either
  );
}

export function makeTable(onChoose, onChange) {
  const state = { sort: "row", down: false, page: 0, chosen: null };
  const inputs = {
    seed: byId("filter-seed"),
    x: byId("filter-x"),
    outcome: byId("filter-outcome"),
    gates: byId("filter-gates"),
  };
  byId("filter-x-label").textContent = content.x.name.replaceAll("_", " ");
  fillSelect(inputs.x, "all", content.x.values.map((_, k) => k), content.x.texts);
  fillSelect(inputs.outcome, "all", content.outcomes, content.ended);

  const header = byId("table").tHead.insertRow();
  for (const column of COLUMNS) {
    const heading = document.createElement("th");
    heading.scope = "col";
    if (column.number) heading.className = "number";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.title;
    button.addEventListener("click", () => {
      state.down = state.sort === column.name ? !state.down : false;
      state.sort = column.name;
      state.page = 0;
      changed();
    });
    heading.append(button);
    header.append(heading);
  }

  const filter = () => Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));

  function selected() {
    const wanted = filter();
    const sign = state.down ? -1 : 1;
    const key = { x: "place", outcome: "ended" }[state.sort] ?? state.sort;
    return rowsByTable.runs
      .filter((run) => matches(run, wanted))
      .sort((one, other) => sign * (one[key] < other[key] ? -1 : one[key] > other[key] ? 1 : one.row - other.row));
  }

  function draw() {
    const runs = selected();
    const pages = Math.max(1, Math.ceil(runs.length / PAGE_ROWS));
    state.page = Math.min(state.page, pages - 1);
    const body = byId("table").tBodies[0];
    body.replaceChildren(
      ...runs.slice(state.page * PAGE_ROWS, (state.page + 1) * PAGE_ROWS).map((run) => {
        const row = document.createElement("tr");
        row.dataset.row = run.row;
        row.className = run.row === state.chosen ? "chosen" : "";
        for (const column of COLUMNS) {
          const cell = row.insertCell();
          const text = column.shown ? column.shown(run) : column.number ? run[column.name].toLocaleString("en") : run[column.name];
          if (column.number) cell.className = "number";
          if (column.name === "row") {
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = text;
            button.setAttribute("aria-label", `Train run ${text} again`);
            cell.append(button);
          } else cell.textContent = text;
        }
        row.addEventListener("click", () => onChoose(run));
        return row;
      }),
    );
    [...header.cells].forEach((heading, k) => {
      const sorted = COLUMNS[k].name === state.sort;
      heading.ariaSort = sorted ? (state.down ? "descending" : "ascending") : "none";
      heading.firstChild.textContent = COLUMNS[k].title + (sorted ? (state.down ? " ▼" : " ▲") : "");
    });
    const held = rowsByTable.runs.length;
    const hint = runs.length === 0 && held < content.rows ? " here; for any other see above" : "";
    byId("count").textContent = `${runs.length.toLocaleString("en")} of ${held.toLocaleString("en")} runs${hint}`;
    byId("page").textContent = `page ${state.page + 1} of ${pages}`;
    byId("before").disabled = state.page === 0;
    byId("next").disabled = state.page >= pages - 1;
  }

  function changed() {
    draw();
    onChange();
  }
  function turn(pages) {
    state.page += pages;
    draw();
  }
  byId("before").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  for (const input of Object.values(inputs)) {
    input.addEventListener("input", () => {
      state.page = 0;
      changed();
    });
  }
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(changed));
  draw();

  return {
    selected,
    mark(row) {
      state.chosen = row;
      const place = selected().findIndex((run) => run.row === row);
      if (place >= 0) state.page = Math.floor(place / PAGE_ROWS);
      draw();
    },
    get() {
      const used = Object.fromEntries(Object.entries(filter()).filter(([, value]) => value !== ""));
      return state.sort === "row" && !state.down ? used : { ...used, sort: (state.down ? "-" : "") + state.sort };
    },
    set(values) {
      for (const [name, input] of Object.entries(inputs)) input.value = values[name] ?? "";
      const sort = values.sort ?? "row";
      state.down = sort.startsWith("-");
      const named = sort.replace(/^-/, "");
      state.sort = COLUMNS.some((column) => column.name === named) ? named : "row";
      draw();
    },
  };
}
