// The page: charts, table and the individual, and the choices that they share.

import { mount } from "../individual/index.js";
import { readAddress, writeAddress } from "./address.js";
import { drawCharts, setParameters } from "./charts.js";
import { content, csvOf, individualOf, rowsByTable, runsByRow } from "./content.js";
import { fillSelect, makeTable } from "./table.js";

const element = (id) => document.getElementById(id);
const looking = { place: null, serie: 0 };
let individual = null;
let row = null;

const parameters = () => ({
  chosen: looking.place === null ? null : content.x.values[looking.place],
  serie: looking.serie,
});

/** Name what is shown of a run: the stored one, or what was changed by hand. */
function headingOf(run, { weights, rate }) {
  const { settings, weights: start } = individualOf(run);
  const told = { seed: `Seed ${run.seed}`, [content.x.name]: `${content.x.name.replaceAll("_", " ")} ${run.text}` };
  if (rate !== null && rate !== settings.learning_rate) {
    const stored = content.x.name === "learning_rate" ? run.text : Number(settings.learning_rate.toPrecision(4));
    told.learning_rate = `learning rate ${rate} instead of ${stored}`;
  }
  const given = weights !== null && weights !== start.join(",");
  return [...Object.values(told), run.series, given ? "other starting weights" : ""].filter(Boolean).join(", ");
}

function tell() {
  if (individual) element("individual-heading").textContent = headingOf(runsByRow.get(row), individual.getState());
  remember();
}

function remember() {
  writeAddress({
    row,
    at: looking.place,
    serie: looking.serie || null,
    ...table.get(),
    ...(individual ? individual.getState() : {}),
  });
}

function look(place, serie = looking.serie) {
  looking.place = content.x.values[place] === undefined ? null : place;
  looking.serie = content.series[serie] === undefined ? 0 : serie;
  element("chosen").value = looking.place ?? "";
  element("serie").value = looking.serie;
  setParameters(parameters());
  remember();
}

function choose(run, state = {}) {
  row = run.row;
  individual?.destroy();
  individual = null;
  table.mark(row);
  element("individual-hint").hidden = true;
  individual = mount(element("individual"), individualOf(run));
  individual.setState(state);
  tell();
  arrive();
}

/** Say that a row is not in the page; what was shown of another goes. */
function miss(asked) {
  row = asked;
  individual?.destroy();
  individual = null;
  table.mark(row);
  const exists = /^\d+$/.test(asked) && Number(asked) < content.rows;
  const last = (content.rows - 1).toLocaleString("en");
  element("individual-heading").textContent = "One network";
  element("individual-hint").hidden = false;
  element("individual-hint").textContent = exists
    ? `Row ${Number(asked).toLocaleString("en")} is not in this page. ${element("sample").textContent}`
    : `There is no row ${asked}; the rows of this sweep are 0 to ${last}.`;
  arrive();
  remember();
}

function arrive() {
  element("individual-heading").focus({ preventScroll: true });
  element("individual-section").scrollIntoView();
}

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function clicked(datum) {
  const run = rowsByTable.runs[0] && "row" in datum ? runsByRow.get(datum.row) : undefined;
  if (run) choose(run);
  else {
    const place = content.x.values.indexOf(datum.x);
    look(place === looking.place ? null : place);
  }
}

function open(state) {
  const place = state.at === undefined ? null : Number(state.at);
  table.set(state);
  look(place, Number(state.serie ?? 0));
  const run = runsByRow.get(Number(state.row));
  if (run && state.row) choose(run, state);
  else if (state.row) miss(state.row);
}

const asked = readAddress();
const table = makeTable((run) => choose(run), remember);
fillSelect(element("chosen"), "all", content.x.values.map((_, k) => k), content.x.texts);
fillSelect(element("serie"), "", content.series.map((_, k) => k), content.series.map((one) => one.name));
element("serie").firstChild.remove();
element("chosen-label").firstChild.textContent = `Look at ${content.x.name.replaceAll("_", " ")} `;
element("chosen-label").hidden = content.x.values.length < 2;
element("serie-label").hidden = content.series.length < 2;
element("looking").hidden = content.x.values.length < 2 && content.series.length < 2;
element("looking").addEventListener("submit", (event) => event.preventDefault());
element("chosen").addEventListener("input", (event) => look(event.target.value === "" ? null : Number(event.target.value)));
element("serie").addEventListener("input", (event) => look(looking.place, Number(event.target.value)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && looking.place !== null) look(null);
});
for (const button of document.querySelectorAll("[data-csv]")) {
  button.addEventListener("click", () => download(`${button.dataset.csv}.csv`, csvOf(button.dataset.csv)));
}
element("selected-csv").addEventListener("click", () => download("selected.csv", csvOf("runs", table.selected())));
for (const kind of ["input", "change", "click", "keyup"]) {
  element("individual").addEventListener(kind, () => setTimeout(tell));
}
window.addEventListener("hashchange", () => open(readAddress()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts(parameters(), clicked));

open(asked);
await drawCharts(parameters(), clicked);
document.documentElement.dataset.ready = "yes";
