"""The questions to the runs of a stored sweep, in SQL.

They know two tables: `runs`, and the `cells` that are shown: `cell`, the axes, and `most_epochs`,
where training stopped.
"""

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.outcome import Outcome
from xorbench.query import columns
from xorbench.statistics import wilson
from xorbench.table import GATE_COLUMNS

EXACT = 999
"""Steps up to this epoch are not rounded."""

ENDINGS = ", ".join(
    f"count(*) FILTER (outcome = '{outcome}')::BIGINT AS {outcome}" for outcome in Outcome
)
AND_OR = "count(*) FILTER (outcome = 'converged' AND learned_and_or)::BIGINT AS and_or"

# Rounded up to three digits, an epoch is one of at most 900 in a decade, however many runs there
# are; and how many had converged by such an epoch is exact.
UNIT = "pow(10, length(epochs::VARCHAR) - 3)::BIGINT"
STEP = f"""
    CASE WHEN epochs <= {EXACT} THEN epochs
    ELSE least(most_epochs, (epochs + {UNIT} - 1) // {UNIT} * {UNIT}) END
"""


class Questions:
    """Answers from a database that has the two tables.

    Parameters
    ----------
    database : DuckDBPyConnection
    axes : sequence of str
        The columns that join them.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, axes: Sequence[str]) -> None:
        self.database = database
        self.shown = f"FROM runs JOIN cells USING ({columns(axes)})"

    def _ask(self, question: str, *values: object) -> pd.DataFrame:
        return self.database.execute(question, list(values)).df()

    def totals(self) -> dict[str, int]:
        """Count the runs of the whole sweep, and how they ended."""
        (answer,) = self._ask(
            f"SELECT count(*)::BIGINT AS runs, {ENDINGS}, {AND_OR} FROM runs"
        ).to_dict("records")
        return {str(name): int(number) for name, number in answer.items()}

    def counts(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Count runs and endings at each point, with the share that converged and its interval."""
        counts = self._ask(
            f"SELECT cell, count(*)::BIGINT AS runs, {ENDINGS}, {AND_OR} {self.shown}"
            " GROUP BY cell ORDER BY cell"
        )
        low, high = wilson(counts["converged"], counts["runs"])
        share = counts["converged"] / counts["runs"]
        known = cells[["cell", "series", "place", "most_epochs"]]
        return known.merge(counts).assign(share=share, low=low, high=high)

    def steps(self) -> pd.DataFrame:
        """Count the runs that converged, or were given up, at each point and step of epochs."""
        return self._ask(
            f"SELECT cell, {STEP} AS epoch, count(*) FILTER (outcome = 'converged') AS converged,"
            f" count(*) FILTER (outcome = 'max_epochs') AS censored {self.shown}"
            " GROUP BY cell, epoch ORDER BY cell, epoch"
        )

    def within(self, chosen: Sequence[tuple[int, int, int, int]]) -> list[npt.NDArray[np.int64]]:
        """List the epochs of the runs that converged at chosen points in chosen steps."""
        wanted = pd.DataFrame(
            [(number, one[0], one[2]) for number, one in enumerate(chosen)],
            columns=["number", "cell", "epoch"],
        )
        self.database.register("wanted", wanted)
        found = self._ask(
            f"SELECT number, epochs FROM (SELECT cell, epochs, {STEP} AS epoch {self.shown}"
            " WHERE outcome = 'converged') JOIN wanted USING (cell, epoch)"
        )
        epochs, numbers = found["epochs"].to_numpy(), found["number"].to_numpy()
        return [epochs[numbers == number] for number in range(len(chosen))]

    def pairs(self) -> pd.DataFrame:
        """Count the pairs of hidden gates of the runs that converged, at each point."""
        return self._ask(
            f"SELECT series, place, {texts('h1_gate', 'h2_gate')}, count(*)::BIGINT AS runs"
            f" {self.shown} WHERE outcome = 'converged' GROUP BY ALL ORDER BY ALL"
        )

    def runs_of(self, seeds: Sequence[int]) -> pd.DataFrame:
        """Give the runs of some seeds."""
        self.database.register("wanted", pd.DataFrame({"seed": np.array(seeds, dtype=np.int64)}))
        return self._ask(
            f"SELECT cell, seed, {texts('outcome', *GATE_COLUMNS)}, epochs, mse"
            f" {self.shown} JOIN wanted USING (seed)"
        )


def texts(*names: str) -> str:
    """Select columns of words as texts, which those of a table in memory are not."""
    return ", ".join(f"{name}::VARCHAR AS {name}" for name in names)
