"""The picture of a map: one pixel a run, with axes, a colour bar and a legend."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch
from matplotlib.ticker import (
    FuncFormatter,
    MaxNLocator,
    NullFormatter,
    NullLocator,
    ScalarFormatter,
)

from xorbench.figures.style import INK, PALE, save, style, wrapped
from xorbench.maps.axis import OUTPUT_RATE, START_SCALE, STOP_THRESHOLD, WEIGHTS, MapAxis
from xorbench.maps.colouring import legend, marks, paint, scale, shaded
from xorbench.maps.ending import Ending
from xorbench.maps.plan import Plan

FEW_DECADES = 30.0
LONGER = 6.0  # inches of the longer side of the map
FEWEST_DOTS = 720  # along it; smaller maps have squares of dots for a run
LEFT, RIGHT, BELOW, ABOVE = 0.8, 1.2, 0.71, 0.35  # inches around the map
NARROWEST = 7.0  # so that the legend has room beside a narrow map, too
TITLE_LINE, LEGEND_LINE, NOTE_LINE = 0.2, 0.19, 0.12
COLUMNS = 2  # of the legend


def write(path: Path, plan: Plan, ending: Ending, colours: str, title: str, note: str) -> None:
    """Draw a map into a PNG file.

    Parameters
    ----------
    path : Path
    plan : Plan
    ending : Ending
    colours : "epochs" or "pairs"
        What the colour of a run that converged tells.
    title, note : str
        Above and below the map.
    """
    with style(), mpl.rc_context({"savefig.dpi": dots_per_inch(plan)}):
        save(draw(plan, ending, colours, title, note), path)


def dots_per_inch(plan: Plan) -> float:
    """Choose the resolution at which every run is a square of the same number of dots."""
    longer = max(plan.width, plan.height)
    return longer * max(1, -(-FEWEST_DOTS // longer)) / LONGER


def draw(plan: Plan, ending: Ending, colours: str, title: str, note: str) -> Figure:
    """Draw a map."""
    longer = max(plan.width, plan.height)
    width, height = LONGER * plan.width / longer, LONGER * plan.height / longer
    entries = legend(ending, colours, plan.settings.max_epochs[0])
    whole_width = max(LEFT + width + RIGHT, NARROWEST)
    title = wrapped(title, int(10 * (whole_width - LEFT)))
    note = "\n".join(wrapped(line, int(20 * (whole_width - LEFT))) for line in note.splitlines())
    below = BELOW + LEGEND_LINE * -(-len(entries) // COLUMNS) + NOTE_LINE * len(note.splitlines())
    whole_height = below + height + ABOVE + TITLE_LINE * len(title.splitlines())
    figure = Figure(figsize=(whole_width, whole_height))
    axes = figure.add_axes(
        (LEFT / whole_width, below / whole_height, width / whole_width, height / whole_height)
    )
    axes.imshow(paint(ending, colours), origin="lower", aspect="auto", interpolation="nearest")
    axes.set_axis_off()
    # The scales are those of a second system of axes, for an image lies evenly on the paper.
    scales = figure.add_axes(axes.get_position().bounds, facecolor="none", label="scales")
    scales.spines[:].set_visible(True)
    label(scales, plan)
    figure.text(LEFT / whole_width, 1 - 0.2 / whole_height, title, fontsize=12, va="top")
    bar = figure.add_axes(
        (
            (LEFT + width + 0.2) / whole_width,
            below / whole_height,
            0.18 / whole_width,
            height / whole_height,
        )
    )
    colour_bar(bar, ending, colours)
    figure.legend(
        handles=[
            tuple(Patch(facecolor=colour, edgecolor=INK, linewidth=0.5) for colour in entry.colours)
            for entry in entries
        ],
        labels=[entry.text for entry in entries],
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        loc="upper left",
        bbox_to_anchor=(LEFT / whole_width, (below - 0.55) / whole_height),
        ncols=COLUMNS,
        fontsize=7.5,
        borderaxespad=0,
        columnspacing=1.2,
        handlelength=1.2 if colours == "epochs" else 2.4,
    )
    figure.text(
        LEFT / whole_width, 0.08 / whole_height, note, fontsize=6.5, color=PALE, va="bottom"
    )
    return figure


def label(axes: Axes, plan: Plan) -> None:
    """Set up scales and ticks."""
    axes.set_xlim(plan.x.start, plan.x.stop)
    axes.set_ylim(plan.y.start, plan.y.stop)
    axes.set_xlabel(axis_label(plan.x, plan))
    axes.set_ylabel(axis_label(plan.y, plan))
    for axis, part, set_scale in (
        (axes.xaxis, plan.x, axes.set_xscale),
        (axes.yaxis, plan.y, axes.set_yscale),
    ):
        if not part.logarithmic:
            continue
        set_scale("log")
        if part.stop / part.start < FEW_DECADES:
            # Between two powers of ten, ticks at round numbers.
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(ScalarFormatter())
        else:
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())


def axis_label(axis: MapAxis, plan: Plan) -> str:
    """Say what an axis is."""
    words = axis.words
    if axis.name == "learning_rate" and OUTPUT_RATE in (plan.x.name, plan.y.name):
        words = "learning rate of the hidden units"
    elif axis.name == OUTPUT_RATE:
        words = "learning rate of the output"
    elif axis.name in WEIGHTS:
        words = f"{axis.name} at the start: {WEIGHTS[axis.name]}"
    elif axis.name == START_SCALE:
        start = "of the given weights"
        if plan.seed is not None:
            start = f"of seed {plan.seed}, {plan.settings.init[0].text}"
        words = f"start scale, {start}"
    elif axis.name == STOP_THRESHOLD:
        words = f"stop threshold of {plan.settings.stop[0].metric}"
    return f"{words}, log scale" if axis.logarithmic else words


def colour_bar(axes: Axes, ending: Ending, colours: str) -> None:
    """Tell which shades stand for which numbers of epochs."""
    places, texts = marks(ending)
    if not places:
        axes.set_axis_off()
        return
    shades = (
        scale() if colours == "epochs" else shaded(np.full((256, 3), 0.5), np.linspace(0, 1, 256))
    )
    axes.imshow(shades[:, np.newaxis], origin="lower", aspect="auto", extent=(0, 1, 0, 1))
    axes.set_xticks([])
    axes.set_yticks(places, texts)
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.set_ylabel("epochs to convergence, by rank")
    axes.spines[:].set_visible(True)
