// Drawings on canvases: maps of a unit over its two inputs, and lines over the epochs.

import { PATTERNS, respond, target } from "./network.js";

const MARGIN = 0.25; // how far a map reaches beyond the corners
const CELLS = 60;

// From blue over grey to orange: told apart by the colour-blind, and in print by lightness.
const LOW = [33, 90, 168];
const MIDDLE = [242, 242, 240];
const HIGH = [214, 110, 0];

function shade(value) {
  const share = Math.min(Math.max(value, 0), 1);
  const [from, to, part] = share < 0.5 ? [LOW, MIDDLE, share * 2] : [MIDDLE, HIGH, share * 2 - 1];
  return from.map((channel, k) => channel + (to[k] - channel) * part);
}

/** Prepare a canvas for the device's pixels; returns its context, and its size in CSS pixels. */
function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

function inkOf(canvas) {
  return getComputedStyle(canvas).color;
}

/** Mark a corner: filled where XOR is true, hollow where it is not. */
function mark(context, x, y, filled, label, width) {
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fillStyle = filled ? "#111" : "#fff";
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = filled ? "#fff" : "#111";
  context.stroke();
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 3;
  context.strokeStyle = "#fff";
  // 01 and 10 often stand in the same place.
  const left = label === "01" || x > width - 26;
  context.textAlign = left ? "right" : "left";
  const place = [left ? x - 9 : x + 9, y < 16 ? y + 15 : y - 7];
  context.strokeText(label, ...place);
  context.fillStyle = "#111";
  context.fillText(label, ...place);
}

/** Fill a square map with the values of a function of two numbers; x to the right, y upwards. */
function fill(context, width, height, low, high, value) {
  const image = new ImageData(CELLS, CELLS);
  for (let row = 0; row < CELLS; row += 1) {
    for (let column = 0; column < CELLS; column += 1) {
      const x = low + ((high - low) * (column + 0.5)) / CELLS;
      const y = high - ((high - low) * (row + 0.5)) / CELLS;
      const place = 4 * (row * CELLS + column);
      shade(value(x, y)).forEach((channel, k) => {
        image.data[place + k] = channel;
      });
      image.data[place + 3] = 255;
    }
  }
  const small = new OffscreenCanvas(CELLS, CELLS);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, width, height);
}

/** Draw the line where bias + a x + b y is 0 on a square map from low to high. */
function line(context, width, height, low, high, [bias, a, b]) {
  const place = (x, y) => [
    ((x - low) / (high - low)) * width,
    ((high - y) / (high - low)) * height,
  ];
  const ends =
    Math.abs(b) > Math.abs(a)
      ? [low, high].map((x) => place(x, -(bias + a * x) / b))
      : [low, high].map((y) => place(-(bias + b * y) / a, y));
  if (!ends.flat().every(Number.isFinite)) return;
  context.beginPath();
  context.moveTo(...ends[0]);
  context.lineTo(...ends[1]);
  context.lineWidth = 2;
  context.strokeStyle = "#111";
  context.stroke();
}

/** Draw a unit over the plane of the inputs: unit 0 is h1, 1 is h2, 2 is y. */
export function drawUnit(canvas, w, unit, settings) {
  const { context, width, height } = prepare(canvas);
  const [low, high] = [-MARGIN, 1 + MARGIN];
  const scaled = (h) => (settings.activation === "tanh" && unit < 2 ? (h + 1) / 2 : h);
  fill(context, width, height, low, high, (x1, x2) =>
    scaled(respond(w, x1, x2, settings.activation)[unit]),
  );
  if (unit < 2) line(context, width, height, low, high, w.slice(3 * unit, 3 * unit + 3));
  PATTERNS.forEach(([x1, x2], pattern) => {
    const x = ((x1 - low) / (high - low)) * width;
    const y = ((high - x2) / (high - low)) * height;
    mark(context, x, y, pattern === 1 || pattern === 2, `${x1}${x2}`, width);
  });
}

/** Draw the output over the plane of the hidden units, and where the four patterns lie in it. */
export function drawHiddenSpace(canvas, w, settings) {
  const { context, width, height } = prepare(canvas);
  const hidden = PATTERNS.map(([x1, x2]) => respond(w, x1, x2, settings.activation));
  const relu = settings.activation === "relu";
  const largest = relu ? Math.max(1, ...hidden.flatMap(([h1, h2]) => [h1, h2])) : 1;
  const smallest = settings.activation === "tanh" ? -1 : 0;
  const [low, high] = [
    smallest - 0.12 * (largest - smallest),
    largest + 0.12 * (largest - smallest),
  ];
  fill(context, width, height, low, high, (h1, h2) => {
    const net = w[6] + w[7] * h1 + w[8] * h2;
    return 1 / (1 + Math.exp(-net));
  });
  line(context, width, height, low, high, w.slice(6));
  hidden.forEach(([h1, h2], pattern) => {
    const x = ((h1 - low) / (high - low)) * width;
    const y = ((high - h2) / (high - low)) * height;
    const [x1, x2] = PATTERNS[pattern];
    mark(context, x, y, target(pattern, [0, 1]) === 1, `${x1}${x2}`, width);
  });
}

/** Numbers for an axis: few, and round. */
export function ticks(low, high) {
  const step = 10 ** Math.floor(Math.log10((high - low) / 2));
  const wide = [1, 2, 5, 10].map((k) => k * step).find((size) => (high - low) / size <= 5);
  const first = Math.ceil(low / wide);
  return Array.from({ length: Math.floor(high / wide) - first + 1 }, (_, k) => (first + k) * wide);
}

/**
 * Draw lines over the epochs, and where the scrubber stands.
 *
 * @param series [{ values, color, dash, label }] with a value for each of the epochs.
 */
export function drawLines(canvas, epochs, series, { at, logarithmic }) {
  const { context, width, height } = prepare(canvas);
  const ink = inkOf(canvas);
  const [left, right, top, bottom] = [46, 34, 8, 22];
  const scaled = (value) => (logarithmic ? Math.log10(Math.max(value, 1e-12)) : value);
  const all = series.flatMap(({ values }) => values.map(scaled)).filter(Number.isFinite);
  let low = Math.min(...minimumAndMaximum(all));
  let high = Math.max(...minimumAndMaximum(all));
  if (logarithmic) [low, high] = [Math.floor(low), Math.ceil(high)];
  if (!(high > low)) [low, high] = [low - 1, low + 1];
  const last = Math.max(epochs.at(-1), 1);
  const x = (epoch) => left + (epoch / last) * (width - left - right);
  const y = (value) => height - bottom - ((value - low) / (high - low)) * (height - top - bottom);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = ink;
  context.strokeStyle = ink;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticks(low, high).filter((t) => !logarithmic || Number.isInteger(t))) {
    context.globalAlpha = 0.2;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(left, y(tick));
    context.lineTo(width - right, y(tick));
    context.stroke();
    context.globalAlpha = 1;
    const text = logarithmic ? Number(`1e${tick}`) : Number(tick.toPrecision(6));
    context.fillText(String(text), left - 5, y(tick));
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const tick of ticks(0, last)) {
    context.fillText(tick.toLocaleString("en"), x(tick), height - 6);
  }
  const gap = Math.max(Math.floor(epochs.length / width), 1);
  for (const { values, color, dash, label } of series) {
    context.beginPath();
    values.forEach((value, k) => {
      if (k % gap && k !== values.length - 1) return;
      const point = [x(epochs[k]), y(scaled(value))];
      if (k) context.lineTo(...point);
      else context.moveTo(...point);
    });
    context.strokeStyle = color;
    context.setLineDash(dash);
    context.lineWidth = 1.8;
    context.stroke();
    context.setLineDash([]);
  }
  labels(context, series, width - right + 4, (value) => y(scaled(value)));
  context.beginPath();
  context.moveTo(x(at), top);
  context.lineTo(x(at), height - bottom);
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.setLineDash([2, 2]);
  context.stroke();
  context.setLineDash([]);
}

/** Name the lines at their ends, one below the other where they would overlap. */
function labels(context, series, x, y) {
  const named = series
    .filter(({ label }) => label)
    .map(({ label, color, values }) => ({ label, color, place: y(values.at(-1)) + 4 }))
    .sort((one, other) => one.place - other.place);
  context.textAlign = "left";
  let next = -Infinity;
  for (const { label, color, place } of named) {
    next = Math.max(place, next + 11);
    context.fillStyle = color;
    context.fillText(label, x, next);
  }
}

function minimumAndMaximum(values) {
  return values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}
