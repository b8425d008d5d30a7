"""One style for all pictures: light, for print, and told apart without colours."""

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from xorbench.figures.view import View
from xorbench.places import replacing

INK = "#222222"
PALE = "#8a8a8a"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#888888")
"""Okabe and Ito's, in an order whose neighbours differ most."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1.5, 1.5)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (8, 2)),
    (0, (3, 1)),
    (0, (1, 3)),
    (0, (8, 2, 2, 2)),
)

OUTCOMES = {
    "converged": ("#0072B2", "", "converged"),
    "max_epochs": ("#A85400", "////", "censored: not yet converged"),
    "stalled": ("#555555", "xxxx", "stalled"),
    "nonfinite": ("#CC79A7", "....", "a weight overflowed"),
}
"""Colour, hatch and name of each outcome."""

RULES: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.hashsalt": "xorbench",
}

METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": "xorbench"},
    ".pdf": {"CreationDate": None, "Creator": "xorbench", "Producer": None},
}
"""Nothing that differs from one time to the next."""


@contextmanager
def style() -> Iterator[None]:
    """Draw by these rules alone, whatever the user's own."""
    with mpl.rc_context({**mpl.rcParamsDefault, **RULES, "backend": "agg"}):
        yield


def new_figure(width: float = 6.4, height: float = 4.0) -> Figure:
    """Make an empty figure, of so many inches."""
    return Figure(figsize=(width, height), layout="constrained")


def save(figure: Figure, path: Path) -> None:
    """Write a figure; the end of the file's name says as what."""
    kind = path.suffix.lower()
    with replacing(path) as temporary:
        figure.savefig(temporary, format=kind[1:], metadata=METADATA[kind])


def panels(
    figure: Figure, names: Sequence[str], heights: Sequence[float] = (1,)
) -> list[list[Axes]]:
    """Make a panel for each series, side by side, with rows of parts that share the abscissa."""
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure.set_size_inches(
        6.4 if columns == 1 else 3.4 * columns, 4.2 if rows * columns == 1 else 3.4 * rows
    )
    grid = figure.subplots(
        rows * len(heights),
        columns,
        sharex=True,
        squeeze=False,
        height_ratios=[height for _ in range(rows) for height in heights],
    )
    made = []
    for number in range(rows * columns):
        row, column = divmod(number, columns)
        parts = [grid[row * len(heights) + k, column] for k in range(len(heights))]
        if number >= len(names):
            for part in parts:
                part.set_axis_off()
            continue
        parts[0].set_title(wrapped(names[number], 30))
        parts[-1].tick_params(labelbottom=True)
        made.append(parts)
    return made


def abscissa(axes: Axes, view: View, *, labelled: bool = True) -> list[float]:
    """Set the abscissa up for the axis of a view; return where its values lie."""
    if labelled:
        axes.set_xlabel(view.label)
    if view.scale == "words":
        places = [float(k) for k in range(len(view.values))]
        crowded = sum(map(len, view.value_texts)) > 40
        axes.set_xticks(
            places,
            view.value_texts,
            rotation=30 if crowded else 0,
            ha="right" if crowded else "center",
        )
        axes.set_xlim(-0.5, len(places) - 0.5)
        return places
    if view.scale == "log":
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    return [float(value) for value in view.values]


def edges(view: View) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Where cells around the values of a view begin and end, along the abscissa."""
    values = np.array(
        range(len(view.values)) if view.scale == "words" else view.values, dtype=np.float64
    )
    if view.scale == "log":
        values = np.log(values)
    if len(values) == 1:
        ends = np.array([values[0] - 0.5, values[0] + 0.5])
    else:
        middle = (values[1:] + values[:-1]) / 2
        ends = np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])
    return np.exp(ends) if view.scale == "log" else ends


def percent(axes: Axes) -> None:
    """Let the ordinate be a share, from 0 to 100 %."""
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])


def epochs_axis(axis: Any) -> None:
    """Let an axis count epochs, on a logarithmic scale."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.set_minor_formatter(NullFormatter())


def wrapped(text: str, most: int) -> str:
    """Break a text into lines."""
    return "\n".join(textwrap.wrap(text, most))


def note(figure: Figure, text: str) -> None:
    """Write a sentence below a figure."""
    if text:
        lines = wrapped(text, int(17 * figure.get_figwidth()))
        figure.supxlabel(lines, fontsize=7.5, color=PALE, x=0.01, ha="left")
