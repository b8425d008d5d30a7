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
from xorbench.filtering import ALL, Filter
from xorbench.gates import NAMES, Codes
from xorbench.network import Array
from xorbench.outcome import Outcome
from xorbench.query import Source, columns, connected
from xorbench.table import axis_type

_PAIRS: Final = np.array([f"{first} & {second}" for first in NAMES for second in NAMES], object)
"""Two gates with the codes a and b, at place 16 a + b."""

_AND_OR: Final = len(NAMES) * NAMES.index("AND") + NAMES.index("OR")

_CHOSEN: Final = "WITH chosen AS (SELECT * FROM runs WHERE {where})"

_COUNTS: Final = """
SELECT {axes}, outcome, h1_gate, h2_gate, count(*) AS number FROM chosen GROUP BY ALL
"""

# Whole numbers are compared, so that no rounding decides.
_QUANTILES: Final = """
,
    counted AS (
        SELECT {axes}, epochs, count(*) AS number
        FROM chosen
        WHERE outcome = 'converged'
        GROUP BY ALL
    ),
    reached AS (
        SELECT *, sum(number) OVER (PARTITION BY {axes} ORDER BY epochs) AS reached FROM counted
    ),
    points AS (SELECT {axes}, count(*) AS runs FROM chosen GROUP BY ALL)
SELECT
    {axes},
    coalesce(min(epochs) FILTER (100 * reached >= 50 * runs), 'inf'::DOUBLE) AS median_epochs,
    coalesce(min(epochs) FILTER (100 * reached >= 90 * runs), 'inf'::DOUBLE) AS p90_epochs
FROM reached JOIN points USING ({axes})
GROUP BY ALL
"""

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


def summarise(
    source: Source,
    axes: Mapping[str, Sequence[Any]],
    max_epochs: int | None,
    where: Filter = ALL,
) -> pd.DataFrame:
    """Condense a sweep to one row for each combination of the values of its axes.

    Parameters
    ----------
    source : DataFrame or sequence of Path
        One row a run, as `xorbench.sweep` returns it, or the parquet files of such a table. These
        are never loaded as a whole.
    axes : mapping of str to sequence
        The columns that tell the points of the grid apart, the fastest first, and the values of
        each in their order: `Settings.axes`.
    max_epochs : int or None
        After how many epochs training stopped; None if that is one of the axes.
    where : Filter
        Which runs count; all by default.

    Returns
    -------
    DataFrame
        One row a combination that has runs, in the order of the grid:

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
        If `max_epochs` is neither given nor an axis, or both; or if there are values that the
        axes, outcomes or gates do not have.

    Examples
    --------
    >>> runs = {
    ...     "learning_rate": [0.5, 0.5, 0.5, 8.0],
    ...     "outcome": ["converged", "max_epochs", "converged", "stalled"],
    ...     "epochs": [30, 99, 20, 40],
    ...     "h1_gate": ["OR", "AND", "AND", "TRUE"],
    ...     "h2_gate": ["AND", "AND", "OR", "TRUE"],
    ... }
    >>> summary = summarise(pd.DataFrame(runs), {"learning_rate": [0.5, 8.0]}, max_epochs=99)
    >>> summary[["learning_rate", "runs", "hidden_pair", "median_epochs", "p90_epochs"]]
       learning_rate  runs hidden_pair  median_epochs  p90_epochs
    0            0.5     3    AND & OR           30.0         inf
    1            8.0     1                        inf         inf
    """
    if (max_epochs is None) != ("max_epochs" in axes):
        raise ValueError("max_epochs must be either given or one of the axes.")
    names = columns(axes)
    with connected(source) as connection:
        chosen = _CHOSEN.format(where=where.sql)
        counted, quantiles = (
            connection.execute(chosen + sql.format(axes=names), list(where.parameters)).df()
            for sql in (_COUNTS, _QUANTILES)
        )

    places, point = np.unique(_places(counted, axes), return_inverse=True)
    number = counted["number"].to_numpy()
    outcome = _codes(counted["outcome"], tuple(Outcome))
    endings = _count(len(Outcome) * point + outcome, number, len(Outcome) * len(places))
    endings = endings.reshape(-1, len(Outcome))
    ended = dict(zip(Outcome, endings.T, strict=True))
    runs, converged = endings.sum(axis=1), ended[Outcome.CONVERGED]

    chosen = outcome == tuple(Outcome).index(Outcome.CONVERGED)
    h1, h2 = (_codes(counted[name], NAMES)[chosen] for name in ("h1_gate", "h2_gate"))
    pair, pair_count, and_or = _pairs(point[chosen], h1, h2, number[chosen], len(places))

    summary = pd.DataFrame(_values(places, axes))
    summary["runs"] = runs
    _add_share(summary, "converged", converged, runs)
    reaching = np.searchsorted(places, _places(quantiles, axes))
    for name in ("median_epochs", "p90_epochs"):
        epochs = np.full(len(places), np.inf)
        epochs[reaching] = quantiles[name]
        summary[name] = epochs
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
        Lines of about 110 columns if there is one axis; the last two explain the others. One
        sentence if there are no runs.

    Examples
    --------
    >>> runs = {
    ...     "learning_rate": [0.5, 0.5, 0.5, 8.0],
    ...     "outcome": ["converged", "max_epochs", "converged", "stalled"],
    ...     "epochs": [1030, 5000, 1020, 40],
    ...     "h1_gate": ["OR", "AND", "AND", "TRUE"],
    ...     "h2_gate": ["AND", "AND", "OR", "TRUE"],
    ... }
    >>> summary = summarise(pd.DataFrame(runs), {"learning_rate": [0.5, 8.0]}, max_epochs=5000)
    >>> print(format_summary(summary))
      learning_rate  runs              converged   median     90 %  AND & OR     most frequent
                                 (95 % interval)   epochs   epochs                 hidden pair
                0.5     3  66.7 % (20.8 to 93.9)    1,030  > 5,000   100.0 %  AND & OR 100.0 %
                  8     1    0.0 % (0.0 to 79.3)  > 5,000  > 5,000         -                 -
    <BLANKLINE>
    Intervals: Wilson's, 95 %. AND & OR, hidden pair: shares of the runs that converged.
    > N: fewer than half, or 90 %, of all the runs had converged when training stopped at N epochs.
    """
    if summary.empty:
        return "No run matches."
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


def _places(table: pd.DataFrame, axes: Mapping[str, Sequence[Any]]) -> Codes:
    """Give the numbers of the points to which rows belong; the first axis is fastest."""
    places = np.zeros(len(table), np.int64)
    stride = 1
    for name, values in axes.items():
        places += stride * _codes(table[name], values)
        stride *= len(values)
    return places


def _values(places: Codes, axes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Give the values of the axes at points: the inverse of `_places`."""
    columns: dict[str, Any] = {}
    for name, values in axes.items():
        places, positions = np.divmod(places, len(values))
        columns[name] = (
            pd.Categorical.from_codes(positions, dtype=axis_type(tuple(values)))
            if isinstance(values[0], str)
            else np.array(values)[positions]
        )
    return columns


def _codes(column: pd.Series, values: Sequence[Any]) -> Codes:
    """Turn values into their places among those that there may be."""
    known = [str(value) if isinstance(value, str) else value for value in values]
    index = pd.Index(known)
    codes = index.get_indexer(pd.Index(column.astype(index.dtype)))
    if (codes < 0).any():
        raise ValueError(f"{column.name} must be one of {', '.join(map(str, known))} in every row.")
    return codes


def _count(codes: Codes, numbers: Codes, length: int) -> Codes:
    """Add up the numbers of each of the codes 0 .. length - 1."""
    sums = np.zeros(length, np.int64)
    np.add.at(sums, codes, numbers)
    return sums


def _pairs(
    point: Codes, h1: Codes, h2: Codes, number: Codes, points: int
) -> tuple[NDArray[np.object_], Codes, Codes]:
    """Name the most frequent unordered pair of gates at each point; count it, and AND with OR.

    Where there are no runs at a point, the name is empty.
    """
    size = len(NAMES)
    keys, place = np.unique(
        (point * size + np.minimum(h1, h2)) * size + np.maximum(h1, h2), return_inverse=True
    )
    counts = _count(place, number, len(keys))
    owners, codes = np.divmod(keys, size**2)
    # Of pairs that occur equally often, the first in the order of the keys stays first.
    order = np.lexsort((-counts, owners))
    found, first = np.unique(owners[order], return_index=True)
    best = order[first]
    pairs, frequencies = np.full(points, "", dtype=object), np.zeros(points, dtype=np.int64)
    pairs[found], frequencies[found] = _PAIRS[codes[best]], counts[best]
    return pairs, frequencies, _count(owners[codes == _AND_OR], counts[codes == _AND_OR], points)


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
