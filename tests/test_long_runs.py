"""Runs of 10^12 epochs, the most that are allowed, from the kernel to every file."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xorbench
from xorbench import runner
from xorbench.block import Block
from xorbench.encoding import Queue
from xorbench.exporting import export
from xorbench.kernel.layout import LANES
from xorbench.planning import estimate
from xorbench.settings import make_settings

LIMIT = 10**12
LEFT = 300
SLOW: dict[str, Any] = {"learning_rate": 1e-9, "max_epochs": LIMIT}


class LongTrained(Block):
    """Pretends of its first runs that they have been in training for all but LEFT epochs."""

    begun = False

    def advance(self, queue: Queue, loaded: int, budget: int, drain: bool) -> Any:  # type: ignore[override]
        if not self.begun and queue.rows.size:
            self.begun = True
            loaded, _ = super().advance(queue, loaded, 0, drain)
            self._born -= LIMIT - LEFT
            self._due -= LIMIT - LEFT
        return super().advance(queue, loaded, budget, drain)


def test_runs_of_the_largest_length_are_stored_exactly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runner, "Block", LongTrained)
    folder = tmp_path / "long"
    table = xorbench.sweep(range(LANES), **SLOW, threads=1, out=folder)
    assert set(table["outcome"]) == {"max_epochs"}
    assert set(table["epochs"]) == {LIMIT}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["network_epochs"] == LANES * LIMIT
    assert xorbench.read(folder).equals(table)
    export(folder, tmp_path / "runs.csv")
    assert set(pd.read_csv(tmp_path / "runs.csv")["epochs"]) == {LIMIT}
    summary = pd.read_csv(folder / "summary.csv")
    assert summary["max_epochs"].tolist() == [LIMIT]


def test_a_plan_of_more_epochs_than_an_integer_holds() -> None:
    settings = make_settings(seeds="0:4000000000", **SLOW)
    assert estimate(settings, 1).network_epochs == pytest.approx(4e9 * LIMIT)
