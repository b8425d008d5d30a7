"""A made-up benchmark of three rounds, in which all numbers are easy to check."""

from typing import Any

from xorbench.bench.results import Result, Timing
from xorbench.bench.rivals import Checked, Missing
from xorbench.bench.roofline import Epoch
from xorbench.bench.sweeps import Swept

ROUNDS = 7


def timing(
    label: str,
    per_second: float,
    unit: str = "network-epochs",
    threads: int = 1,
    slowed: tuple[float, ...] = (1.0,) * ROUNDS,
    waiting: float = 1.0,
) -> Timing:
    """Time something that does so much in a second, in each round slowed down by a factor."""
    return Timing(
        label=label,
        work=per_second,
        unit=unit,
        threads=threads,
        seconds=list(slowed),
        processor_seconds=[threads * seconds / waiting for seconds in slowed],
    )


def result(**changes: Any) -> Result:
    """Make up a result, apart from the fields that are given."""
    timings = {
        "batch": timing("batch", 100e6),
        "momentum": timing("batch, momentum", 90e6),
        "batch_all": timing("batch, 2 threads", 190e6, threads=2),
        "sweep": timing("sweep of 100,000 runs", 186e6, threads=2),
        "short_runs": timing("100,000 short runs", 210e3, unit="runs", threads=2),
        "fused": timing("fused multiply-adds", 30e9, unit="operations"),
        "sums": timing("additions", 29e9, unit="operations"),
        "fused_and_sums": timing("the two in turns", 50e9, unit="operations"),
        "divisions": timing("divisions", 3e9, unit="operations"),
        "epoch_mix": timing("an epoch's mix", 125e6),
        "peer loop": timing("loop", 5e6),
        "peer crowd": timing("crowd", 38e6, threads=2),
    }
    fields = {
        "date": "2026-01-02T03:04:05+00:00",
        "machine": {"cpu": "A processor", "processors": 2, "system": "Linux"},
        "usable_threads": 2,
        "threads": 2,
        "versions": {"xorbench": "1.0", "python": "3.11", "numba": "0.68"},
        "kernel": "0123456789abcdef",
        "quick": False,
        "rounds": ROUNDS,
        "load_average": 0.1,
        "timings": timings,
        "sweeps": {
            "sweep": Swept(100_000, 300_000_000, 0.14, 0.01),
            "short_runs": Swept(100_000, 60_000_000, 0.1, 0.02),
        },
        "epoch": Epoch({"fused": 100, "product": 60, "sum": 37, "division": 3, "logic": 40}, 512),
        "rivals": [
            Checked("peer loop", "loop", "one network at a time", "one", 8, 64, 64),
            Checked("peer crowd", "crowd", "many at a time", "all", 1000, 64, 64),
        ],
        "missing": [Missing("absent", "it is not installed.")],
    }
    return Result(**(fields | changes))


def with_timing(**changed: Timing) -> Result:
    """Make up a result with other timings."""
    made = result()
    return made.model_copy(update={"timings": made.timings | changed})
