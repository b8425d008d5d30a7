"""What pictures and reports show of a stored sweep: small tables, aggregated on disk by DuckDB.

However many runs there are, they are never in memory together.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.figures.questions import EXACT, Questions
from xorbench.figures.survival_curve import kaplan_meier
from xorbench.figures.view import View, evenly
from xorbench.locations import storage_at
from xorbench.manifest import read_manifest, stored_settings
from xorbench.query import connected
from xorbench.reading import runs_of
from xorbench.settings import Settings

MOST_STEPS = 120
"""Of how many steps a survival curve is drawn at most."""

QUANTILES = (10, 50, 90)
SURVIVAL = ("survival", "low", "high")

MOST_SAMPLED = 2000
"""How many single runs are shown at most."""


@dataclass(frozen=True)
class Sweep:
    """The small tables of a stored sweep.

    Attributes
    ----------
    manifest : dict
    settings : Settings
    view : View
        What of the grid is shown.
    totals : dict
        Of the whole sweep: runs, and how many ended in which way, and_or.
    points : DataFrame
        A row for each point that is shown: cell, series, place, most_epochs, runs, each outcome,
        and_or, share, low, high, q10, q50, q90 (epochs; inf beyond the limit).
    survival : DataFrame
        Kaplan-Meier curves: series, place, epochs, survival, low, high.
    pairs : DataFrame
        Hidden gates of the runs that converged: series, place, h1_gate, h2_gate, runs.
    sample : DataFrame
        Whole rows of the table, of the first seeds at every point that is shown, and their row
        numbers.
    """

    manifest: dict[str, Any]
    settings: Settings
    view: View
    totals: dict[str, int]
    points: pd.DataFrame
    survival: pd.DataFrame
    pairs: pd.DataFrame
    sample: pd.DataFrame


def read_sweep(folder: Path) -> Sweep:
    """Read the small tables of a stored sweep.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Sweep

    Raises
    ------
    SettingsError
        If there is no complete sweep in the folder.
    """
    manifest = read_manifest(folder)
    settings = stored_settings(storage_at(folder), manifest)
    view = View.of(settings)
    cells = view.cells(settings)
    with connected(runs_of(folder)) as database:
        database.register("cells", cells)
        questions = Questions(database, list(settings.axes))
        counts, steps = questions.counts(cells), questions.steps()
        return Sweep(
            manifest,
            settings,
            view,
            questions.totals(),
            counts.assign(**quantiles(counts, steps, questions)),
            survival_curves(counts, steps),
            questions.pairs(),
            sample(questions, settings, cells),
        )


def quantiles(
    counts: pd.DataFrame, steps: pd.DataFrame, questions: Questions
) -> dict[str, npt.NDArray[np.float64]]:
    """Find by which epoch 10, 50 and 90 percent of all runs had converged; inf if never."""
    wanted = []
    found = {f"q{percent}": np.full(len(counts), np.inf) for percent in QUANTILES}
    by_cell = dict(list(steps.groupby("cell")))
    for cell, runs in enumerate(counts["runs"]):
        after = by_cell[cell]
        reached = after["converged"].cumsum().to_numpy()
        for percent in QUANTILES:
            rank = -(-percent * runs // 100)
            if rank > reached[-1]:
                continue
            place = int(np.searchsorted(reached, rank))
            found[f"q{percent}"][cell] = after["epoch"].iloc[place]
            before = reached[place - 1] if place else 0
            wanted.append((cell, percent, after["epoch"].iloc[place], rank - before))
    # The steps are rounded up; only the runs within one of them have to be looked at again.
    coarse = [one for one in wanted if one[2] > EXACT]
    for (cell, percent, _, rank), epochs in zip(coarse, questions.within(coarse), strict=True):
        found[f"q{percent}"][cell] = np.sort(epochs)[rank - 1]
    return found


def survival_curves(counts: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """Draw a Kaplan-Meier curve for each point, of a limited number of steps."""
    curves = []
    by_cell = dict(list(steps.groupby("cell")))
    for point in counts.to_dict("records"):
        after = by_cell[point["cell"]]
        estimate = kaplan_meier(after["converged"], after["censored"], point["runs"])
        curve = pd.DataFrame(
            {"epochs": after["epoch"].to_numpy(), **dict(zip(SURVIVAL, estimate, strict=True))}
        )
        changes = np.flatnonzero(after["converged"].to_numpy() > 0)
        kept = evenly(changes, MOST_STEPS)
        curve = curve.iloc[kept]
        start = pd.DataFrame({"epochs": [0], "survival": [1.0], "low": [np.nan], "high": [np.nan]})
        end = curve.tail(1) if len(curve) else start
        end = end.assign(epochs=point["most_epochs"])
        whole = pd.concat([start, curve, end], ignore_index=True)
        curves.append(whole.assign(series=point["series"], place=point["place"]))
    return pd.concat(curves, ignore_index=True)[["series", "place", "epochs", *SURVIVAL]]


def sample(questions: Questions, settings: Settings, cells: pd.DataFrame) -> pd.DataFrame:
    """Take the runs of the first seeds at every point that is shown."""
    seeds = settings.seeds[: max(1, MOST_SAMPLED // len(cells))]
    runs = questions.runs_of(list(seeds)).merge(cells[["cell", "point", "series", "place"]])
    index = {seed: place for place, seed in enumerate(seeds)}
    places = runs["seed"].map(index).to_numpy()
    runs.insert(0, "row", runs["point"] * settings.seed_count + places)
    return runs.sort_values(["series", "place", "row"], ignore_index=True)
