"""A whole benchmark: bring the contestants, let them take turns, keep what they took."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from xorbench.axes import read_whole
from xorbench.bench.rates import kernel_contestants
from xorbench.bench.results import Result, Timing
from xorbench.bench.rivals import library_versions, rival_contestants
from xorbench.bench.roofline import count_epoch, roofline_contestants
from xorbench.bench.rounds import take_turns
from xorbench.bench.sweeps import sweep_contestants
from xorbench.jit import kernel_hash
from xorbench.machine import load_average, machine, versions
from xorbench.peers import PACKAGES
from xorbench.runner import PATIENCE
from xorbench.threads import usable_threads

if TYPE_CHECKING:
    from xorbench.peers import Peer

MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes
    ----------
    rounds, threads : int
    seconds : float
        About how long one turn takes, but for sweeps.
    runs : int
        Of each sweep.
    quick : bool
    """

    rounds: int
    threads: int
    seconds: float
    runs: int
    quick: bool


def make_plan(quick: bool, rounds: int | None, threads: int) -> Plan:
    """Choose how much is measured."""
    if quick:
        return Plan(rounds or 3, threads, 0.05, 20_000, quick)
    return Plan(rounds or 11, threads, 0.3, 100_000, quick)


def read_rounds(given: object) -> int | None:
    """Read a number of rounds; None is left to the plan.

    Raises
    ------
    SettingsError
    """
    return None if given is None else read_whole("rounds", given, 1, MOST_ROUNDS)


def measure(plan: Plan, peers: Sequence["Peer"], say: Callable[[str], object]) -> Result:
    """Run a benchmark.

    Parameters
    ----------
    plan : Plan
    peers : sequence of Peer
    say : callable
        Told what is going on.
    """
    load = load_average()
    say("preparing the kernel, which is compiled where this machine has not done so yet")
    contestants = kernel_contestants(plan.threads, plan.seconds)
    say(f"preparing sweeps of {plan.runs:,} runs")
    sweeping, sweeps = sweep_contestants(plan.threads, plan.runs)
    say("preparing the roofline")
    epoch = count_epoch()
    contestants += [*sweeping, *roofline_contestants(epoch, plan.seconds / 3)]
    rivals, checked, missing = rival_contestants(peers, plan.threads, plan.seconds, say)
    contestants += rivals
    times = take_turns(
        contestants, plan.rounds, on_round=lambda done: say(f"round {done + 1} of {plan.rounds}")
    )
    return Result(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine(),
        usable_threads=usable_threads(),
        threads=plan.threads,
        versions=versions() | (library_versions(PACKAGES) if peers else {}),
        kernel=kernel_hash(),
        quick=plan.quick,
        rounds=plan.rounds,
        load_average=load,
        timings={
            contestant.key: Timing(
                label=contestant.label,
                work=contestant.work,
                unit=contestant.unit,
                threads=contestant.threads,
                seconds=took.seconds,
                processor_seconds=took.processor_seconds,
            )
            for contestant, took in zip(contestants, times, strict=True)
        },
        sweeps=sweeps,
        epoch=epoch,
        rivals=checked,
        missing=missing,
    )


def measure_beside(plan: Plan, peers: Sequence["Peer"], say: Callable[[str], object]) -> Result:
    """Run a benchmark in a thread of its own, so that Ctrl-C is heard at once."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="bench")
    try:
        future = pool.submit(measure, plan, peers, say)
        while wait([future], PATIENCE).not_done:
            pass
        return future.result()
    finally:
        pool.shutdown(wait=False)
