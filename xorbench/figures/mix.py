"""How the mix of hidden pairs shifts along the abscissa."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from xorbench import gates
from xorbench.figures.data import Sweep
from xorbench.figures.style import COLOURS, INK, abscissa, edges, new_figure, note, panels, percent

TITLE = "How that shifts"

MOST_PAIRS = 6
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "++++")
OTHERS = "all other pairs"


def draw(sweep: Sweep) -> Figure:
    """Draw the shares of the most frequent pairs, one upon the other, a panel for each series."""
    figure = new_figure()
    view = sweep.view
    mix = shares(sweep)
    made = panels(figure, view.names)
    borders = edges(view)
    for number, (axes,) in enumerate(made):
        abscissa(axes, view)
        percent(axes)
        base = np.zeros(len(view.values))
        for k, pair in enumerate(mix["pair"].unique()):
            chosen = mix[(mix["series"] == number) & (mix["pair"] == pair)]
            share = np.zeros(len(view.values))
            share[chosen["place"]] = chosen["share"]
            rest = pair == OTHERS
            axes.stairs(
                base + share,
                borders,
                baseline=base,
                fill=True,
                label=pair,
                linewidth=0.4,
                facecolor="#eeeeee" if rest else COLOURS[k] + "77",
                edgecolor=INK,
                hatch="" if rest else HATCHES[k],
            )
            base = base + share
        axes.set_xlim(borders[0], borders[-1])
    made[0][0].set_ylabel("share of the runs that converged (%)")
    handles, labels = made[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2, fontsize=8)
    note(figure, f"Either unit may have either gate. {view.left_out}".strip())
    return figure


def shares(sweep: Sweep) -> pd.DataFrame:
    """Tell the share of each frequent pair: series, place, pair, runs, share of the converged."""
    order = {name: code for code, name in enumerate(gates.NAMES)}
    pairs = sweep.pairs.copy()
    pairs["pair"] = [
        " & ".join(sorted(both, key=order.__getitem__))
        for both in zip(pairs["h1_gate"], pairs["h2_gate"], strict=True)
    ]
    counts = pairs.groupby("pair")["runs"].sum().sort_values(ascending=False, kind="stable")
    frequent = list(counts.index[:MOST_PAIRS])
    pairs.loc[~pairs["pair"].isin(frequent), "pair"] = OTHERS
    mix = pairs.groupby(["series", "place", "pair"], as_index=False)["runs"].sum()
    mix["share"] = mix["runs"] / mix.groupby(["series", "place"])["runs"].transform("sum")
    rank = {pair: number for number, pair in enumerate([*frequent, OTHERS])}
    order_of_rows = mix["pair"].map(rank).to_numpy().argsort(kind="stable")
    ordered: pd.DataFrame = mix.iloc[order_of_rows].reset_index(drop=True)
    return ordered
