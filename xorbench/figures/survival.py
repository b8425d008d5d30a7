"""Which share of the runs has not converged yet: Kaplan-Meier curves."""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from xorbench.figures.data import Sweep
from xorbench.figures.style import DASHES, MARKERS, epochs_axis, new_figure, note, panels, percent
from xorbench.figures.view import evenly, words

TITLE = "How many are left"

MOST_CURVES = 6


def draw(sweep: Sweep) -> Figure:
    """Draw a survival curve for some values of the abscissa, a panel for each series."""
    figure = new_figure()
    view = sweep.view
    chosen = evenly(range(len(view.values)), MOST_CURVES)
    colours = mpl.colormaps["cividis"](np.linspace(0, 0.9, len(chosen)))
    made = panels(figure, view.names)
    curves = sweep.survival
    last = curves["epochs"].max()
    first = min(curves.loc[curves["epochs"] > 0, "epochs"].min(), last / 10)
    for number, (axes,) in enumerate(made):
        axes.set_xscale("log")
        epochs_axis(axes.xaxis)
        percent(axes)
        axes.grid(axis="y")
        axes.set_xlabel("epochs")
        axes.set_xlim(max(0.9, first * 0.7), last * 1.1)
        for k, place in enumerate(chosen):
            curve = curves[(curves["series"] == number) & (curves["place"] == place)]
            epochs = np.maximum(curve["epochs"], 0.5)
            style = {"color": colours[k], "linestyle": DASHES[k]}
            axes.fill_between(
                epochs, curve["low"], curve["high"], step="post", color=colours[k], alpha=0.15, lw=0
            )
            axes.step(epochs, curve["survival"], where="post", **style)
            axes.plot(
                epochs.iloc[-1:],
                curve["survival"].iloc[-1:],
                marker=MARKERS[k],
                **style,
                label=view.value_texts[place],
                clip_on=False,
                markersize=5,
            )
    made[0][0].set_ylabel("runs not yet converged (%)")
    figure.legend(
        *made[0][0].get_legend_handles_labels(),
        loc="outside right upper",
        title=words(view.x),
        alignment="left",
        handlelength=3,
    )
    sentences = ["Kaplan-Meier with 95 % intervals; a mark: training stopped there."]
    if len(chosen) < len(view.values):
        sentences.append(f"{len(chosen)} of {len(view.values)} values are shown.")
    note(figure, " ".join([*sentences, view.left_out]).strip())
    return figure
