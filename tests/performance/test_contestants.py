"""The contestants of `xorbench bench`, each timed by pytest-benchmark.

Run with ``python -m pytest -n 0 tests/performance -s``; with ``--benchmark-disable`` each takes one
short turn. For numbers to quote, and for ratios, use ``python -m xorbench bench``, in which they
take turns.
"""

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from xorbench.bench.rates import REGIMES, kernel_contestants
from xorbench.bench.rivals import rival_contestants
from xorbench.bench.roofline import ALONE, BOUND, count_epoch, roofline_contestants
from xorbench.bench.rounds import Contestant
from xorbench.bench.sweeps import SHORT, SWEEP, sweep_contestants
from xorbench.peers import PEERS
from xorbench.threads import usable_threads

# PyTorch's compiler still uses what PyTorch deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

ROUNDS = 7
THREADS = usable_threads()

Group = Callable[[float], list[Contestant]]


def sweeps(seconds: float) -> list[Contestant]:
    return sweep_contestants(THREADS, 100_000 if seconds > 0.1 else 1000)[0]


def rivals(seconds: float) -> list[Contestant]:
    return rival_contestants(PEERS, THREADS, seconds, print)[0]


GROUPS: dict[str, Group] = {
    "kernel": lambda seconds: kernel_contestants(THREADS, seconds),
    "sweeps": sweeps,
    "roofline": lambda seconds: roofline_contestants(count_epoch(), seconds),
    "rivals": rivals,
}

KEYS = [
    *(("kernel", key) for key in REGIMES),
    *([("kernel", "batch_all")] if THREADS > 1 else []),
    *(("sweeps", key) for key in (SWEEP, SHORT)),
    *(("roofline", key) for key in (*ALONE, BOUND)),
    *(("rivals", f"peer {peer.name}") for peer in PEERS),
]


@pytest.fixture(scope="module")
def prepared(request: pytest.FixtureRequest) -> dict[str, dict[str, Contestant]]:
    """All contestants, by group and key."""
    seconds = 0.01 if request.config.getoption("benchmark_disable") else 0.3
    return {
        group: {contestant.key: contestant for contestant in prepare(seconds)}
        for group, prepare in GROUPS.items()
    }


@pytest.mark.parametrize(("group", "key"), KEYS)
def test_contestant(
    benchmark: BenchmarkFixture,
    prepared: dict[str, dict[str, Contestant]],
    group: str,
    key: str,
) -> None:
    if key not in prepared[group]:
        pytest.skip("it cannot be had here; xorbench bench says why")
    contestant = prepared[group][key]
    benchmark.pedantic(contestant.turn, rounds=ROUNDS, warmup_rounds=1)  # type: ignore[no-untyped-call]
    if timed := benchmark.stats:
        rate = contestant.work / timed.stats.median
        benchmark.extra_info.update(per_second=rate, unit=contestant.unit)
        print(f"\n{contestant.label}: {rate:,.0f} {contestant.unit} a second")
