"""What the kernel and whole sweeps are meant to reach, as ratios within one benchmark.

Run with ``XORBENCH_ASSERT_SPEED=1 python -m pytest -n 0 tests/performance/test_goals.py -s`` on a
machine that does nothing else; without the variable, nothing is asserted of the speed.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xorbench.bench.rates import REGIMES
from xorbench.bench.results import Result
from xorbench.bench.session import Plan, measure
from xorbench.bench.sweeps import SHORT
from xorbench.peers import PEERS
from xorbench.threads import usable_threads

JUDGED = os.environ.get("XORBENCH_ASSERT_SPEED") == "1"
THREADS = usable_threads()

OF_BATCH = {
    "single": 2.1,
    "momentum": 0.85,
    "during_epoch": 0.55,
    "after_epoch": 0.38,
    # These do not reach 0.35 (see "How the kernel is fast" in CONTRIBUTING). Their goals are a
    # little below what was measured, so that a loss is noticed.
    "momentum_shuffled": 0.28,
    "adam_online": 0.14,
    "adam_shuffled": 0.12,
}
"""Goals that differ from the 0.35 that every other way of training is to reach."""


def judge(what: str, reached: float, goal: float, *, least: bool = True) -> None:
    """Print what was reached beside its goal, and see to it where speed is judged."""
    sign = ">=" if least else "<="
    print(f"{reached:12,.2f} {what} (goal: {sign} {goal:,})")
    if JUDGED:
        assert (reached >= goal) if least else (reached <= goal), what


@pytest.fixture(scope="module")
def measured(request: pytest.FixtureRequest) -> Result:
    short = request.config.getoption("benchmark_disable")
    plan = Plan(1, THREADS, 0.01, 1000, True) if short else Plan(9, THREADS, 0.3, 100_000, False)
    return measure(plan, [peer for peer in PEERS if peer.threads == "one"], print)


def test_goals(measured: Result) -> None:
    print()
    for key, (label, _) in REGIMES.items():
        if key != "batch":
            reached = measured.ratio(key, "batch").median
            judge(f"of plain batch: {label}", reached, OF_BATCH.get(key, 0.35))
    for rival in measured.rivals:
        goals = {"C, libmvec": 1.6, "Numba, a loop": 8}
        if rival.label in goals:
            reached = measured.times_faster(rival).median
            judge(f"times as fast as {rival.label}", reached, goals[rival.label])
            assert rival.equal >= 0.99 * rival.compared
    if measured.share_of_bound:
        judge("of what its mix of operations allows", measured.share_of_bound.median, 0.75)
    if THREADS == 2:
        judge("of one thread, on two", measured.ratio("batch_all", "batch").median, 1.85)
    judge("of the kernel's rate times threads, whole sweep", measured.efficiency.median, 0.92)
    judge("short runs a second", measured.timings[SHORT].per_second.median, 200_000)


COMPILED = [[], ["--momentum", "0.5"], ["--precision", "single"], ["--update", "online"]]


def sweep_a_hundred(out: Path, cache: Path, regime: list[str]) -> tuple[float, float]:
    """Sweep 100 runs in a new process; return its seconds, and those that compiling took."""
    options = ["--seeds", "0:100", "--learning-rate", "1", "--max-epochs", "1000"]
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "xorbench", "sweep", *options, *regime, "--out", out],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        check=True,
    )
    took = time.perf_counter() - start
    return took, json.loads((out / "manifest.json").read_text())["compile_seconds"]


def test_start_up(tmp_path: Path) -> None:
    print()
    sweep_a_hundred(tmp_path / "seeding", tmp_path, ["--error", "cross_entropy"])
    for k, regime in enumerate(COMPILED):
        _, compiling = sweep_a_hundred(tmp_path / f"{k}-first", tmp_path, regime)
        judge(f"seconds to compile at first {' '.join(regime)}", compiling, 4, least=False)
        took = [sweep_a_hundred(tmp_path / f"{k}-{i}", tmp_path, regime)[0] for i in (2, 3)]
        judge("seconds for 100 runs, cache warm", min(took), 1.5, least=False)
