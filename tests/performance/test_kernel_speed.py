"""How fast the kernel is beside a plain compiled loop, and on two threads beside one.

Run with ``python -m pytest tests/performance -s``. Times are there to be read; only ratios of two
ways that took turns in one session mean something on another machine, and they are asserted where
XORBENCH_ASSERT_SPEED=1 says that nobody else keeps this one busy.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from tests.kernel_runs import FOR_EVER, OUTCOMES, Setting, part_of, queue_of, seeds
from xorbench.block import Block, Finished
from xorbench.encoding import Queue
from xorbench.outcome import Outcome
from xorbench.peers import IntegerArray, numba_loop

SETTING = Setting(2.0, threshold=0.01, max_epochs=3000)
ROUNDS = 7


def train(queue: Queue) -> Finished:
    _, finished = Block().advance(queue, 0, FOR_EVER, drain=True)
    return finished


def timed(way: Callable[[], object], times: list[float]) -> Callable[[], None]:
    def run() -> None:
        start = time.perf_counter()
        way()
        times.append(time.perf_counter() - start)

    return run


def compare(
    benchmark: BenchmarkFixture,
    what: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    epochs: tuple[int, int],
    goal: float,
) -> None:
    """Time two ways that train so many network-epochs, in turns; tell how much faster ours is."""
    ours_took: list[float] = []
    theirs_took: list[float] = []
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        timed(ours, ours_took), setup=timed(theirs, theirs_took), rounds=ROUNDS
    )
    speed = epochs[0] / median(ours_took) / 1e6
    ratio = speed / (epochs[1] / median(theirs_took) / 1e6)
    benchmark.extra_info.update(million_network_epochs_per_second=speed, times_faster=ratio)
    print(f"\n{what}: {speed:.0f} million network-epochs a second, {ratio:.2f} times as fast")
    if os.environ.get("XORBENCH_ASSERT_SPEED") == "1":
        assert ratio >= goal


def test_the_kernel_is_faster_than_one_network_after_another(benchmark: BenchmarkFixture) -> None:
    starts = seeds(0, 3000)
    queue = queue_of(starts, SETTING)

    def one_by_one(networks: int = 1000) -> IntegerArray:
        return numba_loop.train(
            starts[:networks], SETTING.learning_rate, SETTING.threshold, SETTING.max_epochs
        )

    expected = one_by_one(len(starts))
    finished = train(queue)
    converged = finished.outcomes == OUTCOMES.index(Outcome.CONVERGED)
    epochs = np.where(converged, finished.epochs, -1)
    assert converged.mean() > 0.5
    assert (epochs == expected[finished.rows]).mean() >= 0.99

    compare(
        benchmark,
        "the kernel against one network after another",
        lambda: train(queue),
        one_by_one,
        (int(finished.epochs.sum()), 1000 * SETTING.max_epochs),
        goal=8,
    )


def test_two_threads_are_nearly_twice_as_fast_as_one(benchmark: BenchmarkFixture) -> None:
    queue = queue_of(seeds(0, 20_000), SETTING)
    halves = [part_of(queue, queue.rows[half::2]) for half in (0, 1)]
    epochs = int(train(queue).epochs.sum())
    with ThreadPoolExecutor(2) as pool:
        compare(
            benchmark,
            "two threads against one",
            lambda: list(pool.map(train, halves)),
            lambda: train(queue),
            (epochs, epochs),
            goal=1.7,
        )
