"""The data that a report carries: for the charts, and of the sampled runs all that trains them."""

from typing import Any

import numpy as np
import pandas as pd

from xorbench import gates
from xorbench.encoding import Grid
from xorbench.figures import mix
from xorbench.figures.data import QUANTILES, Sweep
from xorbench.figures.pairs import AND_OR, LEARNABLE
from xorbench.figures.style import OUTCOMES
from xorbench.figures.survival import MOST_CURVES
from xorbench.figures.view import evenly
from xorbench.table import OUTCOMES as ENDINGS

Table = dict[str, list[Any]]
"""The columns of a table, as JSON has them."""

ENDED = {outcome: OUTCOMES[outcome][2].partition(":")[0] for outcome in ENDINGS}
"""What the page calls each outcome: as the chart of endings does."""


def tables(sweep: Sweep) -> dict[str, Table]:
    """Make the tables of the charts; `place` and `serie` number the values and the series."""
    return {
        name: columns(make(sweep))
        for name, make in {
            "points": points,
            "quantiles": quantiles,
            "endings": endings,
            "survival": survival,
            "pairs": pairs,
            "mix": mix_shares,
        }.items()
    }


def columns(table: pd.DataFrame) -> Table:
    """Turn a table into lists that JSON knows; what is not finite becomes None."""
    return {
        str(name): [
            None if isinstance(value, float) and not np.isfinite(value) else value
            for value in table[name].tolist()
        ]
        for name in table.columns
    }


def points(sweep: Sweep) -> pd.DataFrame:
    """Tell how many converged at each point."""
    shown = ["series", "place", "runs", "converged", "share", "low", "high"]
    return rounded(sweep.points[shown])


def quantiles(sweep: Sweep) -> pd.DataFrame:
    """Tell by when 10, 50 and 90 % converged; `known` is false where they did not."""
    parts = []
    for rank, percent in enumerate(QUANTILES):
        epochs = sweep.points[f"q{percent}"]
        limit = sweep.points["most_epochs"]
        known = np.isfinite(epochs)
        parts.append(
            sweep.points[["series", "place"]].assign(
                quantile=f"{percent} %",
                rank=rank,
                known=known,
                epochs=epochs.where(known, limit).clip(lower=1).astype(np.int64),
                by=[
                    f"{epoch:,.0f}" if is_known else f"not within {most:,}"
                    for epoch, is_known, most in zip(epochs, known, limit, strict=True)
                ],
                limit=limit,
            )
        )
    return pd.concat(parts, ignore_index=True)


def endings(sweep: Sweep) -> pd.DataFrame:
    """Tell how the runs ended at each point."""
    parts = [
        sweep.points[["series", "place"]].assign(
            ending=name,
            rank=rank,
            runs=sweep.points[outcome],
            share=sweep.points[outcome] / sweep.points["runs"],
        )
        for rank, (outcome, (_, _, name)) in enumerate(OUTCOMES.items())
        if sweep.points[outcome].any()
    ]
    return rounded(pd.concat(parts, ignore_index=True))


def survival(sweep: Sweep) -> pd.DataFrame:
    """Give the survival curves; those `kept` are shown without being chosen."""
    kept = evenly(range(len(sweep.view.values)), MOST_CURVES)
    curves = sweep.survival
    begins = max(1, int(0.8 * curves.loc[curves["epochs"] > 0, "epochs"].min()))  # for a log scale
    return rounded(
        curves.assign(kept=curves["place"].isin(kept), epochs=curves["epochs"].replace(0, begins))
    )


def pairs(sweep: Sweep) -> pd.DataFrame:
    """Count the hidden pairs; those that could make XOR are there even if no run learned them."""
    found = sweep.pairs.rename(columns={"h1_gate": "h1", "h2_gate": "h2"})
    possible = [(gates.NAMES[one], gates.NAMES[other]) for one, other in sorted(gates.XOR_PAIRS)]
    none = pd.DataFrame(
        [
            (series, place, *pair, 0)
            for series in range(len(sweep.view.series))
            for place in range(len(sweep.view.values))
            for pair in possible
        ],
        columns=["series", "place", "h1", "h2", "runs"],
    )
    table = pd.concat([found, none]).groupby(["series", "place", "h1", "h2"], as_index=False).sum()
    kinds = dict.fromkeys(possible, "makes XOR") | dict.fromkeys(AND_OR, "AND with OR")
    table["kind"] = [kinds.get(pair, "") for pair in zip(table["h1"], table["h2"], strict=True)]
    return table[table["h1"].isin(LEARNABLE) & table["h2"].isin(LEARNABLE)]


def mix_shares(sweep: Sweep) -> pd.DataFrame:
    """Tell the shares of frequent pairs."""
    table = mix.shares(sweep)
    rank = {pair: number for number, pair in enumerate(table["pair"].unique())}
    return rounded(table.assign(rank=table["pair"].map(rank)))


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Keep six digits of shares, which are estimates."""
    shares = {name: table[name].round(6) for name in table.columns if table[name].dtype == float}
    return table.assign(**shares)


def runs(sweep: Sweep) -> dict[str, Any]:
    """Give the sampled runs, and of each what is needed to train it again.

    Returns
    -------
    dict
        `columns` of the runs, gates and outcomes as codes; `start` numbers the rows of `starts`,
        nine weights in full.
    """
    sample = sweep.sample
    gate = {name: code for code, name in enumerate(gates.NAMES)}
    outcome = {name: code for code, name in enumerate(ENDINGS)}
    table = {
        "row": sample["row"],
        "seed": sample["seed"],
        "series": sample["series"],
        "place": sample["place"],
        "outcome": sample["outcome"].map(outcome),
        "epochs": sample["epochs"],
        "mse": sample["mse"],
        **{name: sample[f"{name}_gate"].map(gate) for name in ("h1", "h2", "output")},
    }
    points, places = np.divmod(sample["row"].to_numpy(), sweep.settings.seed_count)
    weights = Grid(sweep.settings).starts(points, places)
    starts, numbers = np.unique(weights, axis=0, return_inverse=True)
    table["start"] = pd.Series(numbers.ravel())
    return {"columns": columns(pd.DataFrame(table)), "starts": starts.tolist()}
