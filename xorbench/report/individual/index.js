// One run of a sweep, trained again in the page: to look at, to scrub through, and to change.

import { KEYS, TEMPLATE } from "./template.js";
import { Trainer } from "./trainer.js";
import { count, verdict, verdictBeyond, verdictByHand } from "./verdict.js";
import { showHistory, showNetwork } from "./views.js";
import { weightForm } from "./weights.js";

const SLICE = 12; // milliseconds of training before the page may breathe
const REDRAWN = 200; // milliseconds between two pictures of a training
const LONGEST = 5_000_000; // epochs that are trained without asking

/**
 * Show a run in an element and train it again.
 *
 * @param element emptied first.
 * @param run { seed, row, weights, settings, stored: { outcome, epochs, h1_gate, ... } }
 * @returns { getState, setState, destroy }
 */
export function mount(element, run) {
  element.innerHTML = TEMPLATE;
  element.classList.add("individual");
  const find = (selector) => element.querySelector(selector);
  find("[data-key]").textContent = KEYS[run.settings.activation];
  const scrubber = find(".individual-scrubber");
  const rateInput = find(".individual-rate");
  const form = weightForm(element, preview);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let trainer = null;
  let changed = null; // { weights, rate } where they are not the stored run's
  let beyond = false; // whether it is trained for more epochs than the stored run was
  let edited = false; // whether the form has weights that are not yet trained
  let shown = null; // the epoch that is looked at; null: the last
  let limit = LONGEST;
  let frame = 0;
  let playing = 0;
  let drawn = 0; // when the last picture of a training was drawn

  function say(text) {
    const place = find(".individual-verdict");
    if (place.textContent !== text) place.textContent = text; // else it would be read out again
  }

  function refuse(text) {
    find(".individual-refusal").textContent = text;
  }

  function told() {
    if (edited) {
      return (
        form.refusal() ||
        "Weights changed by hand. Train from these weights to see what becomes of them."
      );
    }
    if (frame) return "Training.";
    if (trainer.outcome === null) {
      return `Not ended after ${count(trainer.epochs)}; train on if you like.`;
    }
    if (beyond) return verdictBeyond(run.settings.max_epochs, trainer);
    return changed ? verdictByHand(trainer) : verdict(run.stored, trainer);
  }

  /** The remembered epoch that is nearest to the one looked at. */
  function moment() {
    const { history } = trainer;
    if (shown === null) return history.at(-1);
    return history.reduce((best, one) =>
      Math.abs(one.epoch - shown) < Math.abs(best.epoch - shown) ? one : best,
    );
  }

  function draw() {
    const now = moment();
    scrubber.max = trainer.history.at(-1).epoch;
    scrubber.value = now.epoch;
    scrubber.setAttribute("aria-valuetext", count(now.epoch));
    find(".individual-epoch").textContent = now.epoch.toLocaleString("en");
    if (!edited) form.set(now.weights);
    find(".individual-origin").textContent = edited
      ? "Weights set by hand, not trained yet."
      : `Weights at epoch ${now.epoch.toLocaleString("en")}, where the slider above stands.`;
    if (!edited) showNetwork(element, now.weights, trainer.settings);
    else if (!form.refusal()) showNetwork(element, form.get(), trainer.settings);
    showHistory(element, trainer.history, now.epoch);
    find('[data-do="more"]').hidden = frame !== 0 || !["max_epochs", null].includes(trainer.outcome);
    say(told());
  }

  /** Train in slices, so that the page stays responsive, and show how far it has come. */
  function work(time) {
    const end = performance.now() + SLICE;
    while (trainer.outcome === null && trainer.epochs < limit && performance.now() < end) {
      trainer.train(Math.min(200, limit - trainer.epochs));
    }
    if (trainer.outcome !== null || trainer.epochs >= limit) {
      frame = 0;
      element.dataset.state = "ended";
      draw();
      return;
    }
    frame = requestAnimationFrame(work);
    if (time - drawn < REDRAWN) return;
    drawn = time;
    if (calm.matches) find(".individual-epoch").textContent = trainer.epochs.toLocaleString("en");
    else draw();
  }

  function begin(weights, rate) {
    trainer = new Trainer({ ...run, weights, settings: { ...run.settings, learning_rate: rate } });
    shown = null;
    beyond = false;
    rateInput.value = rate;
    refuse("");
    trainOn(LONGEST);
  }

  function trainOn(until) {
    stop();
    edited = false;
    limit = until;
    element.dataset.state = "training";
    drawn = performance.now();
    frame = requestAnimationFrame(work);
    say(told());
  }

  /** End training and playing. */
  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    clearInterval(playing);
    playing = 0;
    element.dataset.state = "ended";
    find('[data-do="play"]').textContent = "Play";
  }

  /** Show the weights as they are set, before they are trained. */
  function preview() {
    stop();
    edited = true;
    refuse("");
    draw();
  }

  function look(epoch) {
    shown = epoch;
    edited = false;
    draw();
  }

  function reset() {
    changed = null;
    begin(run.weights, run.settings.learning_rate);
  }

  function play() {
    if (playing) {
      stop();
      return;
    }
    stop();
    const { history } = trainer;
    const last = history.length - 1;
    if (last === 0) return;
    let place = shown === null ? 0 : history.indexOf(moment()) % last;
    const pictures = calm.matches ? 12 : 120;
    find('[data-do="play"]').textContent = "Pause";
    playing = setInterval(
      () => {
        place = Math.min(place + Math.max(Math.floor(history.length / pictures), 1), last);
        if (place === last) stop();
        look(history[place].epoch);
      },
      calm.matches ? 800 : 50,
    );
  }

  function more() {
    beyond ||= trainer.outcome === "max_epochs";
    trainer.goOn();
    shown = null;
    trainOn(trainer.epochs + LONGEST);
  }

  /** Train with the learning rate of the form, unless it or the weights are refused. */
  function byHand(weights, problem) {
    const rate = rateInput.valueAsNumber;
    const refused = rate >= 0 ? problem : "The learning rate needs a number of 0 or more.";
    if (refused) {
      refuse(refused);
      return;
    }
    changed = { weights, rate };
    begin(weights, rate);
  }

  const again = () => byHand(run.weights, "");
  const actions = { play, reset, more, again };
  element.querySelectorAll("[data-do]").forEach((button) => {
    button.addEventListener("click", actions[button.dataset.do]);
  });
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    byHand(form.get(), form.refusal());
  });
  scrubber.addEventListener("input", () => look(Number(scrubber.value)));
  const sized = new ResizeObserver(draw);
  reset();
  sized.observe(find(".individual-charts"));
  dark.addEventListener("change", draw);

  return {
    /** What a link needs to show the same, as texts: the epoch, and what was changed by hand. */
    getState() {
      return {
        epoch: shown,
        weights: changed ? changed.weights.join(",") : null,
        rate: changed ? changed.rate : null,
      };
    },
    /** Show what getState has told; what is missing or no number is the stored run's. */
    setState({ epoch, weights, rate } = {}) {
      const numbers = String(weights ?? "").split(",").map(Number);
      const asked = Number(rate ?? run.settings.learning_rate);
      const usable = numbers.length === 9 && numbers.every(Number.isFinite) && asked >= 0;
      changed = usable ? { weights: numbers, rate: asked } : null;
      begin(usable ? numbers : run.weights, usable ? asked : run.settings.learning_rate);
      shown = Number.isFinite(Number.parseInt(epoch, 10)) ? Number.parseInt(epoch, 10) : null;
    },
    destroy() {
      stop();
      sized.disconnect();
      dark.removeEventListener("change", draw);
      element.replaceChildren();
    },
  };
}
