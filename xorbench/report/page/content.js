// The data of the page: columns become rows, codes become words.

export const content = JSON.parse(document.getElementById("content").textContent);

function rowsOf(columns) {
  const names = Object.keys(columns);
  const rows = [];
  for (let k = 0; k < columns[names[0]].length; k += 1) {
    const row = {};
    for (const name of names) row[name] = columns[name][k];
    row.serie = row.series;
    row.series = content.series[row.serie].name;
    row.x = content.x.values[row.place];
    row.text = content.x.texts[row.place];
    rows.push(row);
  }
  return rows;
}

export const rowsByTable = {};
for (const [name, columns] of Object.entries(content.tables)) rowsByTable[name] = rowsOf(columns);

rowsByTable.runs = rowsOf(content.runs.columns).map((run) => ({
  ...run,
  outcome: content.outcomes[run.outcome],
  ended: content.ended[run.outcome],
  h1: content.gates[run.h1],
  h2: content.gates[run.h2],
  output: content.gates[run.output],
  pair: `${content.gates[run.h1]} & ${content.gates[run.h2]}`,
}));

export const runsByRow = new Map(rowsByTable.runs.map((run) => [run.row, run]));

// What trains a run again, in the names of the library.
export function individualOf(run) {
  return {
    seed: run.seed,
    row: run.row,
    weights: content.runs.starts[run.start],
    settings: {
      ...content.settings,
      ...content.series[run.serie].settings,
      [content.x.name]: run.x,
    },
    stored: {
      outcome: run.outcome,
      epochs: run.epochs,
      h1_gate: run.h1,
      h2_gate: run.h2,
      output_gate: run.output,
      mse: run.mse,
    },
  };
}

const ownColumns = new Set(["serie", "x", "text", "series", "place", "start", "kept", "rank", "by", "pair", "ended"]);

export function csvOf(table, rows = rowsByTable[table]) {
  const several = content.series.length > 1;
  const rest = Object.keys(rowsByTable[table][0] ?? {}).filter(
    (name) => !ownColumns.has(name) || (name === "pair" && table === "mix"),
  );
  const cell = (value) => {
    const written = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };
  const lines = [[content.x.name, ...(several ? ["series"] : []), ...rest].map(cell).join(",")];
  for (const row of rows) {
    lines.push([row.x, ...(several ? [row.series] : []), ...rest.map((name) => row[name])].map(cell).join(","));
  }
  return `${lines.join("\n")}\n`;
}
