"""What is planned against what sweeps take."""

from typing import Any

import numpy as np
import pytest

import xorbench
from xorbench import planning
from xorbench.chunks import RUNS
from xorbench.encoding import Grid
from xorbench.planning import Followed, estimate, follow, sample
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


def followed(epochs: list[float], ended: list[bool], limit: float, rates: list[float]) -> Followed:
    limits = np.full(len(epochs), limit)
    return Followed([], np.array(epochs), np.array(ended), limits, np.array(rates))


def test_runs_that_are_cut_short_count_as_others_went_on() -> None:
    assert followed([10, 10], [True, False], 10, [1, 1]).supposed == 0
    # Nobody was followed for longer: on to the limit.
    assert followed([3, 10], [True, False], 100, [1, 1]).supposed == 90
    # Of two that were left after 10 epochs one ended after 30, the other at the limit.
    alike = followed([10, 30, 100], [False, True, False], 100, [1, 1, 1])
    assert alike.supposed == pytest.approx((20 + 90) / 2)
    # A tenth of the rate: ten times as many epochs, for the same of epochs x rate.
    slower = followed([100, 30, 100], [False, True, False], 1000, [0.1, 1, 1])
    assert slower.supposed == pytest.approx((200 + 900) / 2 + 900)
    shorter = followed([100, 30, 100], [False, True, False], 150, [0.1, 1, 1])
    assert shorter.supposed == pytest.approx(50 + 50)


@pytest.mark.parametrize("given", [{}, {"optimizer": "rprop", "learning_rate": "0.05,0.5"}])
def test_runs_that_are_cut_short_are_foretold_too(
    given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(**{"seeds": "0:1500", "learning_rate": "0.01,0.1,3"} | given)
    epochs = xorbench.sweep(**settings.as_dict()).epochs.sum()
    monkeypatch.setattr(planning, "SECONDS", 0.2)
    plan = estimate(settings, 1)
    assert 0 < plan.limited < 1
    assert epochs / 1.4 < plan.network_epochs < epochs * 1.4


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
    runs = follow(queue, 1, 60)
    table = xorbench.sweep(seeds="0:60", learning_rate=5, max_epochs=3000)
    assert runs.epochs.tolist() == table.epochs[queue.rows].to_list()
    assert runs.ended.tolist() == (table.outcome != "max_epochs")[queue.rows].to_list()
    assert runs.supposed == 0


@pytest.mark.parametrize("weights", [True, False])
def test_bytes_are_foretold(weights: bool, tmp_path: Any) -> None:
    settings = make_settings(**GIVEN, weights=weights)
    Folder(tmp_path, settings).train({})
    size = sum(file.stat().st_size for file in (tmp_path / RUNS).iterdir())
    assert size / 1.2 < estimate(settings, 1).bytes < size * 1.2
