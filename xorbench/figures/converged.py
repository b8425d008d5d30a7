"""Which share of the runs converged, with Wilson's intervals."""

from matplotlib.figure import Figure

from xorbench.figures.data import Sweep
from xorbench.figures.style import COLOURS, DASHES, MARKERS, abscissa, new_figure, note, percent

TITLE = "How many converge"


def draw(sweep: Sweep) -> Figure:
    """Draw the share that converged over the abscissa of a sweep, a line for each series."""
    figure = new_figure()
    axes = figure.subplots()
    places = abscissa(axes, sweep.view)
    percent(axes)
    axes.grid(axis="y")
    axes.set_ylabel("runs converged (%), 95 % interval")
    for number, name in enumerate(sweep.view.names):
        points = sweep.points[sweep.points["series"] == number]
        x = [places[place] for place in points["place"]]
        colour = COLOURS[number]
        if sweep.view.scale != "words":
            axes.fill_between(x, points["low"], points["high"], color=colour, alpha=0.2, lw=0)
        axes.errorbar(
            x,
            points["share"],
            [points["share"] - points["low"], points["high"] - points["share"]],
            color=colour,
            elinewidth=0.8,
            label=name,
            linestyle="" if sweep.view.scale == "words" else DASHES[number],
            marker=MARKERS[number],
        )
    if any(sweep.view.names):
        figure.legend(
            loc="outside upper left", ncols=2 if max(map(len, sweep.view.names)) < 36 else 1
        )
    note(figure, sweep.view.left_out)
    return figure
