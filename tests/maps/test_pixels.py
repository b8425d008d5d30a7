"""Every pixel is the run that its place says, whatever the axes and the chunks."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import xorbench
from xorbench.chunks import Chunks
from xorbench.encoding import Grid
from xorbench.maps.pixels import PixelGrid
from xorbench.maps.plan import Plan, make_plan
from xorbench.runner import train_chunks
from xorbench.settings import make_settings

if TYPE_CHECKING:
    from xorbench.table import Results

SHARED = {"max_epochs": 60, "stop": "mse < 0.24"}


def train(plan: Plan, chunk: int) -> pd.DataFrame:
    """Train a map; its table has the final weights too, so that every digit is compared."""
    settings = plan.settings.model_copy(update={"weights": True})
    grid = PixelGrid(replace(plan, settings=settings))
    collected: list[Results] = []
    train_chunks(grid, Chunks(plan.runs, chunk), collected.append, threads=2)
    in_order = sorted(collected, key=lambda results: results.rows.start)
    return pd.concat([grid.table(results) for results in in_order], ignore_index=True)


def by_hand(x: str, y: str, x_value: float, y_value: float, seed: int) -> dict[str, Any]:
    """The settings of a pixel, as a user would write them."""
    random = np.random.RandomState(seed)
    first, second = random.random_sample((3, 2)), random.random_sample((3, 1))
    start = np.concatenate([first[:, 0], first[:, 1], second[:, 0]])
    values = {x: x_value, y: y_value}
    start *= values.pop("start_scale", 1.0)
    for k in range(9):
        start[k] = values.pop(f"w{k + 1}", start[k])
    if "stop_threshold" in values:
        values["stop"] = f"mse < {values.pop('stop_threshold')!r}"  # type: ignore[assignment]
    rate = values.get("learning_rate", 2.0)
    if "output_rate" in values:
        values["output_rate_ratio"] = values.pop("output_rate") / rate
    return {"learning_rate": 2.0, **SHARED, **values, "initial_weights": [start]}


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("learning_rate=log:0.5:50", "start_scale=linear:0:4"),
        ("start_scale=linear:0:4", "learning_rate=log:0.5:50"),
        ("w3=linear:-9:9", "w8=linear:-9:9"),
        ("w8=linear:-9:9", "w3=linear:-9:9"),
        ("start_scale=linear:0:4", "w2=linear:-9:9"),
        ("w2=linear:-9:9", "start_scale=linear:0:4"),
        ("learning_rate=log:0.5:50", "output_rate=log:0.5:50"),
        ("output_rate=log:0.5:50", "learning_rate=log:0.5:50"),
        ("output_rate=log:0.5:50", "w1=linear:-9:9"),
        ("stop_threshold=linear:0.1:0.3", "learning_rate=log:0.5:50"),
        ("output_rate_ratio=log:0.1:10", "stop_threshold=linear:0.1:0.3"),
    ],
)
def test_a_pixel_is_the_run_with_its_settings(x: str, y: str) -> None:
    plan = make_plan({"x": x, "y": y, "size": "18x17", "seed": 4, **SHARED}
                     | ({} if "learning_rate" in x + y else {"learning_rate": 2.0}))  # fmt: skip
    table = train(plan, 100)
    xs, ys = plan.x.centres(18), plan.y.centres(17)
    # By their places, for the weights at the start and at the end have the same names.
    axes, runs = table.iloc[:, :3], table.iloc[:, 3:]
    assert list(axes) == ["seed", plan.x.name, plan.y.name]
    np.testing.assert_array_equal(axes[plan.x.name], np.tile(xs, 17))
    np.testing.assert_array_equal(axes[plan.y.name], np.repeat(ys, 18))
    assert runs.mse.nunique() > 17
    for pixel in np.random.default_rng(1).integers(0, 18 * 17, 6).tolist():
        row, column = divmod(pixel, 18)
        settings = by_hand(plan.x.name, plan.y.name, xs[column], ys[row], 4)
        expected = xorbench.sweep(**settings, threads=1)
        pd.testing.assert_frame_equal(
            runs.loc[[pixel]].reset_index(drop=True), expected[list(runs)], check_exact=True
        )


def test_the_chunks_make_no_difference() -> None:
    plan = make_plan({"x": "w1", "y": "w5", "size": 16, **SHARED})
    pd.testing.assert_frame_equal(train(plan, 40), train(plan, 256), check_exact=True)


@pytest.mark.parametrize("init", ["uniform:0,1", "normal:1"])
def test_random_orders_are_those_of_the_seed(init: str) -> None:
    shared = {"update": "shuffled", "init": init, "seed": 6}
    grid = PixelGrid(make_plan({"x": "w1", "y": "w4", "size": 16, **shared}))
    queue = next(grid.queues(range(256)))
    settings = make_settings(update="shuffled", init=init, seeds=6, learning_rate=1)
    of_seed = next(Grid(settings).queues(range(1)))
    assert np.unique(queue.seeds) == of_seed.seeds
    assert np.unique(queue.taken) == of_seed.taken
