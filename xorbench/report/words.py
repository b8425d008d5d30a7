"""What a report says in words: the verdict, where the numbers come from, commands, a glossary."""

import shlex
from pathlib import Path
from typing import Any

import numpy as np

from xorbench.axes import AXES
from xorbench.figures.data import Sweep
from xorbench.figures.view import text, words
from xorbench.manifest import INITIAL_WEIGHTS
from xorbench.notation import spaced
from xorbench.settings import default, plain
from xorbench.statistics import wilson


def share(part: int, whole: int) -> str:
    """Write a share with its interval; nothing for a share of nothing.

    Examples
    --------
    >>> share(841, 1000)
    '84.1 % (81.7 to 86.2)'
    """
    if whole == 0:
        return ""
    low, high = wilson(part, whole)
    return f"{100 * part / whole:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def counted(number: int, what: str) -> str:
    """Count things.

    Examples
    --------
    >>> counted(1, "run"), counted(2000, "run")
    ('1 run', '2,000 runs')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def verdict(sweep: Sweep) -> list[str]:
    """Say in a few sentences what came out, with 95 % intervals."""
    totals, view, points = sweep.totals, sweep.view, sweep.points
    of_these = share(totals["and_or"], totals["converged"])
    learned = f"; of these {of_these} have AND and OR in their hidden units" if of_these else ""
    sentences = [
        f"Of {counted(totals['runs'], 'run')}, {share(totals['converged'], totals['runs'])}"
        f" converged{learned}."
    ]
    if len(points) > 1 and points["converged"].any():
        best = points.to_dict("records")[int(points["share"].to_numpy().argmax())]
        median = best["q50"]
        pace = f", half of all by epoch {median:,.0f}" if np.isfinite(median) else ""
        beside = view.names[int(best["series"])]
        sentences.append(
            f"Most do with {words(view.x)} {view.value_texts[int(best['place'])]}"
            f"{f' ({beside})' if beside else ''}:"
            f" {share(int(best['converged']), int(best['runs']))}{pace}."
        )
    ended = []
    if totals["max_epochs"]:
        first, *more = sweep.settings.max_epochs
        by = "when training stopped" if more else f"by epoch {first:,}"
        are = "is" if totals["max_epochs"] == 1 else "are"
        ended.append(
            f"{totals['max_epochs']:,} {are} censored: not converged {by}, what comes later is"
            " unknown"
        )
    if totals["stalled"]:
        ended.append(f"{totals['stalled']:,} stalled: no weight changes any more")
    if totals["nonfinite"]:
        ended.append(f"in {totals['nonfinite']:,} a weight overflowed")
    if ended:
        sentences.append(f"Of the others, {'; '.join(ended)}.")
    return sentences


def provenance(sweep: Sweep) -> list[tuple[str, str]]:
    """Tell where the numbers come from: name and value of everything that the manifest says."""
    manifest = sweep.manifest
    told = [
        (words(name), written(manifest[name]))
        for name in ("name", "title", "question", "reference", "date", "fingerprint", "kernel")
        if manifest.get(name)
    ]
    told += [(words(name), written(value)) for name, value in manifest["settings"].items()]
    for group in ("versions", "machine"):
        content = manifest.get(group)
        if isinstance(content, dict):
            told += [(f"{group}: {words(name)}", written(value)) for name, value in content.items()]
    measured = ("threads", "network_epochs", "train_seconds", "network_epochs_per_second")
    told += [(words(name), written(manifest[name])) for name in measured if manifest.get(name)]
    return told


def written(value: Any) -> str:
    """Write a value of a manifest."""
    if isinstance(value, list):
        shown = [text(one) if isinstance(one, float | int) else str(one) for one in value[:50]]
        return ", ".join(shown) + (f", ... ({len(value):,})" if len(value) > 50 else "")
    if isinstance(value, dict):
        return ", ".join(f"{name} {written(one)}" for name, one in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def sweep_command(sweep: Sweep) -> str:
    """Write the command that trains the whole sweep, with every setting that is no default."""
    settings = sweep.settings
    parts = ["python -m xorbench sweep"]
    if settings.initial_weights is not None:
        parts.append(f"--initial-weights OLD_DIR/{INITIAL_WEIGHTS}")
    else:
        seeds = settings.seeds
        whole = (
            f"{seeds.start}:{seeds.stop}" if isinstance(seeds, range) else ",".join(map(str, seeds))
        )
        parts.append(f"--seeds {whole}")
    for name in AXES:
        values = getattr(settings, name)
        unused = name == "init" and settings.initial_weights is not None
        if not unused and (name == "learning_rate" or values != default(name)):
            separator = ";" if name == "targets" else ","
            given = spacing(values) or separator.join(str(plain(value)) for value in values)
            parts.append(option(name, given))
    return " ".join([*parts, "--out DIR"])


def train_command(sweep: Sweep) -> str:
    """Write the command that trains one run of the sweep; capitals stand for what varies."""
    settings = sweep.settings
    given = settings.initial_weights is not None
    parts = ["python -m xorbench train", "--initial-weights START.csv" if given else "--seed SEED"]
    for name in AXES:
        first, *more = values = getattr(settings, name)
        if more:
            parts.append(option(name, name.upper()))
        elif name in ("learning_rate", "update") or (
            values != default(name) and not (given and name == "init")
        ):
            parts.append(option(name, str(plain(first))))
    return " ".join([*parts, "--plot run.png"])


def option(name: str, value: str) -> str:
    """Write a setting as an option of a command.

    Examples
    --------
    >>> option("max_epochs", "5000"), option("stop", "mse < 0.1")
    ('--max-epochs 5000', "--stop 'mse < 0.1'")
    """
    return f"--{name.replace('_', '-')} {shlex.quote(value)}"


def sampled(sweep: Sweep) -> str:
    """Tell which runs the page holds; it ends before the command for any other."""
    held, rows, seeds = len(sweep.sample), sweep.settings.rows, sweep.settings.seed_count
    if held == rows:
        return f"The page holds all {counted(rows, 'run')} of the sweep."
    first = sweep.sample["seed"].nunique()
    return (
        f"The page holds {held:,} of the sweep's {counted(rows, 'run')}: those of"
        f" {'all' if first == seeds else f'the first {first:,} of'} {counted(seeds, 'seed')}, at"
        " every point of the charts. Any other is trained, and drawn, by"
    )


def spacing(values: tuple[Any, ...]) -> str:
    """Write evenly spaced numbers as a range; nothing for other values.

    Examples
    --------
    >>> spacing((0.01, 0.1, 1.0, 10.0)), spacing((1.0, 2.0, 7.0, 8.0))
    ('log:0.01:10.0:4', '')
    """
    if len(values) > 3 and all(isinstance(value, float) for value in values):
        first, last, count = values[0], values[-1], len(values)
        for kind in ("log", "linear") if first > 0 and last > 0 else ("linear",):
            if spaced(first, last, count, logarithmic=kind == "log") == values:
                return f"{kind}:{first}:{last}:{count}"
    return ""


def picture_command(name: str) -> str:
    """Write the command that draws one picture anew."""
    return f"python -m xorbench report DIR --only {name}"


def heading(sweep: Sweep, folder: Path) -> str:
    """Title a report."""
    return str(sweep.manifest.get("title") or sweep.manifest.get("name") or folder.absolute().name)


GLOSSARY = (
    (
        "The network",
        "Two inputs x1, x2; two hidden units h1, h2; one output y. w1 w2 w3 are h1's bias and its"
        " weights of x1 and x2; w4 w5 w6 are h2's; w7 w8 w9 the output's bias and its weights of"
        " h1 and h2.",
    ),
    ("Epoch", "One pass over the four patterns 00, 01, 10, 11, whose targets are 0, 1, 1, 0."),
    ("Converged", "The stop rule held after that many epochs."),
    (
        "Censored",
        "The rule had not held when training stopped (max epochs). Such a run may converge later;"
        " it is not known to be in a local minimum. In the data its outcome is max_epochs.",
    ),
    ("Stalled", "An epoch left every weight as it was, to the bit; so does every later one."),
    (
        "A weight overflowed",
        "It is no finite number any more, and training ended. In the data its outcome is"
        " nonfinite.",
    ),
    (
        "95 % interval",
        "Wilson's interval for a share: of such intervals, 95 % contain the true probability."
        " Seeds are the sample.",
    ),
    (
        "Survival curve",
        "The share of runs not yet converged after so many epochs, estimated after Kaplan and"
        " Meier, with censored runs counted as long as they were watched.",
    ),
    (
        "Gate",
        "The Boolean function of x1 and x2 that a unit computes, its activation cut at one half"
        " (at 0 for tanh and relu) for each of the four patterns. One unit can have fourteen of"
        " the sixteen: all but XOR and XNOR.",
    ),
    ("Hidden pair", "The gates of h1 and h2. Eight unordered pairs let an output make XOR."),
    (
        "Learning rate",
        "The factor between the gradient and a step. It has no unit: errors and weights have none.",
    ),
    ("Seed", "What numpy.random.seed(seed) means: the nine starting weights follow from it."),
)
