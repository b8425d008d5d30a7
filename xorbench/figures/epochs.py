"""After how many epochs runs converged, and how many were not seen to."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xorbench.figures.data import QUANTILES, Sweep
from xorbench.figures.style import (
    COLOURS,
    INK,
    OUTCOMES,
    PALE,
    abscissa,
    edges,
    epochs_axis,
    new_figure,
    note,
    panels,
    percent,
)
from xorbench.figures.view import View

TITLE = "How long it takes"

LINES = {10: (0, (1.5, 1.5)), 50: "-", 90: (0, (5, 2))}
MARKS = {10: "v", 50: "o", 90: "^"}


def draw(sweep: Sweep) -> Figure:
    """Draw the epochs by which 10, 50 and 90 % of all runs converged, above how the runs ended."""
    figure = new_figure()
    view = sweep.view
    made = panels(figure, view.names, heights=(3, 1))
    for number, (above, below) in enumerate(made):
        points = sweep.points[sweep.points["series"] == number]
        places = np.array(abscissa(above, view, labelled=False))
        abscissa(below, view)
        x = places[points["place"]]
        above.tick_params(labelbottom=False)
        above.set_yscale("log")
        epochs_axis(above.yaxis)
        above.grid(axis="y")
        top = points["most_epochs"].to_numpy()
        for percentage in QUANTILES:
            quantile = points[f"q{percentage}"].to_numpy()
            known = np.isfinite(quantile)
            above.plot(
                x,
                np.where(known, np.maximum(quantile, 1), np.nan),
                color=COLOURS[0],
                label=f"{percentage} % of all runs converged",
                linestyle="" if view.scale == "words" else LINES[percentage],
                marker=MARKS[percentage],
            )
            (beyond,) = above.plot(
                x[~known],
                top[~known],
                color=COLOURS[0],
                linestyle="",
                marker=MARKS[percentage],
                markerfacecolor="white",
                clip_on=False,
                zorder=4,
            )
            beyond.set_in_layout(False)
        above.plot(x, top, color=PALE, linewidth=0.9, linestyle=(0, (3, 2)))
        above.annotate(
            "training stops",
            (x[-1], top[-1]),
            (0, 4),
            textcoords="offset points",
            ha="right",
            fontsize=7,
            color=PALE,
        ).set_in_layout(False)
        stacked(below, view, points)
    made[0][0].set_ylabel("epochs")
    made[0][1].set_ylabel("runs (%)")
    handles, labels = made[0][0].get_legend_handles_labels()
    more, names = made[0][1].get_legend_handles_labels()
    figure.legend(handles + more, labels + names, loc="outside upper left", ncols=2, fontsize=8)
    note(
        figure,
        " ".join(
            ["Open marks: fewer runs had converged when training stopped.", view.left_out]
        ).strip(),
    )
    return figure


def stacked(axes: Axes, view: View, points: pd.DataFrame) -> None:
    """Draw how the runs ended, one upon the other, told apart by hatches."""
    percent(axes)
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100"])
    borders = edges(view)[np.append(points["place"], points["place"].iloc[-1] + 1)]
    base = np.zeros(len(points))
    for outcome, (colour, hatch, name) in OUTCOMES.items():
        share = points[outcome].to_numpy() / points["runs"].to_numpy()
        if sum(share) or outcome in ("converged", "max_epochs"):
            axes.stairs(
                base + share,
                borders,
                baseline=base,
                fill=True,
                facecolor=colour + "55",
                edgecolor=INK,
                hatch=hatch,
                linewidth=0.3,
                label=name,
            )
        base = base + share
    axes.set_xlim(borders[0], borders[-1])
