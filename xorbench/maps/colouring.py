"""How pixels get their colours: by rank of the epochs, hidden pair, and outcome."""

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.colors import to_hex, to_rgb

from xorbench.maps.ending import Ending, pair_name, pairs_by_frequency
from xorbench.outcome import Outcome

Floats = npt.NDArray[np.float64]

PLAIN = {
    Outcome.MAX_EPOCHS: ("#d8d8d8", "not converged within {limit} epochs"),
    Outcome.STALLED: ("#ffffff", "stalled: no weight changes any more"),
    Outcome.NONFINITE: ("#000000", "a weight overflowed"),
}
"""The one colour of each other outcome, and what it means."""

SHADES = 256
HUES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#F0E442", "#8C564B", "#56B4E9")
"""Okabe and Ito's and two more, the first ones for the most frequent pairs."""
OTHER_HUE = "#777777"
NEAREST_MARKS = 1 / 12  # of the colour bar
ROUND = (1, 5, 2, 3, 7, 4, 15, 8, 6, 12, 9, 25)
"""What numbers of epochs on the colour bar may begin with, the best first."""


@dataclass(frozen=True)
class Entry:
    """A line of the legend: a colour, or its shades from fast to slow, and what it means."""

    colours: tuple[str, ...]
    text: str


def scale() -> Floats:
    """Make the colours of the runs that converged, the fastest first; shape (SHADES, 3)."""
    # Pale yellow is left out, which is too near to the colours of the other outcomes.
    places = np.linspace(0.94, 0.0, SHADES)
    return np.asarray(mpl.colormaps["viridis"](places))[:, :3]


def ranks(epochs: npt.NDArray[np.int64]) -> Floats:
    """Rank numbers of epochs from 0 to 1, so that each colour is as frequent as any other.

    Equal ones share the middle of their ranks.

    Examples
    --------
    >>> ranks(np.array([10, 5000, 10, 20]))
    array([0.25 , 0.875, 0.25 , 0.625])
    """
    _, inverse, counts = np.unique(epochs, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / max(epochs.size, 1)
    return np.asarray(middle[inverse], dtype=np.float64)


def paint(ending: Ending, colours: str) -> npt.NDArray[np.uint8]:
    """Colour every pixel; shape (height, width, 3)."""
    image = np.ones((*ending.outcomes.shape, 3))
    for outcome, (colour, _) in PLAIN.items():
        image[ending.having(outcome)] = to_rgb(colour)
    converged = ending.converged
    rank = ranks(ending.epochs[converged])
    if colours == "epochs":
        shades = np.minimum((rank * SHADES).astype(np.int64), SHADES - 1)
        image[converged] = scale()[shades]
    else:
        hues = np.empty((rank.size, 3))
        hues[:] = to_rgb(OTHER_HUE)
        pairs = ending.pairs[converged]
        for hue, pair in zip(HUES, pairs_by_frequency(ending), strict=False):
            hues[pairs == pair] = to_rgb(hue)
        image[converged] = shaded(hues, rank)
    return (image * 255 + 0.5).astype(np.uint8)


def shaded(hues: Floats, rank: Floats) -> Floats:
    """Mix hues (n, 3) with white for the fastest runs and with black for the slowest."""
    rank = rank[:, np.newaxis]
    pale, dark = hues + 0.65 * (1.0 - hues), 0.4 * hues
    return np.where(
        rank < 0.5, pale + 2.0 * rank * (hues - pale), hues + (2.0 * rank - 1.0) * (dark - hues)
    )


def shades_of(hue: str) -> tuple[str, ...]:
    """Give a hue as it is for the fastest, for middling and for the slowest runs.

    Examples
    --------
    >>> shades_of("#0072B2")
    ('#a6cee4', '#0072b2', '#002e47')
    """
    return tuple(map(to_hex, shaded(np.tile(to_rgb(hue), (3, 1)), np.array([0.0, 0.5, 1.0]))))


def legend(ending: Ending, colours: str, max_epochs: int) -> list[Entry]:
    """List the plain colours of a picture: hidden pairs and outcomes that occur, with shares."""
    entries = []
    converged = int(ending.converged.sum())
    if colours == "pairs":
        pairs = pairs_by_frequency(ending)
        rest = converged
        for hue, (pair, count) in zip(HUES, pairs.items(), strict=False):
            entries.append(Entry(shades_of(hue), f"{pair_name(pair)}: {share(count, converged)}"))
            rest -= count
        if rest:
            entries.append(Entry(shades_of(OTHER_HUE), f"other pairs: {share(rest, converged)}"))
    for outcome, (colour, meaning) in PLAIN.items():
        count = int(ending.having(outcome).sum())
        if count:
            words = meaning.format(limit=f"{max_epochs:,}")
            entries.append(Entry((colour,), f"{words}: {share(count, ending.outcomes.size)}"))
    return entries


def share(count: int, whole: int) -> str:
    """Write a share in per cent."""
    percent = 100 * count / whole
    return "< 0.1 %" if percent < 0.1 else f"{percent:.1f} %"


def marks(ending: Ending) -> tuple[list[float], list[str]]:
    """Choose numbers for the colour bar, the ends and round ones: their ranks and texts."""
    epochs = np.sort(ending.epochs[ending.converged])
    if not epochs.size:
        return [], []
    chosen = {middle_rank(epochs, number): int(number) for number in epochs[[0, -1]]}
    for digits in ROUND:
        for number in (digits * 10**power for power in range(12)):
            place = middle_rank(epochs, number)
            far = all(abs(place - other) >= NEAREST_MARKS for other in chosen)
            if far and epochs[0] < number < epochs[-1]:
                chosen[place] = number
    places = sorted(chosen)
    return places, [f"{chosen[place]:,}" for place in places]


def middle_rank(epochs: npt.NDArray[np.int64], number: int) -> float:
    """Tell which share of sorted epochs is below a number, half of those equal to it included."""
    sides = np.searchsorted(epochs, number), np.searchsorted(epochs, number, "right")
    return float(sum(sides) / 2 / epochs.size)
