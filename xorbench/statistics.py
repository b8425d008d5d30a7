"""What the runs at each point of a grid have in common: shares, epochs and hidden gates.

A run that did not converge is not left out of the statistics of epochs, which would make hard
settings look fast. It counts as longer than any run that did, and a quantile that falls among
such runs is infinite: all that is known is that it exceeds the limit.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from statistics import NormalDist
from typing import Any, Final, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xorbench import plaintext
from xorbench.gates import NAMES, Codes
from xorbench.network import Array
from xorbench.outcome import Outcome

_PAIRS: Final = np.array([f"{first} & {second}" for first in NAMES for second in NAMES], object)
"""Two gates with the codes a and b, at place 16 a + b."""

_LEGEND: Final = """\
Intervals: Wilson's, 95 %. AND & OR, hidden pair: shares of the runs that converged.
> N: fewer than half, or 90 %, of all the runs had converged when training stopped at N epochs."""


@overload
def wilson(successes: float, runs: float, confidence: float = 0.95) -> tuple[float, float]: ...


@overload
def wilson(
    successes: ArrayLike, runs: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]: ...


def wilson(successes: ArrayLike, runs: ArrayLike, confidence: float = 0.95) -> tuple[Any, Any]:
    """Bound the probability behind a share by Wilson's score interval.

    Unlike the textbook's share ± error, it stays inside [0, 1] and keeps a width if all the runs
    succeed or none does.

    Parameters
    ----------
    successes, runs : int, or array (...) of int
        How many of how many runs succeeded.
    confidence : float, default 0.95
        How often such intervals contain the probability.

    Returns
    -------
    low, high : float, or array (...)
        The ends of the interval; nan for no runs.

    Raises
    ------
    ValueError
        If there are more successes than runs, negative numbers, or a confidence outside (0, 1).

    Examples
    --------
    >>> low, high = wilson(841, 1000)
    >>> f"{low:.3f} to {high:.3f}"
    '0.817 to 0.862'
    >>> low, high = wilson([0, 10], 10)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.722], [0.278, 1.0])
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, but it must be between 0 and 1.")
    s, n = np.asarray(successes, dtype=np.float64), np.asarray(runs, dtype=np.float64)
    if not ((s >= 0) & (s <= n)).all():
        raise ValueError("successes must be between 0 and the number of runs.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    half = z * z / 2
    with np.errstate(invalid="ignore"):
        spread = np.sqrt(z * z * (s * (n - s) / n) + half * half)
    # In this form rounding errors cancel: no success at all has a low of exactly 0, no failure a
    # high of exactly 1.
    return (s + (half - spread)) / (n + 2 * half), (s + (half + spread)) / (n + 2 * half)


def summarise(table: pd.DataFrame, axes: Sequence[str], max_epochs: int | None) -> pd.DataFrame:
    """Condense a sweep to one row for each combination of the values of its axes.

    Parameters
    ----------
    table : DataFrame
        One row a run, as `xorbench.sweep` returns it.
    axes : sequence of str
        The columns that tell the points of the grid apart.
    max_epochs : int or None
        After how many epochs training stopped; None if that is one of the axes.

    Returns
    -------
    DataFrame
        One row a combination, in the order in which they first appear in `table`:

        - the axes, and `runs`: how many there are;
        - `converged`: their share, and its 95 % Wilson interval `converged_low`, `converged_high`;
        - `median_epochs`, `p90_epochs`: the least number of epochs by which half, or nine tenths,
          of all runs had converged, or inf if they never did;
        - `max_epochs`: the limit beyond which such an inf lies;
        - `and_or`: the share of the converged runs that learned AND and OR, and its interval
          `and_or_low`, `and_or_high`; all nan if none converged;
        - `hidden_pair`: the most frequent gates of the two hidden units among the converged runs,
          regardless of which unit has which, and `hidden_pair_share`; "" and nan if none
          converged. Ties go to the pair that comes first in the order of `xorbench.gates.NAMES`;
        - `censored`, `stalled`, `nonfinite`: how many runs ended in these ways.

    Raises
    ------
    ValueError
        If `max_epochs` is neither given nor an axis, or both.

    Examples
    --------
    >>> runs = {
    ...     "learning_rate": [0.5, 0.5, 0.5, 8.0],
    ...     "outcome": ["converged", "max_epochs", "converged", "stalled"],
    ...     "epochs": [30, 99, 20, 40],
    ...     "h1_gate": ["OR", "AND", "AND", "TRUE"],
    ...     "h2_gate": ["AND", "AND", "OR", "TRUE"],
    ...     "learned_and_or": [True, False, True, False],
    ... }
    >>> summary = summarise(pd.DataFrame(runs), ["learning_rate"], max_epochs=99)
    >>> summary[["learning_rate", "runs", "hidden_pair", "median_epochs", "p90_epochs"]]
       learning_rate  runs hidden_pair  median_epochs  p90_epochs
    0            0.5     3    AND & OR           30.0         inf
    1            8.0     1                        inf         inf
    """
    if (max_epochs is None) != ("max_epochs" in axes):
        raise ValueError("max_epochs must be either given or one of the axes.")
    grouped = table.groupby(list(axes), sort=False, observed=True, dropna=False)
    summary = grouped.size().reset_index(name="runs")
    runs = summary["runs"].to_numpy()
    point = grouped.ngroup().to_numpy()

    outcome = _codes(table["outcome"], tuple(Outcome))
    endings = _count(len(Outcome) * point + outcome, len(Outcome) * len(runs))
    ended = dict(zip(Outcome, endings.reshape(-1, len(Outcome)).T, strict=True))
    converged = ended[Outcome.CONVERGED]

    chosen = outcome == tuple(Outcome).index(Outcome.CONVERGED)
    point = point[chosen]
    median, p90 = _quantiles(point, table["epochs"].to_numpy()[chosen], runs, (50, 90))
    and_or = _count(point[table["learned_and_or"].to_numpy()[chosen]], len(runs))
    h1, h2 = (_codes(table[name], NAMES)[chosen] for name in ("h1_gate", "h2_gate"))
    pair, pair_count = _most_frequent_pairs(point, h1, h2, len(runs))

    _add_share(summary, "converged", converged, runs)
    summary["median_epochs"] = median
    summary["p90_epochs"] = p90
    if max_epochs is not None:
        summary["max_epochs"] = max_epochs
    _add_share(summary, "and_or", and_or, converged)
    summary["hidden_pair"] = pd.array(pair, dtype="str")
    summary["hidden_pair_share"] = _share(pair_count, converged)
    summary["censored"] = ended[Outcome.MAX_EPOCHS]
    summary["stalled"] = ended[Outcome.STALLED]
    summary["nonfinite"] = ended[Outcome.NONFINITE]
    return summary


def format_summary(summary: pd.DataFrame) -> str:
    """Write a summary as a table for people.

    Parameters
    ----------
    summary : DataFrame
        What `summarise` returned.

    Returns
    -------
    str
        Lines of about 110 columns if there is one axis; the last two explain the others.

    Examples
    --------
    >>> runs = {
    ...     "learning_rate": [0.5, 0.5, 0.5, 8.0],
    ...     "outcome": ["converged", "max_epochs", "converged", "stalled"],
    ...     "epochs": [1030, 5000, 1020, 40],
    ...     "h1_gate": ["OR", "AND", "AND", "TRUE"],
    ...     "h2_gate": ["AND", "AND", "OR", "TRUE"],
    ...     "learned_and_or": [True, False, True, False],
    ... }
    >>> summary = summarise(pd.DataFrame(runs), ["learning_rate"], max_epochs=5000)
    >>> print(format_summary(summary))
      learning_rate  runs              converged   median     90 %  AND & OR     most frequent
                                 (95 % interval)   epochs   epochs                 hidden pair
                0.5     3  66.7 % (20.8 to 93.9)    1,030  > 5,000   100.0 %  AND & OR 100.0 %
                  8     1    0.0 % (0.0 to 79.3)  > 5,000  > 5,000         -                 -
    <BLANKLINE>
    Intervals: Wilson's, 95 %. AND & OR, hidden pair: shares of the runs that converged.
    > N: fewer than half, or 90 %, of all the runs had converged when training stopped at N epochs.
    """
    rows = summary.to_dict("records")
    axes = summary.columns[: summary.columns.get_loc("runs")]
    columns = {name: ["", *_axis_texts(summary[name].tolist())] for name in axes}
    columns["runs"] = ["", *(f"{row['runs']:,}" for row in rows)]
    columns["converged"] = ["(95 % interval)", *(_converged_text(row) for row in rows)]
    for heading, name in (("median", "median_epochs"), ("90 %", "p90_epochs")):
        columns[heading] = ["epochs", *(_epochs_text(row[name], row["max_epochs"]) for row in rows)]
    columns["AND & OR"] = ["", *(_percent(row["and_or"]) for row in rows)]
    columns["most frequent"] = ["hidden pair", *(_pair_text(row) for row in rows)]
    return f"{plaintext.table(columns)}\n\n{_LEGEND}"


def summary_records(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a summary into values that JSON knows.

    Parameters
    ----------
    summary : DataFrame
        What `summarise` returned.

    Returns
    -------
    list of dict
        One a row, with None for epochs beyond the limit (inf) and for shares of nothing (nan).

    Examples
    --------
    >>> summary_records(pd.DataFrame({"runs": [10], "p90_epochs": [np.inf], "and_or": [np.nan]}))
    [{'runs': 10, 'p90_epochs': None, 'and_or': None}]
    """
    return [
        {str(name): _finite_or_none(value) for name, value in row.items()}
        for row in summary.to_dict("records")
    ]


def _codes(column: pd.Series, names: Sequence[str]) -> NDArray[np.int8]:
    """Turn texts into their places among the names."""
    texts = column.astype("category").cat
    places = pd.Index([str(name) for name in names]).get_indexer(texts.categories)
    # A missing text has the code -1, and so looks up the last place.
    codes = np.append(places, -1).astype(np.int8)[texts.codes.to_numpy()]
    if (codes < 0).any():
        raise ValueError(f"{column.name} must be one of {', '.join(names)} in every row.")
    return codes


def _count(codes: Codes, length: int) -> Codes:
    """Tell how often each of the codes 0 .. length - 1 occurs."""
    return np.bincount(codes, minlength=length)


def _quantiles(point: Codes, epochs: Codes, runs: Codes, percents: Sequence[int]) -> list[Array]:
    """Find by when so many percent of all runs at each point had converged.

    Given are the points and epochs of the converged runs in any order, and the number of all runs
    at each point.
    """
    converged = _count(point, len(runs))
    # Sorting whole numbers is several times faster than sorting by two columns. Epochs go up to
    # 10**12, which leaves room for nine million points even then.
    span = epochs.max(initial=0) + 1
    ordered = point * span + epochs
    ordered.sort()
    quantiles = []
    for percent in percents:
        needed = -(-percent * runs // 100)  # rounded up
        reached = needed <= converged
        last_needed = np.cumsum(converged) - converged + needed - 1
        quantile = np.full(len(runs), np.inf)
        quantile[reached] = ordered[last_needed[reached]] % span
        quantiles.append(quantile)
    return quantiles


def _most_frequent_pairs(
    point: Codes, h1: NDArray[np.int8], h2: NDArray[np.int8], points: int
) -> tuple[NDArray[np.object_], Codes]:
    """Name the most frequent unordered pair of gates at each point, and tell how often it occurs.

    Where there are no runs at a point, the name is empty.
    """
    size = len(NAMES)
    keys, counts = np.unique(
        (point * size + np.minimum(h1, h2)) * size + np.maximum(h1, h2), return_counts=True
    )
    # Of pairs that occur equally often, the first in the order of the keys stays first.
    order = np.lexsort((-counts, keys // size**2))
    found, first = np.unique(keys[order] // size**2, return_index=True)
    best = order[first]
    pairs, frequencies = np.full(points, "", dtype=object), np.zeros(points, dtype=np.int64)
    pairs[found], frequencies[found] = _PAIRS[keys[best] % size**2], counts[best]
    return pairs, frequencies


def _share(part: Codes, whole: Codes) -> Array:
    """Divide; a share of nothing is nan."""
    shares = np.full(len(whole), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _add_share(summary: pd.DataFrame, name: str, part: Codes, whole: Codes) -> None:
    """Add the columns of a share and its interval."""
    summary[name] = _share(part, whole)
    summary[f"{name}_low"], summary[f"{name}_high"] = wilson(part, whole)


def _axis_texts(values: list[Any]) -> list[str]:
    """Write the values of an axis: numbers with six digits, if these tell them apart."""
    if all(isinstance(value, float) for value in values):
        short = [f"{value:g}" for value in values]
        return short if len(set(short)) == len(set(values)) else [str(value) for value in values]
    return [f"{value:,}" if isinstance(value, int) else str(value) for value in values]


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"


def _converged_text(row: Mapping[Hashable, Any]) -> str:
    low, high = 100 * row["converged_low"], 100 * row["converged_high"]
    return f"{_percent(row['converged'])} ({low:.1f} to {high:.1f})"


def _epochs_text(epochs: float, max_epochs: int) -> str:
    return f"{epochs:,.0f}" if math.isfinite(epochs) else f"> {max_epochs:,}"


def _pair_text(row: Mapping[Hashable, Any]) -> str:
    share = row["hidden_pair_share"]
    return "-" if math.isnan(share) else f"{row['hidden_pair']} {_percent(share)}"


def _finite_or_none(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
