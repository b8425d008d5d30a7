"""Which Boolean functions the two hidden units learn together."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from xorbench import gates
from xorbench.figures.data import Sweep
from xorbench.figures.style import COLOURS, INK, PALE, new_figure, note

TITLE = "What the hidden units learn"

LEARNABLE = tuple(name for name in gates.NAMES if name not in ("XOR", "XNOR"))
"""The gates that one unit can have: one line through the square."""

AND_OR = (("AND", "OR"), ("OR", "AND"))


def draw(sweep: Sweep) -> Figure:
    """Draw the matrix of hidden pairs of the runs that converged."""
    figure = new_figure(6.9, 5.9)
    axes = figure.subplots()
    counts = matrix(sweep)
    total = int(counts.sum())
    shares = np.where(counts > 0, 100 * counts / max(total, 1), np.nan)
    least = np.nanmin(shares, initial=1.0)
    image = axes.imshow(shares, cmap="cividis_r", norm=LogNorm(min(least, 0.1), 100))
    size = len(LEARNABLE)
    axes.set_xticks(
        range(size), LEARNABLE, rotation=45, ha="right", rotation_mode="anchor", fontsize=8
    )
    axes.set_yticks(range(size), LEARNABLE, fontsize=8)
    axes.set_xticks(np.arange(-0.5, size), minor=True)
    axes.set_yticks(np.arange(-0.5, size), minor=True)
    axes.grid(which="minor")
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("gate of hidden unit h2")
    axes.set_ylabel("gate of hidden unit h1")
    for row, column in np.argwhere(counts > 0).tolist():
        share = shares[row, column]
        written = "<0.1" if share < 0.1 else f"{share:.1f}" if share < 10 else f"{share:.0f}"
        axes.text(
            column,
            row,
            written,
            ha="center",
            va="center",
            fontsize=7,
            color="white" if share > 3 else INK,
        )
    for one, other in gates.XOR_PAIRS:
        names = gates.NAMES[one], gates.NAMES[other]
        marked = names in AND_OR
        row, column = map(LEARNABLE.index, names)
        axes.add_patch(
            Rectangle(
                (column - 0.5, row - 0.5),
                1,
                1,
                fill=False,
                zorder=3,
                edgecolor=COLOURS[1] if marked else PALE,
                linewidth=2.2 if marked else 1,
                linestyle="-" if marked else (0, (2, 1.5)),
            )
        )
    figure.colorbar(image, label="share of the runs that converged (%)", shrink=0.8, format="%g")
    note(
        figure,
        f"{total:,} runs that converged. Thick: AND with OR. Dashed: the other pairs from which an"
        f" output can make XOR. {sweep.view.left_out}".strip(),
    )
    return figure


def matrix(sweep: Sweep) -> gates.Codes:
    """Count the pairs, shape (14, 14): the gate of h1, the gate of h2."""
    counts = np.zeros((len(LEARNABLE), len(LEARNABLE)), dtype=np.int64)
    places = {name: place for place, name in enumerate(LEARNABLE)}
    h1, h2 = (sweep.pairs[name].map(places).to_numpy() for name in ("h1_gate", "h2_gate"))
    np.add.at(counts, (h1, h2), sweep.pairs["runs"].to_numpy())
    return counts
