"""Whole sweeps, by the public function: seeds, refilled lanes, the last long runs, the table."""

from dataclasses import dataclass
from typing import Any

from xorbench.bench.rates import NETWORK_EPOCHS
from xorbench.bench.rounds import Contestant
from xorbench.encoding import Grid
from xorbench.outcome import Outcome
from xorbench.runner import train_chunks
from xorbench.settings import make_settings
from xorbench.sweeping import sweep

RUNS = "runs"
SWEEP = "sweep"
SHORT = "short_runs"

# Heavy-tailed: of the runs that converge, the slowest take fifty times the quickest's epochs.
MIXED: dict[str, Any] = {"learning_rate": "log:0.5:20:10", "max_epochs": 10_000}
SHORT_RUNS: dict[str, Any] = {"learning_rate": 10, "max_epochs": 1000}


@dataclass(frozen=True)
class Swept:
    """What a sweep trains, the same in every round; and its tail, in one sweep before the rounds.

    The tail is the share of its time in which one thread or more had nothing left to do.
    """

    runs: int
    network_epochs: int
    censored: float
    tail: float


def examine(settings: dict[str, Any], threads: int) -> Swept:
    """Train a sweep, to compile, to warm up and to see what it is."""
    table = sweep(**settings, threads=threads)
    censored = float((table.outcome == Outcome.MAX_EPOCHS).mean())
    grid = Grid(make_settings(**settings))
    report = train_chunks(grid, [range(len(table))], lambda results: None, threads=threads)
    tail = report.tail_seconds / report.train_seconds
    return Swept(len(table), report.network_epochs, censored, tail)


def sweep_contestants(threads: int, runs: int) -> tuple[list[Contestant], dict[str, Swept]]:
    """Prepare a sweep of mixed learning rates and one of short runs.

    Parameters
    ----------
    threads : int
    runs : int
        Of each, a multiple of ten.
    """
    mixed = {**MIXED, "seeds": range(runs // 10)}
    short = {**SHORT_RUNS, "seeds": range(runs)}
    swept = {SWEEP: examine(mixed, threads), SHORT: examine(short, threads)}
    return [
        Contestant(
            SWEEP,
            f"sweep of {runs:,} runs",
            swept[SWEEP].network_epochs,
            NETWORK_EPOCHS,
            threads,
            lambda: sweep(**mixed, threads=threads),
        ),
        Contestant(
            SHORT,
            f"{runs:,} short runs",
            runs,
            RUNS,
            threads,
            lambda: sweep(**short, threads=threads),
        ),
    ], swept
