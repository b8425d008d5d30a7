"""One training run: its errors and weights over the epochs, and what it learned."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from xorbench.figures.style import COLOURS, DASHES, INK, PALE, epochs_axis, new_figure, save, style
from xorbench.gates import CUTS
from xorbench.network import PATTERNS, forward
from xorbench.notation import number_text
from xorbench.table import WEIGHTS
from xorbench.training import Run, gate_names

MOST_EPOCHS = 2000
"""How many epochs a line goes through at most."""

FINENESS = 121
"""Into how many points each side of the square is divided."""

SHADES = 20

UNITS = {"h1": COLOURS[0], "h2": COLOURS[1], "y": COLOURS[2]}


def draw(run: Run) -> Figure:
    """Draw a run in six panels.

    Parameters
    ----------
    run : Run

    Returns
    -------
    Figure
    """
    figure = new_figure(10.2, 6.6)
    h1, h2, output = gate_names(run.weights, run.settings.activation[0])
    upper, lower = figure.subplots(2, 3)
    errors(upper[0], run)
    weights(upper[1], run)
    surface(upper[2], run, "y", f"output: {output.replace('x1', 'h1').replace('x2', 'h2')}")
    surface(lower[0], run, "h1", f"h1: {h1}")
    surface(lower[1], run, "h2", f"h2: {h2}")
    hidden_space(lower[2], run)
    figure.suptitle(title(run), fontsize=10, x=0.01, ha="left")
    return figure


def write(run: Run, path: Path) -> None:
    """Draw a run into a file."""
    with style():
        save(draw(run), path)


def title(run: Run) -> str:
    """Say in a line which run it is and how it ended."""
    settings, point = run.settings, run.settings.point(0)
    start = "given weights" if settings.initial_weights is not None else f"seed {settings.seed(0)}"
    ended = {"converged": "converged after", "max_epochs": "not converged within"}
    return (
        f"{start}, learning rate {number_text(point.learning_rate)}, {point.update}:"
        f" {ended.get(run.outcome, f'{run.outcome} after')} {run.epochs:,} epochs"
    )


def thinned(run: Run) -> pd.DataFrame:
    """Take some rows of the history for a line, with the first and the last."""
    recorded = len(run.history)
    if recorded <= MOST_EPOCHS:
        return run.history
    # Denser at the beginning, where most happens.
    early = np.geomspace(1, recorded - 1, MOST_EPOCHS // 2).round()
    evenly = np.linspace(0, recorded - 1, MOST_EPOCHS // 2).round()
    return run.history.iloc[np.unique([*early, *evenly]).astype(np.int64)]


def errors(axes: Axes, run: Run) -> None:
    """Draw the errors over the epochs."""
    part = thinned(run)
    axes.set_title("error")
    axes.plot(part["epoch"], part["mse"], color=COLOURS[0], label="mse")
    axes.plot(
        part["epoch"],
        part["max_error"],
        color=COLOURS[1],
        linestyle=DASHES[1],
        label="largest of the four",
    )
    rule = run.settings.stop[0]
    if rule.metric in ("mse", "max_error"):
        axes.axhline(rule.threshold, color=PALE, linewidth=0.9, linestyle=(0, (3, 2)))
        axes.annotate(
            f"{rule.text}: stop",
            (0, rule.threshold),
            (3, 3),
            textcoords="offset points",
            fontsize=7,
            color=PALE,
        )
    axes.set_yscale("log")
    over_epochs(axes, run)
    axes.set_ylabel("error (of outputs, dimensionless)")
    axes.grid(axis="y")
    axes.legend(fontsize=8)


def weights(axes: Axes, run: Run) -> None:
    """Draw the nine weights over the epochs."""
    part = thinned(run)
    axes.set_title("weights")
    for number, name in enumerate(WEIGHTS):
        unit = ("h1", "h2", "y")[number // 3]
        axes.plot(part["epoch"], part[name], color=UNITS[unit], linestyle=DASHES[number % 3])
    ends = part[list(WEIGHTS)].iloc[-1].to_numpy()
    for number, height in zip(np.argsort(ends), spread(np.sort(ends)), strict=True):
        axes.annotate(
            WEIGHTS[number],
            (1, height),
            (3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color=UNITS[("h1", "h2", "y")[number // 3]],
        )
    over_epochs(axes, run)
    axes.set_ylabel("weight (solid: bias, dashed, dotted)")
    axes.grid(axis="y")


def spread(heights: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[float]:
    """Move ascending heights apart, so that labels at them can be read."""
    apart = (heights[-1] - heights[0]) / 18
    moved: list[float] = []
    for height in heights:
        moved.append(max(float(height), moved[-1] + apart) if moved else float(height))
    return moved


def over_epochs(axes: Axes, run: Run) -> None:
    """Let the abscissa be the epochs."""
    axes.set_xlim(0, max(run.epochs, 1))
    axes.set_xlabel("epochs")
    epochs_axis(axes.xaxis)
    axes.locator_params(axis="x", nbins=5 if run.epochs < 100_000 else 3)


def surface(axes: Axes, run: Run, unit: str, heading: str) -> None:
    """Draw a unit's activation over the square, with its cut and the four patterns."""
    activation = run.settings.activation[0]
    side = np.linspace(-0.25, 1.25, FINENESS)
    first, second = np.meshgrid(side, side)
    values = activations(run, first, second)[("h1", "h2", "y").index(unit)]
    cut = 0.5 if unit == "y" else CUTS[activation]
    low, high = (0.0, 1.0) if cut == 0.5 else (-1.0, 1.0)
    if unit != "y" and activation == "relu":
        high = max(float(values.max()), 1e-9)
        low = -high
    axes.set_title(heading)
    image = axes.contourf(
        first,
        second,
        values,
        np.linspace(low, high, SHADES + 1),
        cmap="PuOr_r",
        norm=TwoSlopeNorm(cut, low, high),
    )
    axes.set_aspect("equal")
    if values.min() < cut < values.max():
        axes.contour(first, second, values, [cut], colors=INK, linewidths=1.4)
    patterns(axes, PATTERNS[:, 0], PATTERNS[:, 1])
    axes.set_xlabel("x1")
    axes.set_ylabel("x2")
    axes.set_xticks([0, 1])
    axes.set_yticks([0, 1])
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.85, label="activation")
    bar.set_ticks([low, cut, high], labels=[f"{value:.3g}" for value in (low, cut, high)])
    bar.ax.axhline(cut, color=INK, linewidth=1.4)


def activations(run: Run, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, ...]:
    """Compute h1, h2 and y for any inputs: those of the pattern 11 with weights scaled to them."""
    scaled = np.empty((*first.shape, 9))
    scaled[...] = run.weights
    scaled[..., [1, 4]] *= first[..., np.newaxis]
    scaled[..., [2, 5]] *= second[..., np.newaxis]
    return tuple(unit[..., 3] for unit in forward(scaled, run.settings.activation[0]))


def patterns(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Mark the four patterns: filled where the target is 1."""
    for number, (across, up) in enumerate(zip(x, y, strict=True)):
        true = number in (1, 2)
        axes.plot(
            across,
            up,
            marker="s" if true else "o",
            markersize=7,
            markeredgecolor=INK,
            markerfacecolor=INK if true else "white",
            linestyle="",
            clip_on=False,
            zorder=5,
        )


def hidden_space(axes: Axes, run: Run) -> None:
    """Draw where the four patterns lie for the output, and the line that it cuts along."""
    w7, w8, w9 = run.weights[6:]
    points = run.hidden[["h1", "h2"]].to_numpy()
    low, high = min(-0.12, points.min() - 0.12), max(1.12, points.max() * 1.12)
    axes.set_title("hidden space")
    side = np.linspace(low, high, FINENESS)
    first, second = np.meshgrid(side, side)
    net = w7 + w8 * first + w9 * second
    axes.contourf(first, second, net, [-np.inf, 0, np.inf], colors=["#f6e3cf", "#e2dcef"])
    if net.min() < 0 < net.max():
        axes.contour(first, second, net, [0], colors=INK, linewidths=1.4)
    patterns(axes, points[:, 0], points[:, 1])
    offsets = label_offsets(points, high - low)
    for name, (x, y), (right, up) in zip(("00", "01", "10", "11"), points, offsets, strict=True):
        axes.annotate(
            name,
            (x, y),
            (right, up),
            textcoords="offset points",
            fontsize=8,
            va="center",
            ha="left" if right > 0 else "right",
        )
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_aspect("equal")
    axes.set_xlabel("activation of h1")
    axes.set_ylabel("activation of h2")


def label_offsets(points: np.ndarray, width: float) -> list[tuple[int, int]]:
    """Place a label beside each point: left of those on the right, higher where points crowd."""
    placed: list[tuple[int, int]] = []
    for number, point in enumerate(points):
        near = np.abs(points[:number] - point).max(axis=1, initial=0) if number else []
        crowd = int(np.sum(np.asarray(near) < width / 12)) if number else 0
        right = 7 if point[0] < points.mean() + width / 4 else -7
        placed.append((right, 11 * crowd))
    return placed
