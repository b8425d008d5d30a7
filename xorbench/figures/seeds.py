"""A map of single runs, seeds by learning rates: how each ended, and after how many epochs."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xorbench.figures.data import Sweep
from xorbench.figures.style import (
    OUTCOMES,
    abscissa,
    edges,
    epochs_axis,
    new_figure,
    note,
    panels,
)

TITLE = "Each run by itself"

MOST_SEEDS = 100


def draw(sweep: Sweep) -> Figure:
    """Draw a cell for each run of the first seeds."""
    figure = new_figure()
    view = sweep.view
    runs = sweep.sample
    seeds = runs["seed"].unique()[:MOST_SEEDS]
    runs = runs[runs["seed"].isin(seeds)]
    row = runs["seed"].map({seed: k for k, seed in enumerate(seeds)}).to_numpy()
    converged = runs["outcome"].to_numpy() == "converged"
    epochs = np.maximum(runs["epochs"].to_numpy(), 1)
    found = epochs[converged]
    norm = LogNorm(found.min(initial=10**6), max(found.max(initial=1), 2 * found.min(initial=1)))
    made = panels(figure, view.names)
    figure.set_figheight(figure.get_figheight() * 1.25)
    borders = edges(view)
    for number, (axes,) in enumerate(made):
        abscissa(axes, view)
        axes.spines[:].set_visible(False)
        values = np.full((len(seeds), len(view.values)), np.nan)
        mine = (runs["series"] == number).to_numpy()
        chosen = mine & converged
        values[row[chosen], runs["place"].to_numpy()[chosen]] = epochs[chosen]
        rows = np.arange(len(seeds) + 1)
        axes.pcolormesh(borders, rows, values, cmap="cividis_r", norm=norm, rasterized=True)
        for outcome, (colour, hatch, _) in OUTCOMES.items():
            if outcome == "converged":
                continue
            here = np.full(values.shape, np.nan)
            chosen = mine & (runs["outcome"].to_numpy() == outcome)
            here[row[chosen], runs["place"].to_numpy()[chosen]] = 1
            if chosen.any():
                axes.pcolor(
                    borders,
                    rows,
                    np.ma.masked_invalid(here),
                    cmap=ListedColormap(["#ffffff"]),
                    hatch=hatch,
                    edgecolor=colour,
                    linewidth=0,
                )
        axes.set_ylim(len(seeds), 0)
        axes.set_xlim(borders[0], borders[-1])
        ticks = [int(k) for k in axes.get_yticks() if 0 <= k < len(seeds) and k == int(k)]
        axes.set_yticks([k + 0.5 for k in ticks], [str(seeds[k]) for k in ticks])
    made[0][0].set_ylabel("seed")
    bar = figure.colorbar(
        ScalarMappable(norm, "cividis_r"),
        ax=[axes for (axes,) in made],
        label="epochs at convergence",
        aspect=30,
    )
    epochs_axis(bar.ax.yaxis)
    ended = set(runs["outcome"])
    handles = [
        Patch(facecolor="white", edgecolor=colour, hatch=hatch, label=name)
        for outcome, (colour, hatch, name) in OUTCOMES.items()
        if outcome != "converged" and outcome in ended
    ]
    if handles:
        figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=8)
    count = sweep.settings.seed_count
    which = f"The first {len(seeds)} of {count:,} seeds. " if len(seeds) < count else ""
    note(figure, which + view.left_out)
    return figure
