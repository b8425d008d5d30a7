"""The pixels of a map as the rows of a grid.

They are numbered line after line from the lowest, and each line from left to right.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.encoding import Grid
from xorbench.maps.axis import OUTPUT_RATE, START_SCALE, STOP_THRESHOLD, WEIGHTS, MapAxis
from xorbench.maps.plan import Plan
from xorbench.notation import StopRule
from xorbench.table import Results, make_table

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class PixelGrid(Grid):
    """A map as a grid whose points are its pixels, each with the one seed or start of the map.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.values = (
            np.array(plan.x.centres(plan.width)),
            np.array(plan.y.centres(plan.height)),
        )
        varying: dict[str, Any] = {}
        for axis, values in zip(plan.axes, self.values, strict=True):
            if axis.name == STOP_THRESHOLD:
                metric = plan.settings.stop[0].metric
                varying["stop"] = tuple(StopRule(metric, value) for value in values.tolist())
            elif axis.setting:
                varying[axis.setting] = tuple(values.tolist())
        super().__init__(plan.settings.model_copy(update=varying))

    def positions(self, name: str, points: Integers) -> Integers:
        """Tell where on the axis of a setting each pixel lies."""
        if name == self.plan.x.setting:
            return points % self.plan.width
        if name == self.plan.y.setting:
            return points // self.plan.width
        return np.zeros_like(points)

    def along(self, points: Integers) -> tuple[tuple[MapAxis, Floats], tuple[MapAxis, Floats]]:
        """Tell the values of pixels on both axes of the map."""
        lines, columns = np.divmod(points, self.plan.width)
        x, y = self.values
        return (self.plan.x, x[columns]), (self.plan.y, y[lines])

    @np.errstate(over="ignore")  # the kernel tells weights that overflow
    def starts(self, points: Integers, places: Integers) -> Floats:
        """Give the starting weights of pixels, shape (n, 9)."""
        starts = np.tile(self.plan.start, (points.size, 1))
        along = self.along(points)
        for axis, values in along:
            if axis.name == START_SCALE:
                starts *= values[:, np.newaxis]
        # Afterwards, because a weight that is an axis is what the axis says, not stretched.
        for axis, values in along:
            if axis.name in WEIGHTS:
                starts[:, tuple(WEIGHTS).index(axis.name)] = values
        return starts

    def parameters(self, position: dict[str, Integers], precisions: Integers) -> Floats:
        """Give the parameters of pixels; the ratio follows from both rates if these are axes."""
        parameters = super().parameters(position, precisions)
        if OUTPUT_RATE in (self.plan.x.name, self.plan.y.name):
            rates = np.array(self.settings.learning_rate)[position["learning_rate"]]
            outputs = np.array(self.settings.output_rate_ratio)[position["output_rate_ratio"]]
            # The first may hold the factor of the gradient, a power of two.
            parameters[:, 1] = parameters[:, 0] * (outputs / rates)
        return parameters

    def table(self, results: Results) -> pd.DataFrame:
        """Make the table of consecutive pixels."""
        made = make_table(self, results)
        points = np.arange(results.rows.start, results.rows.stop, dtype=np.int64)
        axes = pd.DataFrame({axis.name: values for axis, values in self.along(points)})
        return pd.concat([made[["seed"]], axes, made.loc[:, "outcome":]], axis="columns")
