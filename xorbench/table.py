"""The table of a sweep: its columns, their types, and its CSV and parquet files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from xorbench import gates
from xorbench.block import Finished
from xorbench.encoding import Grid
from xorbench.outcome import Outcome
from xorbench.settings import Settings

WEIGHTS = tuple(f"w{k}" for k in range(1, 10))
OUTCOMES = tuple(outcome.value for outcome in Outcome)
GATE_COLUMNS = ("h1_gate", "h2_gate", "output_gate")
MEASURES = ("mse", "max_error", "margin")

SHORT_MANTISSA = 23
"""Bits that measured numbers keep in a table without weights: a single has as many. The others are
noise that nothing can compress, in large sweeps two thirds of all bytes."""

AND, OR, XOR = (gates.NAMES.index(name) for name in ("AND", "OR", "XOR"))
MAKES_XOR = gates.COMPOSITIONS == XOR


class Results:
    """What became of consecutive rows, filled in as they finish.

    Parameters
    ----------
    rows : range
    weights : bool
        Keep the final weights.
    """

    def __init__(self, rows: range, weights: bool) -> None:
        self.rows = rows
        self.missing = len(rows)
        self.outcomes = np.empty(len(rows), np.uint8)
        self.epochs = np.empty(len(rows), np.int64)
        # A column an array, so that the table takes them over without copies.
        self.measures = [np.empty(len(rows)) for _ in MEASURES]
        self.gates = [np.empty(len(rows), np.uint8) for _ in GATE_COLUMNS]
        self.weights = [np.empty(len(rows)) for _ in WEIGHTS] if weights else []

    def fill(self, finished: Finished, chosen: slice | npt.NDArray[np.bool_]) -> None:
        """Take over the chosen ones of some finished runs."""
        places = finished.rows[chosen] - self.rows.start
        self.missing -= places.size
        self.outcomes[places] = finished.outcomes[chosen]
        self.epochs[places] = finished.epochs[chosen]
        columns: list[npt.NDArray[Any]] = [*self.measures, *self.gates, *self.weights]
        values = [*finished.measures.T, *finished.gates.T, *finished.weights.T]
        # Without the weights, the last nine have no column.
        for column, of_finished in zip(columns, values, strict=False):
            column[places] = of_finished[chosen]


@dataclass(frozen=True)
class Columns:
    """The columns of the table that settings lead to.

    Attributes
    ----------
    axes : dict
        The values of each axis that is a column.
    weights : bool
        Are w1..w9 columns?
    """

    axes: dict[str, tuple[float | str, ...]]
    weights: bool

    @classmethod
    def of(cls, settings: Settings) -> "Columns":
        """Take the columns from settings."""
        return cls(settings.axes, settings.weights)

    @property
    def types(self) -> dict[str, Any]:
        """The type of each column, in the order of the table."""
        axes = {name: axis_type(values) for name, values in self.axes.items()}
        gate = pd.CategoricalDtype(list(gates.NAMES))
        return {
            "seed": np.dtype(np.int64),
            **axes,
            "outcome": pd.CategoricalDtype(list(OUTCOMES)),
            "epochs": np.dtype(np.int64),
            "mse": np.dtype(np.float64),
            "max_error": np.dtype(np.float64),
            **dict.fromkeys(GATE_COLUMNS, gate),
            "learned_and_or": np.dtype(np.bool_),
            "composes_to_xor": np.dtype(np.bool_),
            "margin": np.dtype(np.float64),
            **(dict.fromkeys(WEIGHTS, np.dtype(np.float64)) if self.weights else {}),
        }

    def typed(self, table: pa.Table) -> pd.DataFrame:
        """Make the table that `make_table` made, of what was read of its parquet files."""
        frame: pd.DataFrame = table.to_pandas()
        # Some writers keep only those categories that occur.
        return frame[list(self.types)].astype(self.types)


def axis_type(values: tuple[float | str, ...]) -> Any:
    """Choose the type of an axis' column."""
    if isinstance(values[0], str):
        return pd.CategoricalDtype(list(values))
    return np.array(values).dtype


def grid_columns(grid: Grid, rows: range) -> dict[str, Any]:
    """Make the columns that follow from the numbers of consecutive rows: the seed and the axes."""
    columns = Columns.of(grid.settings)
    numbers = np.arange(rows.start, rows.stop, dtype=np.int64)
    points, places = np.divmod(numbers, grid.settings.seed_count)
    data: dict[str, Any] = {"seed": grid.seeds(places)}
    for name, values in columns.axes.items():
        positions = grid.positions(name, points)
        data[name] = (
            pd.Categorical.from_codes(positions, dtype=columns.types[name])
            if isinstance(values[0], str)
            else np.array(values)[positions]
        )
    return data


def with_short_mantissas(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Cut mantissas, towards zero: what was below a threshold stays below it."""
    dropped = np.finfo(np.float64).nmant - SHORT_MANTISSA
    return (values.view(np.int64) & -(1 << dropped)).view(np.float64)


def make_table(grid: Grid, results: Results) -> pd.DataFrame:
    """Make the table of complete results.

    Without the weights, measured numbers keep the digits of a single only.

    Parameters
    ----------
    grid : Grid
    results : Results

    Returns
    -------
    DataFrame
        One row a run, in the order of the grid.
    """
    types = Columns.of(grid.settings).types
    data = grid_columns(grid, results.rows)
    data["outcome"] = pd.Categorical.from_codes(results.outcomes, dtype=types["outcome"])
    data["epochs"] = results.epochs
    kept = results.measures if results.weights else map(with_short_mantissas, results.measures)
    measures = dict(zip(MEASURES, kept, strict=True))
    data["mse"] = measures["mse"]
    data["max_error"] = measures["max_error"]
    h1, h2, output = results.gates
    for name, codes in zip(GATE_COLUMNS, results.gates, strict=True):
        data[name] = pd.Categorical.from_codes(codes, dtype=types[name])
    data["learned_and_or"] = ((h1 == AND) & (h2 == OR)) | ((h1 == OR) & (h2 == AND))
    data["composes_to_xor"] = MAKES_XOR[output, h1, h2]
    data["margin"] = measures["margin"]
    data.update(zip(WEIGHTS, results.weights, strict=False))
    return pd.DataFrame(data, copy=False)


def csv_text(table: pd.DataFrame, *, header: bool = True) -> str:
    """Write a table as CSV into a text, as `write_csv` does."""
    return table.to_csv(index=False, lineterminator="\n", header=header)


def write_csv(table: pd.DataFrame, path: Path | TextIO, *, append: bool = False) -> None:
    """Write a table as CSV, every number in full; or only its rows, after those that are there."""
    table.to_csv(
        path, index=False, lineterminator="\n", mode="a" if append else "w", header=not append
    )


def read_csv(path: Path | BinaryIO, columns: Columns) -> pd.DataFrame:
    """Read a table that `write_csv` wrote; it equals the one written."""
    # Arrow's reader rounds every number rightly; gates named TRUE and FALSE have to stay texts.
    texts = [name for name, kind in columns.types.items() if kind == "category"]
    convert = pa_csv.ConvertOptions(column_types=dict.fromkeys(texts, pa.string()))
    table: pd.DataFrame = pa_csv.read_csv(path, convert_options=convert).to_pandas()
    return table.astype(columns.types)


def read_parquet(file: Path, columns: Columns) -> pd.DataFrame:
    """Read a table that was exported as parquet."""
    return columns.typed(pq.read_table(file, page_checksum_verification=True))
