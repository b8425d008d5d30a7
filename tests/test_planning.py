"""What is planned against what sweeps take."""

from typing import Any

import numpy as np
import pytest

import xorbench
from xorbench import planning
from xorbench.chunks import RUNS
from xorbench.encoding import Grid
from xorbench.planning import estimate, measure_lengths, sample
from xorbench.settings import make_settings
from xorbench.store import Folder

GIVEN: dict[str, Any] = {"seeds": "0:1500", "learning_rate": "0.5,5,30", "max_epochs": 20_000}


@pytest.fixture(scope="module")
def epochs() -> float:
    """Count the network-epochs of the sweep."""
    return float(xorbench.sweep(**GIVEN, weights=False).epochs.sum())


def test_epochs_are_foretold(epochs: float) -> None:
    plan = estimate(make_settings(**GIVEN), 1)
    assert (plan.rows, plan.chunks, plan.threads) == (4500, 2, 1)
    assert epochs / 1.15 < plan.network_epochs < epochs * 1.15
    assert plan.limited == 0


def test_runs_that_are_cut_short_count_as_if_they_went_on(
    epochs: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SECONDS", 1e-9)
    monkeypatch.setattr(planning, "SLICE", 5000)
    plan = estimate(make_settings(**GIVEN), 1)
    assert 0 < plan.limited < 1
    assert epochs / 2 < plan.network_epochs < epochs * 3


def test_a_limit_far_away_costs_what_it_says() -> None:
    settings = make_settings(seeds="0:100", learning_rate=0, max_epochs=10**12, momentum=0.5)
    # Runs that stall end at once, however far the limit is.
    assert estimate(settings, 1).network_epochs <= 4800
    slow = make_settings(seeds="0:100", learning_rate=1e-9, max_epochs=10**12)
    assert estimate(slow, 1).network_epochs == pytest.approx(10**14)


def test_the_sample_is_drawn_from_the_whole_grid() -> None:
    settings = make_settings(
        seeds="0:4294967296", learning_rate="linear:0.1:1:1000", update="batch,online"
    )
    queues = sample(Grid(settings), np.random.default_rng(0))
    assert len(queues) == 2
    rows = np.concatenate([queue.rows for queue in queues])
    assert np.unique(rows).size == rows.size == 8 * planning.MOST_POINTS
    counts, _ = np.histogram(rows, bins=16, range=(0, settings.rows))
    assert counts.min() == counts.max()
    small = sample(Grid(make_settings(seeds="0:3", learning_rate="1,2")), np.random.default_rng(0))
    assert sorted(small[0].rows) == list(range(6))


def test_lengths_are_the_runs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings(seeds="0:60", learning_rate=5, max_epochs=3000)
    (queue,) = sample(Grid(settings), np.random.default_rng(0))
    lengths = measure_lengths(queue, 1, 60)
    expected = xorbench.sweep(seeds="0:60", learning_rate=5, max_epochs=3000).epochs.sum()
    assert (lengths.runs, lengths.seen, lengths.supposed) == (60, expected, 0)


@pytest.mark.parametrize("weights", [True, False])
def test_bytes_are_foretold(weights: bool, tmp_path: Any) -> None:
    settings = make_settings(**GIVEN, weights=weights)
    Folder(tmp_path, settings).train({})
    size = sum(file.stat().st_size for file in (tmp_path / RUNS).iterdir())
    assert size / 1.2 < estimate(settings, 1).bytes < size * 1.2
