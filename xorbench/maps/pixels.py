"""The pixels of a map as rows of grids, and back.

A map is trained in bands, some of its lines at a time. A band is an ordinary grid: values of the
settings that vary, and an array of starting weights where the start varies.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.axes import AXES
from xorbench.encoding import Grid
from xorbench.maps.axis import OUTPUT_RATE, START_SCALE, STOP_THRESHOLD, WEIGHTS, MapAxis
from xorbench.maps.plan import Plan
from xorbench.notation import StopRule
from xorbench.seeding import outputs_taken
from xorbench.settings import Settings
from xorbench.table import Results, make_table

BAND = 2**17
"""So many runs, or a few less, make a band: what is in memory at a time, and lost by Ctrl-C."""


def bands_of(plan: Plan) -> list[range]:
    """Divide the lines of a map, counted from the lowest, into bands."""
    lines = max(1, BAND // plan.width)
    return [range(start, min(start + lines, plan.height)) for start in range(0, plan.height, lines)]


class Band(Grid):
    """Some lines of a map as a grid.

    Parameters
    ----------
    plan : Plan
    lines : range
    """

    def __init__(self, plan: Plan, lines: range) -> None:
        self.plan = plan
        x = np.array(plan.x.centres(plan.width))
        y = np.array(plan.y.centres(plan.height))[lines.start : lines.stop]
        self.values = {"x": x, "y": y}
        super().__init__(self._settings())

    def _settings(self) -> Settings:
        changes: dict[str, Any] = {}
        for axis, values in zip(self.plan.axes, self.values.values(), strict=True):
            if axis.setting is None:
                continue
            listed = tuple(values.tolist())
            if axis.name == STOP_THRESHOLD:
                metric = self.plan.settings.stop[0].metric
                changes["stop"] = tuple(StopRule(metric, value) for value in listed)
            else:
                changes[axis.setting] = listed
        if any(axis.of_start for axis in self.plan.axes):
            starts = self._starts()
            changes["initial_weights"] = starts
            changes["seeds"] = range(len(starts))
        return self.plan.settings.model_copy(update=changes)

    def _starts(self) -> npt.NDArray[np.float64]:
        """Make the starting weights of one line, one column, or all pixels of the band."""
        plan = self.plan
        columns = [
            (axis, values)
            for axis, values in zip(plan.axes, self.values.values(), strict=True)
            if axis.of_start
        ]
        # Of two axes the first, x, is the faster.
        meshed = np.meshgrid(*(values for _, values in columns))
        starts = np.tile(plan.start, (meshed[0].size, 1))
        # A weight that is an axis is what the axis says, not stretched.
        for (axis, _), mesh in sorted(
            zip(columns, meshed, strict=True), key=lambda part: part[0][0].name != START_SCALE
        ):
            if axis.name == START_SCALE:
                starts *= mesh.reshape(-1, 1)
            else:
                starts[:, tuple(WEIGHTS).index(axis.name)] = mesh.ravel()
        return starts

    def _is_transposed(self) -> bool:
        """Tell whether y varies faster than x from row to row of the grid."""

        def slowness(axis: MapAxis) -> int:
            return -1 if axis.setting is None else tuple(AXES).index(axis.setting)

        return slowness(self.plan.y) < slowness(self.plan.x)

    def streams(
        self,
        points: npt.NDArray[np.int64],
        places: npt.NDArray[np.int64],
        updates: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Let the random orders of all runs be those of the map's seed."""
        seed, taken = self.plan.seed or 0, 0
        if self.plan.seed is not None:
            taken = int(outputs_taken([seed], self.settings.init[0])[0])
        return np.full_like(places, seed), np.full_like(places, taken)

    def parameters(
        self, position: dict[str, npt.NDArray[np.int64]], precisions: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Give the parameters of runs; the ratio follows from both rates if these are axes."""
        parameters = super().parameters(position, precisions)
        if OUTPUT_RATE in (self.plan.x.name, self.plan.y.name):
            rates = np.array(self.settings.learning_rate)[position["learning_rate"]]
            outputs = np.array(self.settings.output_rate_ratio)[position["output_rate_ratio"]]
            # The first may hold the factor of the gradient, a power of two.
            parameters[:, 1] = parameters[:, 0] * (outputs / rates)
        return parameters

    def table(self, results: Results) -> pd.DataFrame:
        """Make the table of the band, line after line from the lowest, each from left to right."""
        made = make_table(self, results)
        made = made.loc[:, "outcome":]
        x, y = self.values.values()
        if self._is_transposed():
            order = np.arange(len(made)).reshape(x.size, y.size).T.ravel()
            made = made.take(order).reset_index(drop=True)
        made.insert(0, "seed", np.full(len(made), self.plan.seed or 0, np.int64))
        made.insert(1, self.plan.x.name, np.tile(x, y.size))
        made.insert(2, self.plan.y.name, np.repeat(y, x.size))
        return made
